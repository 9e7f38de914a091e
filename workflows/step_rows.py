"""The rows a step writes: report, words, history, command, requests, copies."""

from collections.abc import Iterator
from typing import Any

from psycopg.types.json import Jsonb
from sqlmodel import SQLModel

from shared.database.lifecycle import HistoryEntry, Report
from shared.database.report_lists import CopyRow, Escalation, RequestRow
from shared.database.rows import Row, assignments, columns_in_both, insert, report_row
from shared.lifecycle.actions import Action
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.decision import Decision
from shared.lifecycle.state import PendingRequest, ReportState
from shared.lifecycle.statuses import TAB_OF, Tab

Statement = tuple[str, Row]
"""A statement and its parameters by name, for psycopg. The SQL is written by hand, since every step
of every report is one exchange of these (`make bench`, "commands" and "lives")."""


def insert_statement(table: type[SQLModel], row: Row) -> Statement:
    """The statement that inserts this row."""
    return insert(table, tuple(row)), row


def report_statements(
    before: ReportState, after: ReportState, command: Command | None
) -> Iterator[Statement]:
    """The report's row with all columns that people filter by, and the words a verification
    sets."""
    awaits_follow_up = TAB_OF[after.status] is Tab.AWAITING_FOLLOW_UP
    yield (
        _UPDATE_REPORT,
        report_row(after)
        | {
            "first_verified_at": after.last_step_at if awaits_follow_up else None,
            "handed": before.handler_id != after.handler_id,
            "assignee_id": command.assignee_id if command is not None else None,
        },
    )
    if command is not None and command.action in (Action.VERIFY, Action.AMEND):
        copied = {"command_id": command.id, "number": after.number}
        yield _COPY_FIELDS, copied
        yield _COPY_WORDS, copied


def history_statements(decision: Decision) -> Iterator[Statement]:
    """The step's history lines, numbered on from the earlier ones."""
    state = decision.state
    first = state.entries - len(decision.entries) + 1
    for number, entry in enumerate(decision.entries, first):
        actor = entry.actor
        yield insert_statement(
            HistoryEntry,
            {
                "number": state.number,
                "entry": number,
                "version": state.version,
                "at": entry.at,
                "action": entry.action,
                "actor_kind": actor.kind,
                "staff_id": actor.staff_id,
                "role": actor.role,
                "agency_id": actor.agency_id,
                "system": actor.system,
                "from_status": entry.from_status,
                "to_status": entry.to_status,
                "visibility": entry.visibility,
                "ref": entry.ref,
                "details": Jsonb(entry.details),
            },
        )


def outcome_statement(outcome: Outcome) -> Statement:
    """Store the first outcome of a command; an earlier one stays."""
    return _SET_OUTCOME, {
        "done": outcome.done,
        "version": outcome.version,
        "status": outcome.status,
        "refusal": outcome.refusal,
        "id": outcome.command_id,
    }


def request_statements(
    before: ReportState, after: ReportState, decision: Decision, command: Command | None
) -> Iterator[Statement]:
    """First the requests that were decided, ended or passed on, then new ones, then new
    deadlines."""
    main = decision.entries[0]
    granted = {e.ref for e in decision.entries if e.details.get("accepted")}
    for request in before.requests:
        if after.request(request.id) is None:
            ended = {
                "id": request.id,
                "decision": _how_it_ended(request, main.details.get("passed_on"), command, granted),
                "decided_at": decision.at,
                "decided_by": main.actor.staff_id,
            }
            yield _END_REQUEST, ended
    for request in after.requests:
        clock = after.clock(ClockKind.REQUEST, str(request.id))
        due = {
            "due_at": clock.deadline if clock else None,
            "overdue": clock.overdue if clock else False,
        }
        if before.request(request.id) is None:
            asked = {name: getattr(request, name) for name in _OF_REQUEST}
            yield insert_statement(RequestRow, {"number": after.number} | asked | due)
        elif before.clock(ClockKind.REQUEST, str(request.id)) != clock:
            yield _DATE_REQUEST, due | {"id": request.id}
        if before.request(request.id) not in (None, request):
            yield _RENAME_IN_REQUEST, {name: getattr(request, name) for name in _OF_REQUEST}


def copy_statements(before: ReportState, after: ReportState) -> Iterator[Statement]:
    for agency_id in sorted(set(after.copies) - set(before.copies)):
        yield _INSERT_COPY, {"number": after.number, "agency_id": agency_id}
    for agency_id in sorted(set(before.copies) - set(after.copies)):
        yield _DELETE_COPY, {"number": after.number, "agency_id": agency_id}


def escalation_statement(
    after: ReportState, clock: str, agency_id: int, level: int | None
) -> Statement:
    """The row of an escalation to the agency above, after a clock ran out."""
    return insert_statement(
        Escalation,
        {
            "number": after.number,
            "version": after.version,
            "agency_id": agency_id,
            "clock": clock,
            "level": level,
            "at": after.last_step_at,
        },
    )


def ended_escalations(before: ReportState, after: ReportState) -> Iterator[Statement]:
    """End the escalations that the step has settled.

    Those of the report end with its ladder, those of its requests when no request is late any more.
    """
    over = {"number": after.number, "at": after.last_step_at}
    if before.escalation_level and not after.escalation_level:
        yield _END_LADDER, over
    if _late_request(before) and not _late_request(after):
        yield _END_OF_REQUESTS, over


def _late_request(state: ReportState) -> bool:
    return any(clock.kind is ClockKind.REQUEST and clock.overdue for clock in state.clocks)


def _how_it_ended(
    request: PendingRequest, passed_on: object, command: Command | None, granted: set[Any]
) -> str:
    if passed_on == str(request.id):
        return "passed_on"
    if command is not None and command.request_id == request.id:
        return _DECISIONS.get(command.action, "ended")
    return "accepted" if request.id in granted else "ended"


_DECISIONS = {
    Action.ACCEPT_REQUEST: "accepted",
    Action.REJECT_REQUEST: "rejected",
    Action.WITHDRAW_REQUEST: "withdrawn",
}

# The columns that a report gets at its submission and keeps.
_KEPT = ("number", "identity", "channel", "system", "submitted_at")
_CHANGED = (*columns_in_both(Report, ReportState, without=_KEPT), "tab", "state")
_OF_REQUEST = columns_in_both(RequestRow, PendingRequest)

_UPDATE_REPORT = f"""
UPDATE lifecycle.report SET {assignments(_CHANGED)},
    verified_at = coalesce(verified_at, %(first_verified_at)s),
    assignee_id = CASE WHEN NOT %(handed)s THEN coalesce(%(assignee_id)s, assignee_id) END,
    launched_at = coalesce(launched_at, now())
WHERE number = %(number)s
"""  # noqa: S608
# A verification's row holds all that is to be valid: an empty place was removed, and the reporter's
# must not stay public. A region is never emptied.
_COPY_FIELDS = """
UPDATE lifecycle.report r
SET category_id = v.category_id, region_code = coalesce(v.region_code, r.region_code)
FROM routing.published_verification v
WHERE v.command_id = %(command_id)s AND r.number = %(number)s
"""
_COPY_WORDS = """
UPDATE lifecycle.report_text t
SET title = v.title, body = v.body, tag_ids = v.tag_ids, programme_id = v.programme_id,
    place = v.place, latitude = v.latitude, longitude = v.longitude
FROM routing.published_verification v
WHERE v.command_id = %(command_id)s AND t.number = %(number)s
"""
_SET_OUTCOME = f"""
UPDATE lifecycle.command SET {assignments(("done", "version", "status", "refusal"))}
WHERE id = %(id)s AND done IS NULL
"""  # noqa: S608
_END_REQUEST = f"""
UPDATE lifecycle.request SET {assignments(("decision", "decided_at", "decided_by"))}
WHERE id = %(id)s
"""  # noqa: S608
_DATE_REQUEST = f"""
UPDATE lifecycle.request SET {assignments(("due_at", "overdue"))} WHERE id = %(id)s
"""  # noqa: S608
_RENAME_IN_REQUEST = f"""
UPDATE lifecycle.request SET {assignments(("agency_id", "decider_id", "suggested_agency_id"))}
WHERE id = %(id)s
"""  # noqa: S608
_END_ESCALATIONS = """
UPDATE lifecycle.escalation SET ended_at = %(at)s WHERE number = %(number)s AND ended_at IS NULL
"""
_END_LADDER = _END_ESCALATIONS + " AND clock <> 'request'"
_END_OF_REQUESTS = _END_ESCALATIONS + " AND clock = 'request'"
_INSERT_COPY = f"{insert(CopyRow, ('number', 'agency_id'))} ON CONFLICT DO NOTHING"
_DELETE_COPY = "DELETE FROM lifecycle.copy WHERE number = %(number)s AND agency_id = %(agency_id)s"
