"""How and when a report came, and when its reporter acted, as exactly as the reader may know it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from services.routing.reading.history_rows import Row, Rows
from shared.command_requests.report_access import ReportAccess
from shared.labels import label
from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.channels import Channel
from shared.lifecycle.events import is_of_reporter, shows_arrival
from shared.lifecycle.people import ActorKind
from shared.lifecycle.visibility import TOLD_IN_COPIES
from shared.privacy.publication import public_channel, public_time


class Arrival(TypedDict):
    """The fields of a `ReportView` and of a `QueueRow` that say how and when the report came."""

    channel: Channel | None
    channel_label: str | None
    submitted_at: datetime
    age_days: int


def arrival_of(access: ReportAccess, moment: datetime) -> Arrival:
    """How and when the report came, as this person may know it. Only pusat reads the exact time;
    all others read the hour, as the public does, and in a copy of an anonymous report no channel.
    The age is computed from the time shown: otherwise the minute in which it grows by a day would
    reveal the minute in which the report came."""
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
    hidden = _hidden(lines, access)
    return [_line_shown(line, hidden, access) for line in lines]


def words_shown(written: Rows, lines: Rows, access: ReportAccess) -> list[Row]:
    """The messages and notes as this person reads them; `lines` are all lines of the history."""
    hidden = _hidden(lines, access)
    return [
        _as_arrival(row)
        if row["entry"] in hidden.entries
        else _to_the_hour(row, "at")
        if row["at"] in hidden.times
        else row
        for row in written
    ]


def requests_shown(requests: Rows, lines: Rows, access: ReportAccess) -> list[Row]:
    """The requests as this person reads them; `lines` are all lines of the history."""
    hidden = _hidden(lines, access)
    unnamed = [line for line in lines if line["entry"] in hidden.entries]
    asked = {line["ref"] for line in unnamed if line["action"] != Action.END_REQUEST}
    decided_at = {line["at"] for line in unnamed}

    def shown(row: Row) -> Row:
        if row["id"] in asked:
            return _as_arrival(row)
        if row["decided_at"] in decided_at:
            row = {**row, "decided_by": None}
        if row["decided_at"] in hidden.times:
            row = {**row, "decided_at": public_time(row["decided_at"])}
        if access.reporter_times_hidden and row["kind"] == RequestKind.OBJECTION:
            row = _to_the_hour(row, "asked_at", "due_at")  # due_at is computed from asked_at
        return row

    return [shown(row) for row in requests]


def time_shown(at: datetime | None, access: ReportAccess) -> datetime | None:
    """When a report was verified or ended, cut to the hour where the reporter's times are hidden:
    whoever entered an anonymous report may have verified it in the same second, and its reporter
    may have ended it."""
    return public_time(at) if at and access.reporter_times_hidden else at


def is_to_the_hour(row: Row) -> bool:
    """Whether times of this row were cut to the hour, which pages then say."""
    return bool(row.get(_CUT))


class _Hidden(NamedTuple):
    """The numbers of lines shown without actor and exact time, and the times to cut to the hour."""

    entries: frozenset[int]
    times: frozenset[datetime]


def _hidden(lines: Rows, access: ReportAccess) -> _Hidden:
    """Find what this person may not see exactly. A request ended by a hidden step has the same time
    as it, and so has a step that was sent before the reporter's and came after it: the time finds
    them."""
    if not access.arrival_hidden:
        return _Hidden(frozenset(), frozenset())
    steps = [line for line in lines if line["entry"] is not None]
    times = frozenset(line["at"] for line in steps if _shows_when(line, access))
    if not access.maker_hidden:
        return _Hidden(frozenset(), times)
    with_it = _entries_with_it(steps)
    at = {line["at"] for line in steps if line["entry"] in with_it}
    ended = {e["entry"] for e in steps if e["action"] == Action.END_REQUEST and e["at"] in at}
    return _Hidden(with_it | ended, times | at)


def _shows_when(step: Row, access: ReportAccess) -> bool:
    return shows_arrival(step["action"], step["to_status"]) or (
        access.reporter_times_hidden
        and is_of_reporter(step["action"], step["actor_kind"], step["details"])
    )


def _line_shown(line: Row, hidden: _Hidden, access: ReportAccess) -> Row:
    """The line as this person reads it. In an anonymous report the submission is shown as the
    reporter's own, since a colleague may have entered it. In a copy of one, so is all that the
    reporter did: the counter or the system it came through is the report's channel."""
    if line["entry"] in hidden.entries:
        return _as_arrival(line)
    if line["entry"] is None:
        cut = line["action"] == _GIVEN and access.arrival_hidden
        return _to_the_hour(line, "at") if cut else line
    if line["at"] not in hidden.times:
        return line
    by_reporter = line["actor_kind"] in (ActorKind.REPORTER, ActorKind.PARTNER)
    unnamed = line["action"] == Action.SUBMIT or (access.by_copy and by_reporter)
    shown = _to_the_hour(line, "at")
    return {**shown, **_BY_THE_REPORTER} if unnamed and access.state.anonymous else shown


def _entries_with_it(steps: Rows) -> frozenset[int]:
    """The steps of the person who entered the report, up to its verification: they reveal who that
    was and when the report came. Also what staff recorded of a visit, a call or a letter: they have
    met the reporter."""
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
    """The row without the person's name, and with its times cut to the hour."""
    hidden = _WHO
    if row.get("decided_by") == row["staff_id"]:
        hidden |= {"decided_by"}
    return {**_to_the_hour(row, *_TIMES), **dict.fromkeys(hidden & row.keys())}


def _to_the_hour(row: Row, *names: str) -> Row:
    times = {name: row[name] and public_time(row[name]) for name in names if name in row}
    return {**row, **times, _CUT: True}


_CUT = "to_the_hour"
_GIVEN = "access_code_given"  # to the person who entered the report, on its arrival
_WHO = frozenset({"staff_id", "agency_id", "role"})
_TIMES = ("at", "asked_at", "due_at", "decided_at")
_BY_THE_REPORTER: Mapping[str, Any] = {
    "actor_kind": ActorKind.REPORTER,
    **dict.fromkeys(("staff_id", "agency_id", "role", "system")),
}
