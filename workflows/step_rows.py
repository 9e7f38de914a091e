"""The rows a step writes: report, words, history, command, requests, copies."""

from collections.abc import Iterator
from typing import Any

from psycopg.types.json import Jsonb

from shared.lifecycle.actions import Action
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.decision import Decision
from shared.lifecycle.state import PendingRequest, ReportState
from shared.lifecycle.statuses import TAB_OF, Tab

Statement = tuple[str, tuple[Any, ...]]


def report_statements(
    before: ReportState, after: ReportState, command: Command | None
) -> Iterator[Statement]:
    """The report's row, with all that people select by, and the words a verification sets."""
    handed = before.handler_id != after.handler_id
    assignee = command.assignee_id if command is not None else None
    yield (
        _UPDATE_REPORT,
        (
            after.version,
            after.status,
            TAB_OF[after.status],
            after.handler_id,
            list(after.chain),
            after.classification,
            after.anonymous,
            after.secret,
            after.priority,
            after.held,
            after.overdue,
            after.due_at,
            after.auto_close_at,
            after.last_step_at,
            after.last_step_at if TAB_OF[after.status] is Tab.AWAITING_FOLLOW_UP else None,
            after.ended_at,
            after.awaited_agency_id,
            handed,
            assignee,
            after.model_dump_json(),
            after.number,
        ),
    )
    if command is not None and command.action in (Action.VERIFY, Action.AMEND):
        yield _COPY_FIELDS, (command.id, after.number)
        yield _COPY_WORDS, (command.id, after.number)


def history_statements(decision: Decision) -> Iterator[Statement]:
    """The step's lines, numbered on from those before."""
    state = decision.state
    first = state.entries - len(decision.entries) + 1
    for number, entry in enumerate(decision.entries, first):
        actor = entry.actor
        yield (
            _INSERT_HISTORY,
            (
                state.number,
                number,
                state.version,
                entry.at,
                entry.action,
                actor.kind,
                actor.staff_id,
                actor.role,
                actor.agency_id,
                actor.system,
                entry.from_status,
                entry.to_status,
                entry.visibility,
                entry.ref,
                Jsonb(entry.details),
            ),
        )


def outcome_statement(outcome: Outcome) -> Statement:
    """The first outcome of a command; an earlier one stays."""
    return _SET_OUTCOME, (
        outcome.done,
        outcome.version,
        outcome.status,
        outcome.refusal,
        outcome.command_id,
    )


def request_statements(
    before: ReportState, after: ReportState, decision: Decision, command: Command | None
) -> Iterator[Statement]:
    """Requests decided, ended or passed on first, then those asked, then changed deadlines."""
    main = decision.entries[0]
    granted = {e.ref for e in decision.entries if e.details.get("accepted")}
    for request in before.requests:
        if after.request(request.id) is None:
            how = _how_it_ended(request, main.details.get("passed_on"), command, granted)
            yield _END_REQUEST, (how, decision.at, main.actor.staff_id, request.id)
    for request in after.requests:
        clock = after.clock(ClockKind.REQUEST, str(request.id))
        due_at, overdue = (clock.deadline, clock.overdue) if clock else (None, False)
        if before.request(request.id) is None:
            yield (
                _INSERT_REQUEST,
                (
                    request.id,
                    after.number,
                    request.kind,
                    request.asked_at,
                    request.staff_id,
                    request.agency_id,
                    request.decider_id,
                    request.suggested_agency_id,
                    due_at,
                    overdue,
                ),
            )
        elif before.clock(ClockKind.REQUEST, str(request.id)) != clock:
            yield _UPDATE_REQUEST, (due_at, overdue, request.id)
        if before.request(request.id) not in (None, request):
            named = (request.agency_id, request.decider_id, request.suggested_agency_id)
            yield _RENAME_IN_REQUEST, (*named, request.id)


def copy_statements(before: ReportState, after: ReportState) -> Iterator[Statement]:
    for agency_id in sorted(set(after.copies) - set(before.copies)):
        yield _INSERT_COPY, (after.number, agency_id)
    for agency_id in sorted(set(before.copies) - set(after.copies)):
        yield _DELETE_COPY, (after.number, agency_id)


def escalation_statement(after: ReportState, clock: str, agency_id: int) -> Statement:
    """A clock that ran out, put before the agency above."""
    return _ESCALATE, (after.number, after.version, agency_id, clock, after.last_step_at)


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

_UPDATE_REPORT = """
UPDATE lifecycle.report
SET version = %s, status = %s, tab = %s, handler_id = %s, chain = %s, classification = %s,
    anonymous = %s, secret = %s, priority = %s, held = %s, overdue = %s, due_at = %s,
    auto_close_at = %s, last_step_at = %s, verified_at = coalesce(verified_at, %s),
    ended_at = %s, awaited_agency_id = %s,
    assignee_id = CASE WHEN NOT %s THEN coalesce(%s, assignee_id) END,
    launched_at = coalesce(launched_at, now()), state = %s
WHERE number = %s
"""
# The row of a verification is the whole of what is to hold: a place left empty there was taken out,
# and the reporter's must not stay public. A region is never emptied.
_COPY_FIELDS = """
UPDATE lifecycle.report r
SET category_id = v.category_id, region_code = coalesce(v.region_code, r.region_code)
FROM routing.published_verification v WHERE v.command_id = %s AND r.number = %s
"""
_COPY_WORDS = """
UPDATE lifecycle.report_text t
SET title = v.title, body = v.body, tag_ids = v.tag_ids, programme_id = v.programme_id,
    place = v.place, latitude = v.latitude, longitude = v.longitude
FROM routing.published_verification v WHERE v.command_id = %s AND t.number = %s
"""
_INSERT_HISTORY = """
INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, staff_id, role,
    agency_id, system, from_status, to_status, visibility, ref, details)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_SET_OUTCOME = """
UPDATE lifecycle.command SET done = %s, version = %s, status = %s, refusal = %s
WHERE id = %s AND done IS NULL
"""
_END_REQUEST = """
UPDATE lifecycle.request SET decision = %s, decided_at = %s, decided_by = %s WHERE id = %s
"""
_INSERT_REQUEST = """
INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id, decider_id,
    suggested_agency_id, due_at, overdue)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_UPDATE_REQUEST = "UPDATE lifecycle.request SET due_at = %s, overdue = %s WHERE id = %s"
_RENAME_IN_REQUEST = """
UPDATE lifecycle.request SET agency_id = %s, decider_id = %s, suggested_agency_id = %s WHERE id = %s
"""
_INSERT_COPY = """
INSERT INTO lifecycle.copy (number, agency_id) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""
_DELETE_COPY = "DELETE FROM lifecycle.copy WHERE number = %s AND agency_id = %s"
_ESCALATE = """
INSERT INTO lifecycle.escalation (number, version, agency_id, clock, at)
VALUES (%s, %s, %s, %s, %s)
"""
