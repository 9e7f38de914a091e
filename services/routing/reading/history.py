"""The history (*riwayat*) of a report: its steps and what was written, merged with readings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
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
from services.routing.reading.originals import SealedLine
from services.routing.reading.people import Names, ShownActor
from shared.database.columns import Json
from shared.database.lifecycle import CommandRow, HistoryEntry
from shared.database.views import PublishedMessage, PublishedNote
from shared.http.messages import words_for
from shared.labels import label
from shared.lifecycle.actions import Action
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import Status
from shared.lifecycle.visibility import Reader, readers_of
from shared.privacy.identity import IdentityCipher


class HistoryLine(BaseModel):
    """A `step` has a number and states; a `reading` was of an identity or an attachment."""

    kind: Literal["step", "reading"]
    at: datetime
    entry: int | None
    action: str
    label: str
    actor: ShownActor
    from_status: Status | None
    to_status: Status | None
    to_status_label: str | None
    changed: bool = Field(description="The status changed")
    refusal: str | None = Field(description="Why a signal had no effect: the step was not done")
    words: str | None = Field(description="What was written with it")
    details: dict[str, Any]
    ref: UUID | None = Field(description="The message, note, request or attachment it is about")
    sealed: list[SealedLine] = Field(description="Originals kept of files that came with it")


class Written(BaseModel):
    """A message (follow-up, reply, coordination …) or a note (a reason, a question …)."""

    id: UUID
    action: Action
    label: str
    kind: str | None = Field(description="Of a follow-up: initial_response or follow_up")
    words: str
    read_by: list[Reader] = Field(description="Who reads the words beside staff")
    secret: bool = Field(description="Only reporter and staff see it")
    rating: int | None
    at: datetime
    author: ShownActor
    assignee_id: int | None


Originals = Mapping[UUID | None, list[SealedLine]]
Row = Mapping[str, Any]
Rows = Sequence[Row]
Query = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


async def read_rows(session: AsyncSession, number: int, *, readings: bool) -> tuple[Rows, Rows]:
    """The rows of the history and of what was written."""
    lines = await rows_of(session, _steps(number))
    if readings:
        lines += await rows_of(session, _readings(number))
    return _in_order(lines), await rows_of(session, _written(number))


async def rows_of(session: AsyncSession, statement: Query) -> list[Row]:
    """The rows that a statement finds."""
    return [dict(row) for row in (await session.execute(statement)).mappings()]


def with_readers(written: Rows, lines: Rows) -> Rows:
    """What was written, each with its readers, and as the step that the history has of
    it: the words with which a request was accepted are those of what that did."""
    steps = {line["ref"]: line for line in lines if line["entry"] is not None and line["ref"]}
    shown = []
    for row in written:
        step = steps.get(row["id"], {"action": row["action"], "details": {}})
        action = Action(step["action"])
        readers = readers_of(action, step["details"], secret=row["secret"])
        shown.append({**row, "action": action, "read_by": sorted(readers)})
    return shown


def below_pusat(lines: Rows, anonymous: bool) -> Rows:
    """The lines as all others than pusat read them: that an identity was revealed, not why, for
    it may be named there, and not who of pusat asked and granted it; no use of the access code,
    and of an anonymous report not to whom it was given: that one entered the report."""
    read = _READ_BY_ALL if anonymous else (*_READ_BY_ALL, "access_code_given")
    return [
        {**line, "reason": None}
        for line in lines
        if line["entry"] is not None or line["action"] in read
    ]


def with_addresses(lines: Rows, cipher: IdentityCipher) -> Rows:
    """The lines with where an access code was used from, for anyone who may know the
    reporter."""
    return [
        {**line, "reason": cipher.decrypt(line["address"])} if line.get("address") else line
        for line in lines
    ]


def history_of(lines: Rows, written: Rows, names: Names, originals: Originals) -> list[HistoryLine]:
    """The lines in order; steps carry the words and files that came with them."""
    words = {row["id"]: row["words"] for row in written}
    return [_line(row, words, names, originals) for row in lines]


def written_of(written: Rows, names: Names) -> list[Written]:
    """Messages and notes in the order of the steps they were written with."""
    return [
        Written.model_validate(
            {**row, "label": label("action", row["action"]), "author": names.actor(row)}
        )
        for row in written
    ]


def _line(
    row: Mapping[str, Any], words: Mapping[UUID, str], names: Names, originals: Originals
) -> HistoryLine:
    step = row["entry"] is not None
    ended_with_another_step = row["action"] == Action.END_REQUEST
    return HistoryLine(
        kind="step" if step else "reading",
        at=row["at"],
        entry=row["entry"],
        action=row["action"],
        label=_label(row),
        actor=names.actor(row),
        from_status=row["from_status"],
        to_status=row["to_status"],
        to_status_label=label("status", row["to_status"]) if step else None,
        changed=row["from_status"] != row["to_status"],
        refusal=words_for(code, "id", {}).title
        if (code := row["details"].get("refused"))
        else None,
        words=row["reason"] or (None if ended_with_another_step else words.get(row["ref"])),
        details=row["details"],
        ref=row["ref"],
        sealed=originals.get(None if row["action"] == Action.SUBMIT else row["ref"], [])
        if row["ref"] or row["action"] == Action.SUBMIT
        else [],
    )


def _in_order(lines: Rows) -> Rows:
    """Steps by their number, whatever machine's clock gave them their time; each reading after the
    last step that was there by then."""
    steps = [row for row in lines if row["entry"] is not None]
    readings = sorted((row for row in lines if row["entry"] is None), key=lambda row: row["at"])
    merged: list[Row] = []
    for step in reversed(steps):
        while readings and readings[-1]["at"] >= step["at"]:
            merged.append(readings.pop())
        merged.append(step)
    return [*readings, *reversed(merged)]


def _label(row: Mapping[str, Any]) -> str:
    action = label("action" if row["entry"] is not None else "reading", row["action"])
    alone = row["details"].get("decided_alone")
    return f"{action} ({label('mark', 'decided_alone')})" if alone else action


_READ_BY_ALL = ("reveal", "attachment")
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
    """As `_steps`, and where an access code was used from."""
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
    """Messages and notes, as the step did them whose words they are, in the steps' order."""
    step_at, step_action = col(HistoryEntry.at), col(HistoryEntry.action)
    message, note, actor = PublishedMessage, PublishedNote, col(CommandRow.body)["actor"]
    messages: Select[*tuple[Any, ...]] = (
        select(
            col(message.command_id).label("id"),
            func.coalesce(step_action, col(message.action)).label("action"),
            col(message.kind),
            col(message.words),
            col(message.secret),
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
    )
    notes = (
        select(
            col(note.command_id),
            col(note.action),
            null(),
            col(note.words),
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
