"""The one activity: writes a step of a report to Postgres in one transaction, or not at all.

Inside the workflow task its time limits are short, because the report answers nobody until it ends.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from shared.database.agency_codes import AgencyCodes
from shared.database.engine import Database, raw
from shared.database.policy_in_force import ProcessTime
from shared.lifecycle.actions import Action
from shared.lifecycle.apply_clocks import apply_clocks
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Outcome
from shared.lifecycle.decision import Decision
from shared.lifecycle.escalation import agency_above, end_at_root
from shared.lifecycle.state import ReportState
from shared.telemetry import registry
from shared.temporal import names
from workflows import snapshot as storage
from workflows.outbox import outbox_statements
from workflows.snapshot import Patience, Stored
from workflows.step_messages import Step, StepResult, Verdict
from workflows.step_rows import (
    Statement,
    copy_statements,
    ended_escalations,
    escalation_statement,
    history_statements,
    outcome_statement,
    report_statements,
    request_statements,
)


class Recorder:
    """Records steps.

    `words_at` is the address, without the report's number, where partners read the words; `on_step`
    is called before each step.
    """

    def __init__(
        self, database: Database, words_at: str, on_step: Callable[[], None] | None = None
    ) -> None:
        self._database = database
        self._words_at = words_at
        self._on_step = on_step or (lambda: None)
        self._process_time = ProcessTime()
        self._agencies = AgencyCodes(database)

    @activity.defn(name=names.RECORD)
    async def record(self, step: Step) -> StepResult:
        """Write the step if it follows the stored one, and answer with the stored state.

        Recording the same step again changes nothing and gets the same answer.
        """
        self._on_step()
        result = await self._write(step)
        agencies = await self._agencies.named_in(result.state)
        return result.model_copy(update={"agencies": agencies})

    async def _write(self, step: Step) -> StepResult:
        async with self._database.session() as session:
            connection = await raw(session)
            stored = await storage.read(connection, step, _patience())
            if stored is None:
                raise ApplicationError("no such report", type="no_such_report", non_retryable=True)
            if result := _without_writing(step, stored):
                return result
            assert step.decision is not None
            decision = _not_before(step.decision, stored.state.last_step_at)
            after = await self._settled(session, decision, stored)
            outcome = _outcome(step, after)
            escalated_to = await _escalated_to(session, step, stored)
            decision = _naming(decision, escalated_to)
            async with connection.pipeline():
                for statement, values in self._statements(
                    step, decision, stored, after, outcome, escalated_to
                ):
                    await connection.execute(statement, values)
                await connection.commit()  # in the same exchange
        _recorded.labels(after.status).inc()
        return StepResult(verdict=Verdict.RECORDED, state=after, outcome=outcome)

    async def _settled(
        self, session: AsyncSession, decision: Decision, stored: Stored
    ) -> ReportState:
        times = self._process_time
        await times.at_mark(session, stored.process_time_mark)
        policy = times.policy(stored.handler_path, decision.at)
        after = apply_clocks(stored.state.clocks, decision, times.calendar, policy)
        after = end_at_root(after, stored.handler_path)
        # A run that began before rows had an identity learns it here.
        return after.model_copy(update={"identity": stored.state.identity})

    def _statements(
        self,
        step: Step,
        decision: Decision,
        stored: Stored,
        after: ReportState,
        outcome: Outcome | None,
        escalated_to: int | None,
    ) -> Iterator[Statement]:
        before = stored.state
        command = step.command if step.refusal is None else None
        yield from report_statements(before, after, command)
        yield from history_statements(decision)
        if outcome is not None and step.sent:
            yield outcome_statement(outcome)
        yield from request_statements(before, after, decision, command)
        yield from copy_statements(before, after)
        if escalated_to is not None and step.clock is not None:
            level = decision.entries[0].details.get("level")
            yield escalation_statement(after, step.clock.kind, escalated_to, level)
        yield from ended_escalations(before, after)
        yield from outbox_statements(
            decision,
            after,
            external_id=stored.external_id,
            words_at=f"{self._words_at}/{after.number}",
            escalated_to=escalated_to,
        )


IN_THE_TASK = Patience(for_a_lock="600ms", for_a_statement="700ms")
AS_ACTIVITY = Patience(for_a_lock="10s", for_a_statement="12s")
"""Both are shorter than the time limit of an attempt (`workflows/recorded_state.py`), so that no
attempt goes on when nobody waits for it any more."""


def _patience() -> Patience:
    local = activity.in_activity() and activity.info().is_local
    return IN_THE_TASK if local else AS_ACTIVITY


_recorded = Counter(
    "lapor_steps", "Steps recorded, by the status they lead to", ["status"], registry=registry
)


def _without_writing(step: Step, stored: Stored) -> StepResult | None:
    """The answer if there is nothing to write; None if the step is to be recorded."""
    state, decision = stored.state, step.decision
    if _is_for_another(step, state):
        return StepResult(verdict=Verdict.ANOTHERS, state=state)
    if decision is None:
        return StepResult(verdict=Verdict.SUPERSEDED, state=state)
    if step.sent:
        sent = stored.command
        if sent is None or sent.command != step.command:
            return StepResult(verdict=Verdict.UNTRUSTED, state=state)
        if sent.outcome is not None:
            return StepResult(verdict=Verdict.KNOWN, state=state, outcome=sent.outcome)
    if state.version == decision.state.version and state.step_id == decision.step_id:
        outcome = _outcome(step, state)
        return StepResult(verdict=Verdict.RECORDED, state=state, outcome=outcome)
    if state.version != decision.state.version - 1:
        return StepResult(verdict=Verdict.SUPERSEDED, state=state)
    if step.clock is not None:
        clock = stored.clock(step.clock)
        if clock is None or clock.deadline != step.clock.deadline or clock.deadline > step.now:
            return StepResult(verdict=Verdict.NOT_DUE, state=state)
        if stored.another_waits:
            return StepResult(verdict=Verdict.WAITING, state=state)
    elif _clock_is_due_first(state, decision):
        return StepResult(verdict=Verdict.SUPERSEDED, state=state)
    return None


def _not_before(decision: Decision, last: datetime) -> Decision:
    """The same decision, dated no earlier than the last step.

    Clocks of machines differ, and a worker of an earlier release may have reported that step to the
    run.
    """
    if decision.at >= last:
        return decision
    changes = {"last_step_at": last}
    if decision.state.ended_at == decision.at:
        changes["ended_at"] = last
    return decision.model_copy(
        update={
            "at": last,
            "state": decision.state.model_copy(update=changes),
            "entries": tuple(e.model_copy(update={"at": last}) for e in decision.entries),
        }
    )


def _is_for_another(step: Step, state: ReportState) -> bool:
    """Whether the run that sends the step belongs to another report with this number."""
    if step.identity is not None:
        return step.identity != state.identity
    # The run began before rows had an identity. No two reports are accepted in one instant.
    decision = step.decision
    return decision is not None and decision.state.submitted_at != state.submitted_at


def _clock_is_due_first(state: ReportState, decision: Decision) -> bool:
    """Whether a clock runs out first: its deadline became earlier and the workflow does not know
    it."""
    clock = state.next_clock
    return clock is not None and clock.deadline is not None and clock.deadline <= decision.at


def _outcome(step: Step, after: ReportState) -> Outcome | None:
    if step.command is None:
        return None
    return Outcome(
        command_id=step.command.id,
        done=step.refusal is None,
        version=after.version,
        status=after.status,
        refusal=step.refusal,
    )


async def _escalated_to(session: AsyncSession, step: Step, stored: Stored) -> int | None:
    """The agency to which lateness is escalated; None if the step escalates nothing.

    For a late report it is the agency `level` steps above the handler, for a late request the one
    above its decider. At the root it is the root itself.
    """
    if step.clock is None or step.decision is None:
        return None
    main = step.decision.entries[0]
    if main.action not in (Action.OVERDUE, Action.ESCALATE):
        return None
    path = stored.handler_path
    if step.clock.kind is ClockKind.REQUEST:
        request = next((r for r in stored.state.requests if str(r.id) == step.clock.key), None)
        if request is not None:
            paths = await session.execute(_PATH, {"id": request.decider_id})
            path = tuple(paths.scalar_one_or_none() or (request.decider_id,))
    return agency_above(path, main.details.get("level", 1))


def _naming(decision: Decision, escalated_to: int | None) -> Decision:
    """The decision, with the agency to which lateness is escalated named in its history line."""
    if escalated_to is None:
        return decision
    main, *others = decision.entries
    named = main.model_copy(update={"details": main.details | {"escalated_to": escalated_to}})
    return decision.model_copy(update={"entries": (named, *others)})


_PATH = text("SELECT path FROM routing.agency_directory WHERE id = :id")
