"""Deciding and withdrawing requests from below.

The person who decides a request accepts or rejects it; the person who asked may withdraw it.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import FieldError, validation
from shared.lifecycle.actions import Action, performed_by
from shared.lifecycle.visibility import Reader, readers_of
from shared.values.words import Form, NoteText


class Acceptance(Form):
    """The note is required when a closing or reopening is accepted: it becomes the closing or
    reopening note, and the reporter reads it."""

    note: NoteText | None = None


class Rejection(Form):
    reason: NoteText


class TakingBack(Form):
    reason: NoteText | None = None


router = command_router("requests")


@router.by_staff(Action.ACCEPT_REQUEST, "/reports/{number}/requests/{request_id}/accept")
async def accept_request(_: AsyncSession, access: ReportAccess, form: Acceptance) -> CommandFields:
    """Accept a request (*Terima*): what it asked for is carried out."""
    kind = access.request.kind if access.request else None
    performed = performed_by(kind, access.state.status) if kind else None
    readers = readers_of(performed, {"request": kind}) if performed else frozenset()
    if form.note is None and Reader.REPORTER in readers:
        raise validation(FieldError("note", "missing"))
    return {}


@router.by_staff(Action.REJECT_REQUEST, "/reports/{number}/requests/{request_id}/reject")
async def reject_request(_: AsyncSession, __: ReportAccess, form: Rejection) -> CommandFields:
    """Reject a request (*Tolak*): the report stays as it was."""
    return {}


@router.by_staff(Action.WITHDRAW_REQUEST, "/reports/{number}/requests/{request_id}/withdraw")
async def withdraw_request(_: AsyncSession, __: ReportAccess, form: TakingBack) -> CommandFields:
    """Withdraw a request of one's own."""
    return {}
