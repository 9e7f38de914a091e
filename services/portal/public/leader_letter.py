"""The page on which the leader of an agency proves their address, without signing in."""

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.notification import LeaderProven
from services.portal.page_request import PageRequest, PublicRequest
from shared.http.paths import Id
from shared.http.problems import Problem

router = APIRouter(prefix="/surat-mingguan/{agency_id}", include_in_schema=False)


@router.get("")
async def confirm_page(page_request: PublicRequest, agency_id: Id) -> Response:
    """Show the page of the link in the mail. Opening it proves nothing, because mail programs open
    links by themselves."""
    token = page_request.request.query_params.get("kunci", "")
    return _page(page_request, agency_id, token=token)


@router.post("")
async def confirm(page_request: PublicRequest, agency_id: Id) -> Response:
    form = await page_request.form("token")
    body = {"token": str(form.get("token", ""))}
    try:
        answer = await page_request.call(
            "notification", "POST", f"/leaders/{agency_id}/proof", json=body
        )
    except Problem as problem:
        if problem.status != 422:
            raise
        return _page(page_request, agency_id, 422, over=True)
    return _page(page_request, agency_id, agency=answer_as(LeaderProven, answer).agency)


def _page(
    page_request: PageRequest,
    agency_id: int,
    status: int = 200,
    *,
    token: str = "",
    agency: str = "",
    over: bool = False,
) -> Response:
    return page_request.page(
        "public/leader_letter.html",
        status,
        agency_id=agency_id,
        token=token,
        agency=agency,
        over=over,
    )
