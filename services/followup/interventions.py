"""An admin above holds, releases, closes or opens a report (*Tahan, Lepas, Tutup, Buka Laporan*).

These travel as the workflow's signals; the answer says whether they took effect.
"""

from fastapi import APIRouter

from services.followup.command_context import Asking, CurrentAsking
from services.followup.command_requests import staff_request
from services.followup.words import Form, Reason, Written
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.http.auth import CurrentStaff
from shared.http.tokens import Staff
from shared.lifecycle.actions import Action


class Intervention(Form):
    """Why. The reporter reads it with a closing (*Konfirmasi Tutup Laporan*) and a reopening."""

    reason: Reason


router = APIRouter(tags=["interventions"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/hold")
async def hold_report(
    asking: CurrentAsking, staff: CurrentStaff, form: Intervention
) -> CommandAnswer:
    """Keep the report from closing by itself, keeping what remains of the ten days."""
    return await _intervene(asking, staff, Action.HOLD, form)


@router.post("/reports/{number}/release")
async def release_report(
    asking: CurrentAsking, staff: CurrentStaff, form: Intervention
) -> CommandAnswer:
    """Let a held report go on with what remained of the ten days."""
    return await _intervene(asking, staff, Action.RELEASE, form)


@router.post("/reports/{number}/close")
async def close_report(
    asking: CurrentAsking, staff: CurrentStaff, form: Intervention
) -> CommandAnswer:
    """Close the report; the reason is the *Konfirmasi Tutup Laporan*."""
    return await _intervene(asking, staff, Action.CLOSE, form)


@router.post("/reports/{number}/reopen")
async def reopen_report(
    asking: CurrentAsking, staff: CurrentStaff, form: Intervention
) -> CommandAnswer:
    """Open a closed report again: the agency owes a further follow-up."""
    return await _intervene(asking, staff, Action.REOPEN, form)


async def _intervene(
    asking: Asking, staff: Staff, action: Action, form: Intervention
) -> CommandAnswer:
    written = Written(form.reason)
    return await asking.carry_out(
        staff_request(staff, asking.number, action, written, asking.id, version=asking.version)
    )
