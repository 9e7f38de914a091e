"""Reads the rows from which a report's history and its messages are made."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import AccessLogEntry, StaffMember
from shared.database.columns import Json
from shared.database.lifecycle import CommandRow, HistoryEntry
from shared.database.views import PublishedMessage, PublishedNote
from shared.lifecycle.actions import Action
from shared.lifecycle.people import ActorKind
from shared.lifecycle.visibility import NOT_FOR_STAFF

Row = Mapping[str, Any]
Rows = Sequence[Row]
Query = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


async def read_rows(
    session: AsyncSession, number: int, *, readings: bool, others: Rows = ()
) -> tuple[Rows, Rows]:
    """The rows of the history, and of messages and notes. `others` are more lines without a
    number."""
    lines = [*await rows_of(session, _steps(number)), *others]
    if readings:
        lines += await rows_of(session, _readings(number))
    return _in_order(lines), await rows_of(session, _written(number))


async def steps_of(session: AsyncSession, numbers: Collection[int]) -> Mapping[int, Rows]:
    """The steps of each of these reports, without the readings and messages of `read_rows`."""
    number, found = col(HistoryEntry.number), dict[int, list[Row]]()
    steps = select(number, *(col(column) for column in _STEP_COLUMNS))
    steps = steps.where(number.in_(numbers)).order_by(number, col(HistoryEntry.entry))
    for row in await rows_of(session, steps):
        found.setdefault(row["number"], []).append(row)
    return found


async def rows_of(session: AsyncSession, statement: Query) -> list[Row]:
    """The rows that a statement finds."""
    return [dict(row) for row in (await session.execute(statement)).mappings()]


def _in_order(lines: Rows) -> Rows:
    """Steps by their number, whichever machine's clock set their time. Each reading follows the
    last step that existed by then."""
    steps = [row for row in lines if row["entry"] is not None]
    readings = sorted((row for row in lines if row["entry"] is None), key=lambda row: row["at"])
    merged: list[Row] = []
    for step in reversed(steps):
        while readings and readings[-1]["at"] >= step["at"]:
            merged.append(readings.pop())
        merged.append(step)
    return [*readings, *reversed(merged)]


_STEP_COLUMNS = (
    *(HistoryEntry.entry, HistoryEntry.at, HistoryEntry.action, HistoryEntry.actor_kind),
    *(HistoryEntry.staff_id, HistoryEntry.role, HistoryEntry.agency_id, HistoryEntry.system),
    *(HistoryEntry.from_status, HistoryEntry.to_status, HistoryEntry.ref, HistoryEntry.details),
)


def _steps(number: int) -> Query:
    columns = (col(column) for column in _STEP_COLUMNS)
    steps = select(*columns, null().label("reason"))
    return steps.where(col(HistoryEntry.number) == number).order_by(col(HistoryEntry.entry))


def _readings(number: int) -> Query:
    """The readings in the shape of `_steps`, with the address where an access code was used."""
    operator, staff_id = col(AccessLogEntry.operator), col(AccessLogEntry.staff_id)
    kind = case(
        (operator.is_not(None), ActorKind.OPERATOR),
        (staff_id.is_(None), ActorKind.REPORTER),
        else_=ActorKind.STAFF,
    )
    return (
        select(
            null().label("entry"),
            col(AccessLogEntry.at),
            col(AccessLogEntry.kind).label("action"),
            kind.label("actor_kind"),
            staff_id,
            col(AccessLogEntry.address),
            col(StaffMember.role),
            col(AccessLogEntry.agency_id),
            operator.label("system"),
            null().label("from_status"),
            null().label("to_status"),
            col(AccessLogEntry.subject_id).label("ref"),
            literal({}, Json).label("details"),
            col(AccessLogEntry.reason),
        )
        .outerjoin(StaffMember, col(StaffMember.id) == staff_id)
        .where(col(AccessLogEntry.number) == number)
        .order_by(col(AccessLogEntry.at), col(AccessLogEntry.id))
    )


def _written(number: int) -> Query:
    """Messages and notes in the order of their steps. They take the time and, if messages, the
    action of their step."""
    step_at, step_action = col(HistoryEntry.at), col(HistoryEntry.action)
    message, note, actor = PublishedMessage, PublishedNote, col(CommandRow.body)["actor"]
    messages: Select[*tuple[Any, ...]] = (
        select(
            col(message.command_id).label("id"),
            func.coalesce(step_action, col(message.action)).label("action"),
            col(message.kind),
            col(message.words),
            col(message.secret),
            col(message.rectified),
            col(message.rating),
            func.coalesce(step_at, col(message.at)).label("at"),
            col(message.actor_kind),
            col(message.staff_id),
            col(message.agency_id),
            col(message.assignee_id),
            col(StaffMember.role),
            col(HistoryEntry.entry),
        )
        .outerjoin(StaffMember, col(StaffMember.id) == col(message.staff_id))
        .outerjoin(HistoryEntry, _is_step_of(message))
        .where(col(message.number) == number)
        .where(col(message.action).not_in(NOT_FOR_STAFF))
    )
    notes = (
        select(
            col(note.command_id),
            col(note.action),
            null(),
            col(note.words),
            false(),
            false(),
            null(),
            func.coalesce(step_at, col(note.at)),
            literal(ActorKind.STAFF),
            col(note.staff_id),
            actor["agency_id"].as_integer(),
            null(),
            actor["role"].as_string(),
            col(HistoryEntry.entry),
        )
        .join(CommandRow, col(CommandRow.id) == col(note.command_id))
        .outerjoin(HistoryEntry, _is_step_of(note))
        .where(col(note.number) == number)
    )
    return union_all(messages, notes).order_by("entry", "at")


def _is_step_of(written: type[PublishedMessage] | type[PublishedNote]) -> ColumnElement[bool]:
    return and_(
        col(HistoryEntry.number) == col(written.number),
        col(HistoryEntry.ref) == col(written.command_id),
        col(HistoryEntry.action) != Action.END_REQUEST,
    )
