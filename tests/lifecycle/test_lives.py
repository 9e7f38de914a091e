"""Random lives of a report: whatever happens in whatever order, the rules hold."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.lifecycle.actions import Action, FollowUpKind, RequestKind
from shared.lifecycle.apply_clocks import apply_clocks
from shared.lifecycle.calendar import SPREAD, WorkingCalendar
from shared.lifecycle.check import Refused
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.decide import decide, decide_clock, decide_refused_signal
from shared.lifecycle.decision import Decision
from shared.lifecycle.people import OPERATOR
from shared.lifecycle.policy import NATIONAL_DEFAULT
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import ENDED, IN_PROCESS, TO_BE_VERIFIED, WITH_AGENCY, Status
from tests.lifecycle.random_lives import CALENDAR, accepted, commands, pauses
from workflows.recalculate_deadlines import redated

NUMBER = 10_000_021


class Life(RuleBasedStateMachine):
    """Time passes, clocks fire, people act. `apply_clocks` is what the record activity does."""

    @initialize(hours=st.integers(0, 24 * 366))
    def accept(self, hours: int) -> None:
        self.now = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        self.state = accepted(NUMBER, self.now)
        self.lines = 1
        self.versions = 1
        self.seen = self.now
        self.calendar = CALENDAR
        self.ran = timedelta()
        """For how long, in working time, auto-close has run since the last follow-up proper."""

    @rule(pause=pauses)
    def wait(self, pause: timedelta) -> None:
        until = self.now + pause
        while (clock := self.state.next_clock) and _deadline(clock) <= until:
            self._fire(clock)
        self.now = until

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        command = data.draw(commands(self.state, self.now))
        before = self.state.model_copy(deep=True)
        try:
            decision = decide(self.state, command, self.now)
        except Refused:
            assert self.state == before, "a refused action changes nothing"
            return
        self._record(decision)
        assert self.state.step_id == str(command.id)
        if command.follow_up_kind is FollowUpKind.FOLLOW_UP:
            self.ran = timedelta()
        assert self.state.anonymous >= before.anonymous, "the reporter's choice stays"
        assert self.state.secret >= before.secret

    @rule(days=st.integers(2, 30))
    def decree_or_take_back_leave(self, days: int) -> None:
        """Of a day to come: what has passed was counted by the calendar of its time."""
        day = (self.now + timedelta(days=days)).date()
        before = self.state
        self.calendar = WorkingCalendar(self.calendar.closed ^ {day})
        self.state = redated(before, self.calendar)
        for old, new in zip(before.clocks, self.state.clocks, strict=True):
            assert (old.remaining, old.overdue) == (new.remaining, new.overdue)
            assert (old.deadline is None) == (new.deadline is None)
            if not old.overdue and new.deadline is not None:
                assert new.deadline > self.now, "nothing has run out by an edit of days to come"

    @rule()
    def refuse_a_signal(self) -> None:
        before = self.state
        decision = decide_refused_signal(
            before, Action.HOLD, OPERATOR, f"s{before.version}", self.now, "not_held"
        )
        self._record(decision)
        same = {"version", "entries", "step_id", "last_step_at"}
        assert self.state.model_dump(exclude=same) == before.model_dump(exclude=same)

    @invariant()
    def the_state_makes_sense(self) -> None:
        if not hasattr(self, "state"):
            return
        state = self.state
        assert state.status in Status
        assert (state.version, state.entries) == (self.versions, self.lines)
        kinds = [request.kind for request in state.requests]
        assert len(kinds) == len(set(kinds)), "one pending request of a kind"
        assert {str(r.id) for r in state.requests} == {
            c.key for c in state.clocks if c.kind is ClockKind.REQUEST
        }, "every pending request has its clock, and no other has one"
        assert (state.ended_at is not None) == (state.status in ENDED)
        assert not (state.held and state.status not in IN_PROCESS)
        assert ReportState.model_validate_json(state.model_dump_json()) == state
        names = [(clock.kind, clock.key) for clock in state.clocks]
        assert len(names) == len(set(names))

    @invariant()
    def clocks_run_where_they_should(self) -> None:
        if not hasattr(self, "state"):
            return
        state, running = self.state, {c.kind for c in self.state.clocks if c.deadline}
        present = {c.kind for c in state.clocks}
        auto_close = state.clock(ClockKind.AUTO_CLOSE)
        if auto_close is not None:
            assert state.status is Status.FOLLOWED_UP
            assert ClockKind.FOLLOW_UP not in present, "nothing closes while an answer is owed"
            suspended = state.held or state.pending(RequestKind.HOLD) is not None
            assert (auto_close.deadline is None) == suspended
        if state.status in ENDED:
            assert running <= {ClockKind.REQUEST}
            assert present <= {ClockKind.REQUEST, ClockKind.SETTLEMENT, ClockKind.ESCALATION}
            assert not state.overdue
        if ClockKind.ESCALATION in present:
            assert state.late, "who is not late is not put before anybody"
            assert state.escalation_level >= 1
        if ClockKind.CLOSING_NOTICE in present:
            assert auto_close is not None, "a notice without a closing"
            assert ClockKind.CLOSING_NOTICE in running or auto_close.deadline is None
        if state.followed_up:
            assert ClockKind.SETTLEMENT not in present
        if state.status is Status.REPLIED_BY_REPORTER:
            assert ClockKind.FOLLOW_UP in present
        waiting = {Status.AWAITING_INFORMATION, Status.AGENCY_NOT_CONNECTED}
        if state.status in waiting:
            assert ClockKind.VERIFICATION not in running
        if state.status in WITH_AGENCY:
            owed = {ClockKind.FOLLOW_UP, ClockKind.SETTLEMENT, ClockKind.AUTO_CLOSE}
            assert present & owed, "a report is never forgotten at an agency"
        if state.status in TO_BE_VERIFIED:
            assert ClockKind.VERIFICATION in present
        if state.pending(RequestKind.NOT_AUTHORITY):
            assert running <= {ClockKind.REQUEST, ClockKind.QUESTION}

    def _fire(self, clock: Clock) -> None:
        before = self.state
        self._record(decide_clock(before, clock))
        if clock.kind is not ClockKind.AUTO_CLOSE:
            assert self.state.status is before.status
            return
        assert self.state.status is Status.CLOSED_BY_SYSTEM
        assert not before.held
        assert before.pending(RequestKind.HOLD) is None
        full = timedelta(days=NATIONAL_DEFAULT.auto_close.amount)
        assert full <= self.ran <= full + SPREAD, "never early, late by the spread only"

    def _record(self, decision: Decision) -> None:
        assert decision.state.version == self.state.version + 1
        assert len(decision.entries) == decision.state.entries - self.state.entries >= 1
        assert decision.at >= self.state.last_step_at
        auto_close = self.state.clock(ClockKind.AUTO_CLOSE)
        if auto_close is not None and auto_close.deadline is not None:
            self.ran += self.calendar.between(self.seen, decision.at, auto_close.zone)
        self.seen = decision.at
        self.state = apply_clocks(self.state.clocks, decision, self.calendar, NATIONAL_DEFAULT)
        self.lines += len(decision.entries)
        self.versions += 1


def _deadline(clock: Clock) -> datetime:
    assert clock.deadline is not None
    return clock.deadline


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
