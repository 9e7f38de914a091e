"""The history (*riwayat*) of a report: its steps and what was written, merged with readings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.originals import SealedLine
from services.routing.reading.people import Names, ShownActor
from shared.http.messages import words_for
from shared.identity import IdentityCipher
from shared.labels import label
from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import Status
from shared.lifecycle.visibility import Reader, readers_of


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


async def read_rows(session: AsyncSession, number: int, *, readings: bool) -> tuple[Rows, Rows]:
    """The rows of the history and of what was written."""
    lines = await rows_of(session, _STEPS, number)
    if readings:
        lines += await rows_of(session, _READINGS, number)
    return _in_order(lines), await rows_of(session, _WRITTEN, number)


async def rows_of(session: AsyncSession, statement: TextClause, number: int) -> list[Row]:
    """The rows that a statement finds for a report."""
    return [dict(row) for row in (await session.execute(statement, {"number": number})).mappings()]


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
    ended_by_the_way = row["action"] == Action.END_REQUEST
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
        words=row["reason"] or (None if ended_by_the_way else words.get(row["ref"])),
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
    said = label("action" if row["entry"] is not None else "reading", row["action"])
    alone = row["details"].get("decided_alone")
    return f"{said} ({label('mark', 'decided_alone')})" if alone else said


_READ_BY_ALL = ("reveal", "attachment")
_STEPS = text(
    "SELECT entry, at, action, actor_kind, staff_id, role, agency_id, system, from_status,"
    " to_status, ref, details, NULL AS reason"
    " FROM lifecycle.history WHERE number = :number ORDER BY entry"
)
_READINGS = text(
    "SELECT CAST(NULL AS int) AS entry, l.at, l.kind AS action,"
    " CASE WHEN l.operator IS NOT NULL THEN 'operator' WHEN l.staff_id IS NULL THEN 'reporter'"
    " ELSE 'staff' END AS actor_kind, l.staff_id, l.address,"
    " s.role, l.agency_id, l.operator AS system, NULL AS from_status, NULL AS to_status,"
    " l.subject_id AS ref, CAST('{}' AS jsonb) AS details, l.reason"
    " FROM routing.access_log l LEFT JOIN routing.staff s ON s.id = l.staff_id"
    " WHERE l.number = :number ORDER BY l.at, l.id"
)
_WRITTEN = text(
    "SELECT m.command_id AS id, coalesce(h.action, m.action) AS action, m.kind, m.words,"
    " m.secret, m.rating, coalesce(h.at, m.at) AS at, m.actor_kind, m.staff_id, m.agency_id,"
    " m.assignee_id, s.role, h.entry"
    " FROM followup.published_message m LEFT JOIN routing.staff s ON s.id = m.staff_id"
    " LEFT JOIN lifecycle.history h ON h.number = m.number AND h.ref = m.command_id"
    " AND h.action <> 'end_request'"
    " WHERE m.number = :number"
    " UNION ALL SELECT n.command_id, n.action, NULL, n.words, false, NULL, coalesce(h.at, n.at),"
    " 'staff', n.staff_id, CAST(c.body #>> '{actor,agency_id}' AS int), NULL,"
    " c.body #>> '{actor,role}', h.entry"
    " FROM routing.published_note n JOIN lifecycle.command c ON c.id = n.command_id"
    " LEFT JOIN lifecycle.history h ON h.number = n.number AND h.ref = n.command_id"
    " AND h.action <> 'end_request'"
    " WHERE n.number = :number ORDER BY entry, at"
)
