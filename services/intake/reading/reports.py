"""Reading a report. The public gets what is published, the reporter everything except internal
matters of staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.reading.public import for_public
from services.intake.reading.recourse import recourse_of
from services.intake.reading.rows import (
    Row,
    attachments_of,
    attachments_of_messages,
    find_report,
    history_of,
    is_own,
    names_of,
    words_of,
)
from services.intake.reading.views import (
    HistoryLine,
    PendingObjection,
    PublicReport,
    ReporterReport,
    Reveal,
    attachment_line,
    particulars,
    status_of,
)
from services.intake.resources import Intake
from shared.database.columns import now
from shared.database.views import ArchiveReasonEntry, CodeRenewal, CodeUse, RevealNotice
from shared.http.auth import OptionalPrincipal
from shared.http.documentation import problem_responses
from shared.http.idempotency import etag
from shared.http.paths import ReportNumber
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.labels import countdown, label
from shared.labels.outcomes import outcome_of
from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import WorkingCalendar, day_of_deadline
from shared.lifecycle.check import allowed_actions
from shared.lifecycle.clocks import ClockKind, days_left
from shared.lifecycle.people import ActorKind
from shared.lifecycle.state import ReportState
from shared.lifecycle.visibility import Reader, readers_of

router = APIRouter(tags=["Reading"])


@router.get("/reports/{number}", responses=problem_responses(401, 404))
async def read_report(
    number: ReportNumber,
    principal: OptionalPrincipal,
    session: Transaction,
    intake: Intake,
    response: Response,
) -> PublicReport | ReporterReport:
    """Read a report. With the token of its reporter, of the report or of its partner system: all
    that the reporter may read. Without: the status and, from verification on, the corrected words.
    404: the report is secret or unknown."""
    row = await find_report(session, number)
    if row is not None and is_own(row, principal):
        response.headers["ETag"] = etag(row["version"])
        await intake.times.refresh(session)
        return await _for_reporter(session, row, intake.times.calendar)
    if row is None or row["secret"]:
        raise not_found()
    return await for_public(session, row)


async def _for_reporter(
    session: AsyncSession, row: Row, calendar: WorkingCalendar
) -> ReporterReport:
    number, state = row["number"], ReportState.model_validate(row["state"])
    clock = state.process_clock
    days = days_left(clock, now(), calendar) if clock else None
    as_kept = {name: row[name] for name in ReporterReport.model_fields if name in row}
    return ReporterReport(
        **as_kept | status_of(row) | particulars(row),
        channel_label=label("channel", row["channel"]),
        zone=state.zone,
        due_on=day_of_deadline(row["due_at"], state.zone) if row["due_at"] else None,
        countdown=countdown(days) if days is not None else None,
        days_left=days,
        question_open=state.question_open,
        question_until=_question_until(state),
        rating_until=state.window_ends_at,
        objection=_objection(state),
        recourse=await recourse_of(session, row["category_id"], state),
        reveals=await _reveals(session, number),
        attachments=[attachment_line(file) for file in await attachments_of(session, number)],
        history=await _history(session, number),
        access_code_uses=list(await session.scalars(_last(CodeUse, number))),
        access_code_renewals=list(await session.scalars(_last(CodeRenewal, number))),
        allowed_actions=list(allowed_actions(state, {Capacity.REPORTER}, now())),
    )


async def _history(session: AsyncSession, number: int) -> list[HistoryLine]:
    words = await words_of(session, number)
    archive_reasons = await session.scalars(select(ArchiveReasonEntry))
    reasons = {reason.code: reason.name for reason in archive_reasons}
    files = await attachments_of_messages(session, number)
    lines = []
    rows = await history_of(session, number)
    named = [(row["details"].get("escalated_to"), _handed_to(row["details"])) for row in rows]
    agencies = await names_of(session, [id for pair in named for id in pair])
    for entry, row in enumerate(rows, start=1):
        action, details = Action(row["action"]), row["details"]
        reads = Reader.REPORTER in readers_of(action, details)
        message = words.get(row["ref"]) if reads else None
        rectified = bool(message and message["rectified"])
        category = details.get("archive_category") if action is Action.ARCHIVE else None
        objection, brought_by = details.get("objection_reason"), details.get("brought_by")
        lines.append(
            HistoryLine(
                entry=entry,
                at=row["at"],
                action=action,
                action_label=_label(action),
                actor=_actor(row),
                agency=row["agency"],
                from_status=row["from_status"],
                to_status=row["to_status"],
                to_status_label=label("status", row["to_status"]),
                words=message["words"] if message else None,
                kind=message["kind"] if message else None,
                **outcome_of({} if rectified else details),
                rectified=rectified,
                secret=bool(message and message["secret"]),
                rating=message["rating"] if message else None,
                solved=message["solved"] if message else None,
                brought_by=brought_by,
                brought_by_label=label("brought_by", brought_by) if brought_by else None,
                handed_to=agencies.get(_handed_to(details)),
                escalated_to=agencies.get(details.get("escalated_to")),
                objection_reason_label=label("objection_reason", objection) if objection else None,
                archive_category=category,
                archive_category_label=reasons.get(category) if category else None,
                attachments=[
                    attachment_line(file)
                    for file in files
                    if message and file.command_id == row["ref"]
                ],
            )
        )
    return lines


def _handed_to(details: Mapping[str, Any]) -> int | None:
    """The agency that the step gave the report to, if another had it before."""
    to: int | None = details.get("to_handler")
    return to if details.get("from_handler") not in (None, to) else None


async def _reveals(session: AsyncSession, number: int) -> list[Reveal]:
    """When pusat read the reporter's identity, without what the reporter may not know yet."""
    of_report = select(RevealNotice).where(col(RevealNotice.number) == number)
    return [
        Reveal(at=notice.at, reason_label=label("reveal_reason", notice.reason_class))
        for notice in await session.scalars(of_report.order_by(col(RevealNotice.at)))
    ]


def _question_until(state: ReportState) -> datetime | None:
    clock = state.clock(ClockKind.QUESTION)
    return clock.deadline if clock and state.question_open else None


def _objection(state: ReportState) -> PendingObjection | None:
    request = state.pending(RequestKind.OBJECTION)
    if request is None:
        return None
    clock = state.clock(ClockKind.REQUEST, str(request.id))
    due_at = clock.deadline if clock else None
    return PendingObjection(
        asked_at=request.asked_at,
        due_at=due_at,
        due_on=day_of_deadline(due_at, state.zone) if due_at else None,
        overdue=clock is not None and clock.overdue,
    )


def _label(action: Action) -> str:
    """The label of a step. The only rejected requests in the reporter's history are their own
    objections."""
    if action is Action.REJECT_REQUEST:
        return label("mark", "objection_rejected")
    return label("action", action)


def _actor(line: Row) -> str:
    """The role of the actor; members of staff are not named."""
    match ActorKind(line["actor_kind"]):
        case ActorKind.STAFF:
            return label("role", line["role"])
        case ActorKind.PARTNER:
            return label("role", "partner_system")
        case kind:
            return label("role", kind)


def _last(of: type[CodeUse | CodeRenewal], number: int) -> Select[datetime]:
    """Select the times of the last five."""
    at = col(of.at)
    return select(at).where(col(of.number) == number).order_by(at.desc()).limit(5)
