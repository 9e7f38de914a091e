"""A report in full, its files, and revealing an anonymous reporter."""

from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.portal.answers import answer_as
from services.portal.contracts.routing import Identity, ReportView
from services.portal.downloads import PassedOn
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.forms import in_order, owed
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/laporan", include_in_schema=False)

NUMBER = Path(gt=0, lt=2**63)


async def read_report(page_request: PageRequest, number: int) -> ReportView:
    """The report as this person may read it."""
    return await page_request.read("routing", f"/reports/{number}", ReportView)


@router.get("/{number}")
async def report_page(page_request: PanelRequest, number: int = NUMBER) -> Response:
    return await report_shown(page_request, number)


@router.get("/{number}/lampiran/{attachment_id}")
async def attachment(
    page_request: PanelRequest, attachment_id: UUID, number: int = NUMBER
) -> Response:
    path = f"/reports/{number}/attachments/{attachment_id}"
    return page_request.sealed(PassedOn(await page_request.download("routing", path, None)))


@router.get("/{number}/lampiran/{attachment_id}/asli")
async def original(
    page_request: PanelRequest, attachment_id: UUID, number: int = NUMBER
) -> Response:
    """What was sent, sealed: while a reveal is in force for the person who asks."""
    path = f"/reports/{number}/attachments/{attachment_id}/original"
    return page_request.sealed(PassedOn(await page_request.download("routing", path, None)))


@router.post("/{number}/identitas")
async def reveal(page_request: PanelRequest, number: int = NUMBER) -> Response:
    """The identity stands on the answer itself and nowhere else; until another of pusat has
    granted it, the page says that it waits."""
    form = FormData(await page_request.form("reason", "emergency"), {"reason": "Alasan"})
    body = form.given("reason") | {"emergency": bool(form.get("emergency"))}
    try:
        answer = await page_request.call("routing", "POST", f"/reports/{number}/reveal", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await report_shown(page_request, number, problem.status, reveal_form=form)
    if answer.status_code == 202:
        return page_request.go(f"/panel/laporan/{number}", "Permintaan Anda menunggu orang kedua.")
    return await report_shown(page_request, number, identity=answer_as(Identity, answer))


async def report_shown(
    page_request: PageRequest,
    number: int,
    status: int = 200,
    *,
    identity: Identity | None = None,
    reveal_form: FormData | None = None,
    request_id: str | None = None,
    request_form: FormData | None = None,
) -> Response:
    """The report's page, perhaps with a form on it that was refused."""
    report = await read_report(page_request, number)
    return page_request.page(
        "panel/report.html",
        status,
        report=report,
        actions=in_order(report.allowed_actions),
        owed=owed(report.countdown),
        identity=identity,
        reveal_form=reveal_form or FormData(),
        request_id=request_id,
        request_form=request_form,
        blank=FormData(),
    )
