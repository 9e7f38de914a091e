"""An admin above holds, releases, closes or opens a report (*Tahan, Lepas, Tutup, Buka
Laporan*).

These commands are sent as signals of the workflow; the answer says whether they took effect.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.words import Form, NoteText


class Intervention(Form):
    """The reason. The reporter reads it at a closing (*Konfirmasi Tutup Laporan*) or reopening."""

    reason: NoteText


router = command_router("interventions")


@router.by_staff(Action.HOLD, "/reports/{number}/hold")
async def hold_report(_: AsyncSession, __: ReportAccess, form: Intervention) -> CommandFields:
    """Stop the report from closing automatically; what remains of the ten days is kept."""
    return {}


@router.by_staff(Action.RELEASE, "/reports/{number}/release")
async def release_report(_: AsyncSession, __: ReportAccess, form: Intervention) -> CommandFields:
    """Let the ten days of a held report go on with what remained of them."""
    return {}


@router.by_staff(Action.CLOSE, "/reports/{number}/close")
async def close_report(_: AsyncSession, __: ReportAccess, form: Intervention) -> CommandFields:
    """Close the report. The reason is the *Konfirmasi Tutup Laporan*."""
    return {}


@router.by_staff(Action.REOPEN, "/reports/{number}/reopen")
async def reopen_report(_: AsyncSession, __: ReportAccess, form: Intervention) -> CommandFields:
    """Open a closed report again. The agency then owes a further follow-up."""
    return {}
