"""Deciding and withdrawing requests (*permintaan*)."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.form_data import FormData
from services.portal.page_request import PanelRequest
from services.portal.panel.report import report_shown
from services.portal.paths import own_path
from shared.http.paths import ReportNumber
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/laporan", include_in_schema=False)

Decision = Literal["accept", "reject", "withdraw"]

_FIELDS = {"accept": "note", "reject": "reason", "withdraw": "reason"}
_DONE = {
    "accept": "Permintaan diterima.",
    "reject": "Permintaan ditolak.",
    "withdraw": "Permintaan ditarik.",
}


@router.post("/{number}/permintaan/{request_id}/{decision}")
async def decide(
    page_request: PanelRequest, request_id: UUID, decision: Decision, number: ReportNumber
) -> Response:
    """Decide or withdraw a request. Accepting a not-authority request is an action of its own. A
    person who decides in the list of what they owe returns to it."""
    form = FormData(await page_request.form("reason", "versi", "kembali"), {"reason": "Alasan"})
    words = form.get("reason").strip()
    try:
        await page_request.call(
            "followup",
            "POST",
            f"/reports/{number}/requests/{request_id}/{decision}",
            json={_FIELDS[decision]: words} if words else {},
            key=form.key,
            version=form.get("versi") or None,
        )
    except Problem as problem:
        form.refuse(problem, {"note": "reason"})
        return await report_shown(
            page_request, number, problem.status, request_id=str(request_id), request_form=form
        )
    back = own_path(form.get("kembali"), f"/panel/laporan/{number}")
    return page_request.go(back, _DONE[decision])
