"""Reports of an agency whose reporter is owed news that no message could deliver."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.reporter_messages import reason_shown
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, open_cursor, seal_cursor
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label, labels
from shared.lifecycle.people import ADMINS
from shared.lifecycle.statuses import Tab
from shared.owed.responsibilities import handlers_of
from shared.privacy.identity import IdentityCipher

CHOSEN: Final = frozenset({"stopped", "muted"})
OF_NO_NEWS: Final = frozenset({"expired", "not_readable", "outdated"})
"""Reasons of codes, of messages to staff, and of messages that were outdated when they were due."""
NOT_REACHED: Final = sorted(labels("message_reason").keys() - CHOSEN - OF_NO_NEWS)
"""Reasons why a message was not delivered. Reporters who want no news, or none of this kind, are
not listed."""

QUESTIONS: Final = ("question", "question_reminder")
CLOSINGS: Final = ("closed_by_system", "closed_by_admin", "archived")
CLOSING_SOON: Final = "closing_soon"


class UnreachedReporter(BaseModel):
    """A report and the news that its reporter is owed, without contacts. If the reporter is hidden,
    a reason that reveals which contacts they have is left out."""

    message_id: UUID
    number: int
    title: str
    status_label: str
    template: str
    template_label: str
    reason_label: str | None
    anonymous: bool = Field(description="Nobody but the report's page can tell the reporter")


class _Position(BaseModel):
    """The last item of a page. Its cursor is sealed: staff do not see when a message was
    written."""

    created_at: datetime
    number: int


router = APIRouter(tags=["reports"])


@router.get("/unreached", responses=problem_responses(401, 403, 422))
async def list_unreached(
    request: Request,
    staff: CurrentStaff,
    session: Transaction,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[UnreachedReporter]:
    """Reports of the own agency whose reporter missed a question or the news of a closing. The
    closing is coming, or happened in the last thirty days; newest first. A report leaves the list
    once a message is written that may go, the reporter has opened it, or staff have told the
    reporter in another way. It does not wait until the message is sent: in the morning, that would
    reveal that an anonymous reporter has a phone."""
    cipher: IdentityCipher = request.app.state.identity
    rows = await _unreached(session, staff, limit + 1, open_cursor(cursor, _Position, cipher))
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    position = _Position(created_at=last.created_at, number=last.number) if last else None
    return Page(
        items=[_shown(row) for row in rows[:limit]],
        next=seal_cursor(position, cipher) if position else None,
    )


async def is_unreached(session: AsyncSession, number: int, message_id: UUID) -> bool:
    """Whether this message of the report could not be delivered."""
    parameters = {"id": message_id, "number": number, "reasons": NOT_REACHED}
    return await session.scalar(text(_DID_NOT_GO), parameters) is not None


async def _unreached(
    session: AsyncSession, staff: Staff, limit: int, after: _Position | None
) -> list[Any]:
    agencies = [staff.agency_id]
    if staff.role in ADMINS:
        agencies = await handlers_of(session, staff.agency_id, [Tab.IN_PROCESS, Tab.CLOSED])
    parameters = {
        "agencies": agencies,
        "reasons": NOT_REACHED,
        "owed": [*QUESTIONS, *CLOSINGS, CLOSING_SOON],
        "questions": list(QUESTIONS),
        "closings": list(CLOSINGS),
        "soon": CLOSING_SOON,
        "before": after.created_at if after else None,
        "number": after.number if after else None,
        "limit": limit,
    }
    return list(await session.execute(text(_OWED_NEWS), parameters))


def _shown(row: Any) -> UnreachedReporter:
    reason = reason_shown(row.reason, hidden=row.anonymous)
    return UnreachedReporter(
        message_id=row.id,
        number=row.number,
        title=row.title,
        status_label=label("status", row.status),
        template=row.template,
        template_label=label("message_template", row.template),
        reason_label=label("message_reason", reason) if reason else None,
        anonymous=row.anonymous,
    )


# Uses the index on the agency of each undelivered message. Later events settle it: the question
# was answered, the report opened again, a later message arrived, or its page was read.
_OWED_NEWS = """
SELECT m.id, m.number, m.template, m.reason, m.created_at, r.status, r.anonymous,
    coalesce(t.title, t.original_title) AS title
FROM notification.published_message m
JOIN lifecycle.report r ON r.number = m.number
JOIN lifecycle.report_text t ON t.number = m.number
WHERE m.handler_id = ANY (CAST(:agencies AS int[]))
    AND r.handler_id = ANY (CAST(:agencies AS int[]))
    AND m.state IN ('skipped', 'failed') AND m.reason = ANY (:reasons)
    AND m.template = ANY (:owed) AND m.created_at > now() - interval '30 days'
    AND (CAST(:before AS timestamptz) IS NULL OR (m.created_at, m.number) < (:before, :number))
    AND r.system IS NULL
    AND CASE WHEN m.template = ANY (:questions) THEN (r.state ->> 'question_open')::boolean
        WHEN m.template = :soon THEN r.status = 'FOLLOWED_UP' AND r.auto_close_at IS NOT NULL
        ELSE r.tab IN ('closed', 'archived') END
    AND NOT EXISTS (
        SELECT FROM notification.published_message later
        WHERE later.number = m.number AND later.created_at > m.created_at
            AND (later.state IN ('queued', 'sent') OR later.template = ANY (:owed)))
    AND NOT EXISTS (
        SELECT FROM routing.published_code_use u
        WHERE u.number = m.number AND u.at > m.created_at)
    AND NOT EXISTS (SELECT FROM routing.told_otherwise o WHERE o.message_id = m.id)
ORDER BY m.created_at DESC, m.number DESC LIMIT :limit
"""
_DID_NOT_GO = """
SELECT id FROM notification.published_message
WHERE id = :id AND number = :number AND state IN ('skipped', 'failed') AND reason = ANY (:reasons)
"""
