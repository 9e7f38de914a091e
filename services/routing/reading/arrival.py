"""How and when a report came, as exactly as the reader may know it."""

from datetime import datetime
from typing import TypedDict

from services.routing.reading.history_rows import Row, Rows
from shared.command_requests.report_access import ReportAccess
from shared.labels import label
from shared.lifecycle.actions import Action
from shared.lifecycle.channels import Channel
from shared.lifecycle.events import CLOCK_ENDS
from shared.lifecycle.people import ActorKind
from shared.lifecycle.visibility import TOLD_IN_COPIES
from shared.privacy.publication import public_channel, public_time


class Arrival(TypedDict):
    """The fields of a `ReportView` and of a `QueueRow` that say it."""

    channel: Channel | None
    channel_label: str | None
    submitted_at: datetime
    age_days: int


def arrival_of(access: ReportAccess, moment: datetime) -> Arrival:
    """Staff who read a copy read what the public may: the hour, and of an anonymous report not the
    channel. Of that one the handling agency reads the hour as well. Its age is reckoned from what
    is told: else the minute in which it turns a day older would be that in which it came."""
    state, by_copy = access.state, access.by_copy
    channel = public_channel(state.channel, state.anonymous) if by_copy else state.channel
    submitted_at = public_time(state.submitted_at) if access.arrival_hidden else state.submitted_at
    return Arrival(
        channel=Channel(channel) if channel else None,
        channel_label=label("channel", channel) if channel else None,
        submitted_at=submitted_at,
        age_days=(moment - submitted_at).days,
    )


def lines_shown(lines: Rows, access: ReportAccess) -> list[Row]:
    """The lines of the history as this person reads them."""
    if access.by_copy:
        lines = [
            {**line, "details": {k: v for k, v in line["details"].items() if k in TOLD_IN_COPIES}}
            for line in lines
        ]
    with_it = _entries_with_it(lines) if access.maker_hidden else frozenset()
    return [
        _as_arrival(line) if line["entry"] in with_it else _line_shown(line, access)
        for line in lines
    ]


def words_shown(written: Rows, lines: Rows, access: ReportAccess) -> list[Row]:
    """What was written, as this person reads it: as `lines` are read, all lines of the history."""
    with_it = _entries_with_it(lines) if access.maker_hidden else frozenset()
    return [_as_arrival(row) if row["entry"] in with_it else row for row in written]


def requests_shown(requests: Rows, lines: Rows, access: ReportAccess) -> list[Row]:
    """The requests as this person reads them: as `lines` are read, all lines of the history."""
    with_it = _entries_with_it(lines) if access.maker_hidden else frozenset()
    at_arrival = {line["ref"] for line in lines if line["entry"] in with_it}
    return [_as_arrival(row) if row["id"] in at_arrival else row for row in requests]


def told_at(at: datetime | None, access: ReportAccess) -> datetime | None:
    """When a report was verified, or ended: of an anonymous one whoever entered it may have done
    it in the same second."""
    return public_time(at) if at and access.maker_hidden else at


def _line_shown(line: Row, access: ReportAccess) -> Row:
    """In a copy what the reporter did to the hour, and of an anonymous report not through whom: the
    counter or the system it came by is its channel. So the handling agency reads its submission
    too: who entered it may be a colleague."""
    by_reporter = line["actor_kind"] in (ActorKind.REPORTER, ActorKind.PARTNER)
    if access.arrival_hidden and line["action"] in CLOCK_ENDS:
        return {**line, "at": public_time(line["at"])}  # so long after the report came
    told_apart = access.by_copy and by_reporter
    if not access.arrival_hidden or not (told_apart or line["action"] == Action.SUBMIT):
        return line
    shown = {**line, "at": public_time(line["at"])}
    return shown | _BY_THE_REPORTER if access.state.anonymous else shown


def _entries_with_it(lines: Rows) -> frozenset[int]:
    """What whoever entered the report went on to do with it, up to its verification: such a line
    tells who that was, and when it came. And what staff recorded of a visit, a call or a letter:
    they have met the reporter."""
    steps = [line for line in lines if line["entry"] is not None]
    brought = frozenset(line["entry"] for line in steps if line["details"].get("brought_by"))
    submitted = next((line for line in steps if line["action"] == Action.SUBMIT), None)
    if submitted is None or submitted["staff_id"] is None:
        return brought
    verified = next((line["entry"] for line in steps if line["action"] == Action.VERIFY), None)
    return brought | frozenset(
        line["entry"]
        for line in steps
        if line["staff_id"] == submitted["staff_id"]
        and line["action"] != Action.SUBMIT
        and (verified is None or line["entry"] <= verified)
    )


def _as_arrival(row: Row) -> Row:
    """By nobody who is named, and to the hour."""
    times = {name: row[name] and public_time(row[name]) for name in _TIMES if name in row}
    hidden = _WHO
    if row.get("decided_by") == row["staff_id"]:
        hidden |= {"decided_by"}
    return {**row, **dict.fromkeys(hidden & row.keys()), **times}


_WHO = frozenset({"staff_id", "agency_id", "role"})
_TIMES = ("at", "asked_at", "due_at", "decided_at")
_BY_THE_REPORTER = {
    "actor_kind": ActorKind.REPORTER,
    **dict.fromkeys(("staff_id", "agency_id", "role", "system")),
}
