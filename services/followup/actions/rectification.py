"""Taking a follow-up back (*Ralat Tindak Lanjut*), by its author or an admin above."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.followup.actions.words import command_router
from services.followup.models import Message
from shared.command_requests.command_request import CommandFields
from shared.command_requests.directory import agency
from shared.command_requests.report_access import ReportAccess
from shared.database.lifecycle import CommandRow
from shared.database.views import PublishedMessage
from shared.http.problems import FieldError, conflict, validation
from shared.lifecycle.actions import Action
from shared.lifecycle.check import Refused
from shared.lifecycle.people import ADMINS
from shared.values.words import Form, NoteText


class Rectification(Form):
    """The reason, which readers of the follow-up see in its place."""

    rectifies: UUID
    reason: NoteText


router = command_router("follow-ups")


@router.by_staff(Action.RECTIFY, "/reports/{number}/rectify")
async def rectify_follow_up(
    session: AsyncSession, access: ReportAccess, form: Rectification
) -> CommandFields:
    """Hide the words and files of a follow-up from the reporter and the public.

    Staff keep them, and no clock changes. The author may do this, and admins of the author's agency
    and of those above it, whichever agency handles the report now.
    """
    message = await session.get(PublishedMessage, form.rectifies)
    is_one = message is not None and message.action == Action.FOLLOW_UP
    if message is None or not is_one or message.number != access.state.number:
        raise validation(FieldError("rectifies", "not_a_choice"))
    if await _is_taken_back(session, form.rectifies):
        raise conflict("already_rectified")
    if message.staff_id != access.actor.staff_id and access.actor.role not in ADMINS:
        raise Refused("not_authorised")
    author = await agency(session, message.agency_id) if message.agency_id else None
    if author is None or not author.is_or_stands_below(access.own_agency_id):
        raise Refused("not_authorised")
    return {"rectifies": form.rectifies}


async def _is_taken_back(session: AsyncSession, follow_up: UUID) -> bool:
    """Whether a rectification of this follow-up is done or pending. The lock on its row lets only
    one of two simultaneous requests pass."""
    await session.get_one(Message, follow_up, with_for_update=True)
    others = (
        select(col(Message.command_id))
        .join(CommandRow, col(CommandRow.id) == col(Message.command_id))
        .where(col(Message.rectifies) == follow_up, col(CommandRow.done).is_not(False))
    )
    return await session.scalar(others.limit(1)) is not None
