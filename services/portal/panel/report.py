"""The page of a report, its files, and revealing an anonymous reporter."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.routing import HistoryLine, Identity, OpenedBy, ReportView
from services.portal.downloads import PassedOn
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.forms import in_order, owed_action
from services.portal.translation import translated
from shared.http.paths import ReportNumber
from shared.http.problems import Problem, conflict
from shared.labels import labels

router = APIRouter(prefix="/panel/laporan", include_in_schema=False)

REVEAL_NAMES = {
    "reason": "Alasan",
    "reason_class": "Golongan alasan",
    "tell_on": "Pelapor baru diberi tahu pada",
}


async def read_report(page_request: PageRequest, number: int) -> ReportView:
    """Return the report as this person may read it."""
    return await page_request.read("routing", f"/reports/{number}", ReportView)


@router.post("/{number}/dibuka")
async def has_open(page_request: PanelRequest, number: ReportNumber) -> Response:
    """Return who else has the report open, for a script that keeps reporting that this person has.
    The first time (`baru`), items in their bell about mere news are marked as read; this may fail
    silently."""
    if (await page_request.form("baru")).get("baru"):
        with suppress(Problem):
            await page_request.call("notification", "POST", f"/me/bell/reports/{number}/read")
    answer = await page_request.call("routing", "PUT", f"/reports/{number}/presence")
    return page_request.piece("panel/presence.html", others=answer_as(list[OpenedBy], answer))


def last_entry(report: ReportView) -> int:
    """Return the number of the newest entry of the history that this person reads."""
    return max((line.entry or 0 for line in report.history), default=0)


def steps_since(report: ReportView, entry: int) -> list[HistoryLine]:
    """Return the steps after this entry of the history."""
    return [line for line in report.history if line.kind == "step" and (line.entry or 0) > entry]


@router.get("/{number}/sejak/{entry}")
async def since(page_request: PanelRequest, entry: int, number: ReportNumber) -> Response:
    """Return a part of a page, for an open page, while somebody else changes the report."""
    report = await read_report(page_request, number)
    return page_request.piece("panel/since.html", since=steps_since(report, entry))


@router.get("/{number}")
async def report_page(page_request: PanelRequest, number: ReportNumber) -> Response:
    return await report_shown(page_request, number)


@router.get("/{number}/lampiran/{attachment_id}")
async def attachment(
    page_request: PanelRequest, attachment_id: UUID, number: ReportNumber
) -> Response:
    path = f"/reports/{number}/attachments/{attachment_id}"
    return page_request.sealed(PassedOn(await page_request.download("routing", path, None)))


@router.get("/{number}/lampiran/{attachment_id}/kecil")
async def preview(
    page_request: PanelRequest, attachment_id: UUID, number: ReportNumber
) -> Response:
    """Return a small version of a picture, for a page that shows it."""
    path = f"/reports/{number}/attachments/{attachment_id}/preview"
    return page_request.for_script(PassedOn(await page_request.download("routing", path, None)))


@router.get("/{number}/lampiran/{attachment_id}/asli")
async def original(
    page_request: PanelRequest, attachment_id: UUID, number: ReportNumber
) -> Response:
    """Return the original file, which is sealed, while a reveal is in force for the caller."""
    path = f"/reports/{number}/attachments/{attachment_id}/original"
    return page_request.sealed(PassedOn(await page_request.download("routing", path, None)))


@router.get("/{number}/dokumen")
async def document(page_request: PanelRequest, number: ReportNumber) -> Response:
    """Return the report as a document to print, as this person may read it."""
    path = f"/reports/{number}/document"
    return page_request.sealed(PassedOn(await page_request.download("routing", path, None)))


@router.get("/{number}/surat/{message_id}")
async def letter(page_request: PanelRequest, message_id: UUID, number: ReportNumber) -> Response:
    """Return a follow-up as a letter to the reporter."""
    path = f"/reports/{number}/follow-ups/{message_id}/letter"
    return page_request.sealed(PassedOn(await page_request.download("routing", path, None)))


@router.post("/{number}/identitas")
async def reveal(page_request: PanelRequest, number: ReportNumber) -> Response:
    """Reveal the reporter. The identity is only in this answer; until a second person of pusat has
    granted the request, the page says that it waits."""
    fields = "reason", "reason_class", "tell_on"
    form = FormData(await page_request.form(*fields, "emergency"), REVEAL_NAMES)
    body = form.filled(*fields) | {"emergency": bool(form.get("emergency"))}
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
    """Return the report's page, possibly with a form that was refused."""
    report = await read_report(page_request, number)
    pending = any(each.id == request_id and not each.decision for each in report.requests)
    if request_form and not pending:
        _say_how_it_ended(request_form, report, request_id)
    elif request_form and status == 412:
        say_what_to_do_now(request_form, possible=True)
    return page_request.page(
        "panel/report.html",
        status,
        report=report,
        actions=in_order(report.allowed_actions),
        owed=owed_action(report.countdown),
        seen=last_entry(report),
        identity=identity,
        reveal_form=reveal_form or FormData(),
        reveal_reasons=list(labels("reveal_reason").items()),
        request_id=request_id,
        request_form=request_form,
        request_pending=pending,
        blank=FormData(),
        back=request_form.get("kembali") if request_form else None,
    )


def say_what_to_do_now(form: FormData, *, possible: bool) -> None:
    """Replace the advice to load the page again, because the form is already about the report as it
    is now."""
    if form.refusal:
        possibly = translated("Periksa, lalu kirim lagi bila masih perlu.")
        never = translated("Tindakan ini sekarang tidak dapat dilakukan pada laporan ini.")
        form.refusal = form.refusal._replace(detail=possibly if possible else never)


def _say_how_it_ended(form: FormData, report: ReportView, request_id: str | None) -> None:
    """Replace the errors of the form with the one that the request is decided already."""
    ended = next((each for each in report.requests if each.id == request_id), None)
    if ended is None:
        return
    if ended.decision in _BY_SOMEBODY and ended.decided_by:
        problem = conflict(f"request_already_{ended.decision}", by=ended.decided_by.name)
    else:
        problem = conflict("request_already_ended")
    form.wrong = {}
    form.refuse(problem)


_BY_SOMEBODY = ("accepted", "rejected", "withdrawn")
