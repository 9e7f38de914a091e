"""A request from below is accepted or rejected by the person who decides it, or taken back by the
person who asked."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.command_context import Asking, CurrentAsking
from services.followup.command_requests import staff_request
from services.followup.words import Form, Reason, Written
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.report_access import ReportAccess
from shared.http.auth import CurrentStaff
from shared.http.problems import FieldError, Problem, conflict, not_found, validation
from shared.http.tokens import Staff
from shared.lifecycle.actions import PERFORMED_BY, Action, RequestKind
from shared.lifecycle.check import Refused
from shared.lifecycle.visibility import Reader, readers_of


class Acceptance(Form):
    """Where a closing or reopening is accepted the note is needed: it is the closing or reopening
    note, and the reporter reads it."""

    note: Reason | None = None


class Rejection(Form):
    reason: Reason


class TakingBack(Form):
    reason: Reason | None = None


router = APIRouter(tags=["requests"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/requests/{request_id}/accept")
async def accept_request(
    asking: CurrentAsking, staff: CurrentStaff, request_id: UUID, form: Acceptance
) -> CommandAnswer:
    """*Terima*: what was asked is done."""
    return await _decide(asking, staff, Action.ACCEPT_REQUEST, request_id, form.note)


@router.post("/reports/{number}/requests/{request_id}/reject")
async def reject_request(
    asking: CurrentAsking, staff: CurrentStaff, request_id: UUID, form: Rejection
) -> CommandAnswer:
    """*Tolak*: all stays as it was."""
    return await _decide(asking, staff, Action.REJECT_REQUEST, request_id, form.reason)


@router.post("/reports/{number}/requests/{request_id}/withdraw")
async def withdraw_request(
    asking: CurrentAsking, staff: CurrentStaff, request_id: UUID, form: TakingBack
) -> CommandAnswer:
    """Take one's own request back."""
    return await _decide(asking, staff, Action.WITHDRAW_REQUEST, request_id, form.reason)


async def _decide(
    asking: Asking, staff: Staff, action: Action, request_id: UUID, words: str | None
) -> CommandAnswer:
    number = asking.number

    async def look(session: AsyncSession, access: ReportAccess) -> None:
        """What has ended is said to have ended, and not that nobody may decide it any more."""
        request = access.state.request(request_id)
        kind = request.kind if request else await _kind_of_ended(session, number, request_id)
        if kind in (None, RequestKind.NOT_AUTHORITY):
            raise not_found("request_unknown")
        if request is None:
            raise Refused("no_such_request")

    async def details(_: AsyncSession, access: ReportAccess) -> dict[str, UUID]:
        request = access.state.request(request_id)
        read = request is not None and _is_read(request.kind)
        if action is Action.ACCEPT_REQUEST and words is None and read:
            raise validation(FieldError("note", "missing"))
        return {"request_id": request_id}

    command_request = staff_request(
        staff,
        number,
        action,
        Written(words),
        asking.id,
        version=asking.version,
        details=details,
        about=request_id,
        look=look,
    )
    try:
        return await asking.carry_out(command_request)
    except Problem as problem:
        if problem.code != "no_such_request":
            raise
        async with asking.database.session() as session:
            raise await _what_became(session, number, request_id) from None


async def _kind_of_ended(session: AsyncSession, number: int, request_id: UUID) -> str | None:
    wanted = {"number": number, "id": request_id}
    row = (await session.execute(_REQUEST, wanted)).one_or_none()
    return row.kind if row else None


def _is_read(kind: RequestKind) -> bool:
    """Whether the reporter reads the words with which such a request is accepted."""
    return Reader.REPORTER in readers_of(PERFORMED_BY[kind], {})


async def _what_became(session: AsyncSession, number: int, request_id: UUID) -> Problem:
    wanted = {"number": number, "id": request_id}
    row = (await session.execute(_REQUEST, wanted)).one_or_none()
    if row is None or row.kind == RequestKind.NOT_AUTHORITY:
        return not_found("request_unknown")
    members = {
        "decision": row.decision,
        "decided_at": row.decided_at.isoformat(),
        "report_status": row.status,
        "version": row.version,
    }
    if row.decision not in _BY_SOMEBODY or row.decided_by is None:
        return conflict("request_already_ended", members=members)
    return conflict(f"request_already_{row.decision}", members=members, by=row.name)


_BY_SOMEBODY = frozenset({"accepted", "rejected", "withdrawn"})
_REQUEST = text("""
SELECT q.kind, q.decision, q.decided_at, q.decided_by, s.name, r.status, r.version
FROM lifecycle.request q
JOIN lifecycle.report r ON r.number = q.number
LEFT JOIN routing.staff_directory s ON s.id = q.decided_by
WHERE q.id = :id AND q.number = :number AND q.decision IS NOT NULL
""")
