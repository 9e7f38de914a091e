"""The life of one report, from its acceptance to its last day, as one durable workflow."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from shared.lifecycle.actions import Action
from shared.lifecycle.check import LATER_REFUSALS, Refused, check
from shared.lifecycle.clocks import Clock
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.decide import effective_at
from shared.temporal import names
from shared.temporal.messages import ANOTHER_REPORT, REFUSED, Start
from workflows.alarm import Alarm
from workflows.card import END_SUMMARY, card, timer_summary
from workflows.signals import by_operator, claims, read_signal, tolerant
from workflows.step_messages import Step, StepResult, Verdict
from workflows.step_requests import clock_step, command_step, summary


@workflow.defn(name=names.WORKFLOW)
class ReportWorkflow:
    """One report. `_state` is what Postgres has, as far as this run has heard of it: it changes
    only when the activity that records a step has returned."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self._state = start.state
        self._retire_after = start.retire_after
        self._agencies = dict(start.agencies)
        self._lock = asyncio.Lock()
        self._alarm = Alarm()
        self._changed = False
        self._recheck = False
        self._held_up = 0
        self._anothers = False
        self._cancellations = 0
        self._begin_anew = False
        self._begun = workflow.now()
        workflow.set_current_details(card(start.state, self._agencies))

    @workflow.run
    async def run(self, start: Start) -> None:
        """Wait for the nearest deadline or a change, until the report has retired."""
        over = False
        while not over:
            try:
                over = await self._turn()
            except (asyncio.CancelledError, ActivityError) as interrupted:
                self._note_cancellation(interrupted)
        if self._anothers:
            raise ApplicationError(
                "the row of this number is another report's",
                type=ANOTHER_REPORT,
                non_retryable=True,
            )

    async def _turn(self) -> bool:
        """Wait once and do what is due; whether the run is over."""
        if self._cancellations:
            await self._record_cancellation()
        if await self._over():
            return True
        self._set_alarm()
        await workflow.wait_condition(lambda: self._changed or self._recheck or self._alarm.rung)
        self._changed = False
        self._alarm.clear()
        await self._fire_due()
        return False

    @workflow.update(name=names.COMMAND, description="A service's command; its id is the update's")
    async def command(self, command: Command) -> Outcome:
        """Perform a command, or fail with the refusal's code."""
        try:
            return await self._perform(command)
        except Refused as refusal:
            raise _refusal(refusal.code) from None

    @command.validator
    def _provisionally(self, command: Command) -> None:
        """Refuse at once what the present state does not allow: costs no event. While a step is
        being recorded the present state is about to change, so the handler decides."""
        if self._lock.locked() or self._for_another(command):
            return
        try:
            check(self._state, command)
        except Refused as refusal:
            raise _refusal(refusal.code) from None

    @workflow.signal(name=Action.HOLD.value, description="Tahan Laporan: pause auto-close")
    @tolerant
    async def hold(self, sent: RawValue) -> None:
        await self._signalled(Action.HOLD, sent)

    @workflow.signal(name=Action.RELEASE.value, description="Lepas Tahan Laporan")
    @tolerant
    async def release(self, sent: RawValue) -> None:
        await self._signalled(Action.RELEASE, sent)

    @workflow.signal(name=Action.CLOSE.value, description="Tutup Laporan")
    @tolerant
    async def close(self, sent: RawValue) -> None:
        await self._signalled(Action.CLOSE, sent)

    @workflow.signal(name=Action.REOPEN.value, description="Buka Laporan")
    @tolerant
    async def reopen(self, sent: RawValue) -> None:
        await self._signalled(Action.REOPEN, sent)

    @workflow.signal(name=names.RECHECK, description="The stored deadlines have changed")
    @tolerant
    async def recheck(self, _: RawValue) -> None:
        self._recheck = True

    async def _signalled(self, action: Action, sent: RawValue) -> None:
        """Perform it, or record that it was not legal at that moment; never fail."""
        message = read_signal(sent)
        if message.command is not None and claims(message, action, self._state.number):
            try:
                await self._perform(message.command, refusals_are_recorded=True)
            except _NoServiceSentIt:
                pass
            except _AnothersRow:
                return
            else:
                return
        own_id = workflow.uuid4()
        asked = by_operator(self._state, action, own_id, workflow.now(), message.code)
        with suppress(_AnothersRow):
            await self._perform(asked, sent=False, refusals_are_recorded=True)

    async def _perform(
        self, command: Command, *, sent: bool = True, refusals_are_recorded: bool = False
    ) -> Outcome:
        """The outcome. A clock that ran out before the command counts goes first, and a command
        asked before that, if one is on its way, goes before both."""
        for attempt in range(_PATIENCE + 1):
            async with self._lock:
                outcome = await self._attempt(
                    command, sent, refusals_are_recorded, patient=attempt < _PATIENCE
                )
            if outcome is not None:
                return outcome
            await workflow.sleep(_PAUSE, summary="menunggu perintah sebelumnya")
        raise AssertionError("the last attempt is not patient")

    async def _attempt(
        self, command: Command, sent: bool, refusals_are_recorded: bool, patient: bool
    ) -> Outcome | None:
        """One try under the lock; None where a clock has to wait for another command."""
        if self._for_another(command):
            await self._look_again()
            if self._for_another(command):
                raise _AnothersRow
        while True:
            at = effective_at(self._state, command.at, workflow.now())
            clock = self._state.next_clock
            if clock is not None and _due(clock, at):
                if await self._fire(clock, patient, command.id) is Verdict.WAITING:
                    return None
                continue
            if not sent:
                command = command.model_copy(update={"handler_seen": self._state.handler_id})
            step = self._decided(command, at, sent, refusals_are_recorded)
            result = await self._record(step)
            if result.verdict is Verdict.UNTRUSTED:
                raise _NoServiceSentIt
            if result.outcome is not None:
                if not result.outcome.done and not refusals_are_recorded:
                    raise Refused(result.outcome.refusal or "refused")
                return result.outcome

    def _decided(
        self, command: Command, at: datetime, sent: bool, refusals_are_recorded: bool
    ) -> Step:
        def decided(*, formerly: bool) -> Step:
            return command_step(
                self._state,
                command,
                at,
                workflow.now(),
                sent=sent,
                refusals_are_recorded=refusals_are_recorded,
                formerly=formerly,
            )

        try:
            return decided(formerly=False)
        except Refused as refusal:
            if refusal.code not in LATER_REFUSALS or workflow.patched(_LATER):
                raise
            return decided(formerly=True)

    async def _fire_due(self) -> None:
        """Fire what has run out by now, in order."""
        with suppress(_AnothersRow):
            await self._fire_what_is_due()

    async def _fire_what_is_due(self) -> None:
        async with self._lock:
            if self._recheck:
                self._recheck = False
                await self._look_again()
            while (clock := self._state.next_clock) and _due(clock, workflow.now()):
                patient = self._held_up < _PATIENCE
                if await self._fire(clock, patient) is Verdict.WAITING:
                    self._held_up += 1
                    return
                self._held_up = 0

    def _for_another(self, command: Command) -> bool:
        """Whether a command is for another row than this run's, as far as both say."""
        return None not in (command.identity, self._state.identity) and (
            command.identity != self._state.identity
        )

    async def _look_again(self) -> None:
        """Remember what is stored now."""
        identity = self._state.identity
        await self._record(Step(number=self._state.number, identity=identity, now=workflow.now()))

    async def _fire(self, clock: Clock, patient: bool, ahead_of: UUID | None = None) -> Verdict:
        step = clock_step(self._state, clock, workflow.now(), patient=patient, ahead_of=ahead_of)
        return (await self._record(step)).verdict

    async def _record(self, step: Step) -> StepResult:
        """Have the step written in one transaction; then, and only then, remember it."""
        result: StepResult = await workflow.execute_activity(
            names.RECORD,
            step,
            result_type=StepResult,
            start_to_close_timeout=timedelta(seconds=15),
            retry_policy=_RETRY,
            priority=names.priority_of(self._state),
            summary=summary(step),
        )
        if result.verdict is Verdict.ANOTHERS:
            self._anothers = self._changed = True
            raise _AnothersRow
        before, self._state = self._state, result.state
        self._changed |= self._state != before
        if changes := names.changed_attributes(before, self._state):
            workflow.upsert_search_attributes(changes)
        self._agencies |= result.agencies
        workflow.set_current_details(card(self._state, self._agencies))
        return result

    def _set_alarm(self) -> None:
        clock = self._state.next_clock
        if clock is not None and clock.deadline is not None:
            held_up = timedelta(seconds=_PAUSE if self._held_up else 0)
            self._alarm.set(max(clock.deadline, workflow.now() + held_up), timer_summary(clock))
        elif (end := self._retires_at()) is not None:
            self._alarm.set(end, END_SUMMARY)

    def _note_cancellation(self, interrupted: BaseException) -> None:
        """Nobody's *Request Cancellation* ends a report. What it interrupted, a step being recorded
        perhaps, may be stored and not known here: look again."""
        asked = workflow.cancellation_reason() is not None
        if not asked or not is_cancelled_exception(interrupted):
            raise interrupted
        self._cancellations += 1
        self._recheck = True

    async def _record_cancellation(self) -> None:
        """In the history, as an operator's act that was refused; the run goes on as a new one, of
        which nobody has asked to end."""
        asked = by_operator(self._state, Action.CANCEL, workflow.uuid4(), workflow.now(), None)
        with suppress(_AnothersRow):
            await self._perform(asked, sent=False, refusals_are_recorded=True)
        self._cancellations -= 1
        self._begin_anew = not self._cancellations

    async def _over(self) -> bool:
        """Whether the run has ended its work; continues as a new one when that is due."""
        if self._anothers:
            await workflow.wait_condition(workflow.all_handlers_finished)
            return True
        if self._begin_anew or workflow.info().is_continue_as_new_suggested():
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._recheck:  # the next run would not know of it
                return False
            workflow.continue_as_new(
                Start(state=self._state, retire_after=self._retire_after, agencies=self._agencies)
            )
        if self._retired():
            await workflow.wait_condition(workflow.all_handlers_finished)
        return self._retired()

    def _retired(self) -> bool:
        end = self._retires_at()
        return end is not None and end <= workflow.now()

    def _retires_at(self) -> datetime | None:
        """Some weeks after closing or archiving, if nobody waits for a decision."""
        if self._state.ended_at is None or self._state.requests:
            return None
        grace = self._begun + min(self._retire_after, _GRACE)
        return max(self._state.ended_at + self._retire_after, grace)


_LATER = "later-refusals"
"""Runs that began before these were refused go on as they were judged then."""
_GRACE = timedelta(minutes=1)
"""How long a run stays that was started for a report ended long ago: for what it was started."""
_PAUSE = 2.0
"""Seconds until a clock that waits for a command on its way is asked again."""
_PATIENCE = 100
"""How often; the worker sends a waiting command again long before."""
_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=20)
)


class _NoServiceSentIt(Refused):
    """There is no such row in `lifecycle.command`."""

    def __init__(self) -> None:
        super().__init__("unknown_command")


class _AnothersRow(Refused):
    """The row of this number is another report's: this run has nothing to record any more."""

    def __init__(self) -> None:
        super().__init__(ANOTHER_REPORT)


def _refusal(code: str) -> ApplicationError:
    return ApplicationError(code, REFUSED, type=code, non_retryable=True)


def _due(clock: Clock, at: datetime) -> bool:
    return clock.deadline is not None and clock.deadline <= at
