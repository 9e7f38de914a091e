"""The reporter takes the report back (*Hapus Laporan*): it goes to the archive."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.words import Form, NoteText


class WithdrawalForm(Form):
    reason: NoteText | None = None


router = command_router("reporter")


@router.by_reporter(Action.WITHDRAW, "/reports/{number}/withdrawal")
async def withdraw_report(_: AsyncSession, __: ReportAccess, form: WithdrawalForm) -> CommandFields:
    """Take back a report that is not verified yet."""
    return {}
