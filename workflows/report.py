"""The life of one report, from its acceptance to its last day, as one durable workflow."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError

from shared.lifecycle.actions import Action
from shared.lifecycle.check import Refused
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command, Outcome
from shared.temporal import names
from shared.temporal.messages import REFUSED, Start
from workflows.alarm import Alarm
from workflows.another_report import AnotherReport, run_of_another
from workflows.cancellation import Cancellation
from workflows.card import END_SUMMARY, timer_summary
from workflows.fire_clocks import ClockFiring
from workflows.perform_command import CommandNotStored, CommandPerformer
from workflows.recorded_state import RecordedState
from workflows.signals import by_operator, claims, read_signal, tolerant


@workflow.defn(name=names.WORKFLOW)
class ReportWorkflow:
    """One report: handles its commands and signals, and waits for the next deadline or change."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self._lock = asyncio.Lock()
        self._recorded = RecordedState(start)
        self._clocks = ClockFiring(self._recorded)
        self._performer = CommandPerformer(self._recorded, self._clocks, self._lock)
        self._cancellation = Cancellation(self._recorded, self._performer)
        self._alarm = Alarm()
        self._recheck = False
        self._begun = workflow.now()
        self._retire_after = start.retire_after

    @workflow.run
    async def run(self, start: Start) -> None:
        """Wait for the nearest deadline or a change, until the report has retired."""
        over = False
        while not over:
            try:
                over = await self._turn()
            except (asyncio.CancelledError, ActivityError) as interrupted:
                self._cancellation.note(interrupted)
                # The step that was being recorded may be stored without this run knowing it.
                self._recheck = True
        if self._recorded.another:
            raise run_of_another()

    @workflow.update(name=names.COMMAND, description="A service's command; its id is the update's")
    async def command(self, command: Command) -> Outcome:
        """Perform a command; fail with the refusal's code if it is refused."""
        try:
            return await self._performer.perform(command)
        except Refused as refusal:
            raise _refusal(refusal.code) from None

    @command.validator
    def _provisionally(self, command: Command) -> None:
        """Refuse an impossible command at once, without adding an event to the history."""
        try:
            self._performer.refuse_at_once(command)
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
        """Perform the action, or record that it was not legal at that moment; never fail."""
        message = read_signal(sent)
        if message.command and claims(message, action, self._recorded.state.number):
            try:
                await self._performer.perform(message.command, refusals_are_recorded=True)
            except CommandNotStored:
                pass
            except AnotherReport:
                return
            else:
                return
        own_id, state = workflow.uuid4(), self._recorded.state
        asked = by_operator(state, action, own_id, workflow.now(), message.code)
        with suppress(AnotherReport):
            await self._performer.perform(asked, sent=False, refusals_are_recorded=True)

    async def _turn(self) -> bool:
        """Wait once and do what is due; return whether the run is over."""
        await self._cancellation.record()
        if await self._over():
            return True
        self._set_alarm()
        await workflow.wait_condition(
            lambda: self._recorded.changed or self._recheck or self._alarm.rung
        )
        self._recorded.changed = False
        self._alarm.clear()
        with suppress(AnotherReport):
            await self._do_what_is_due()
        return False

    async def _do_what_is_due(self) -> None:
        async with self._lock:
            if self._recheck:
                self._recheck = False
                await self._recorded.read_again()
            await self._clocks.all_due()

    def _set_alarm(self) -> None:
        clock, at = self._recorded.state.next_clock, self._clocks.next_at()
        if clock is not None and at is not None:
            # After a follow-up there is mostly no action for days. Older runs have no notice.
            waits = clock.kind is ClockKind.CLOSING_NOTICE
            self._alarm.set(at, timer_summary(clock), exactly=waits)
        elif (end := self._retires_at()) is not None:
            self._alarm.set(end, END_SUMMARY)

    async def _over(self) -> bool:
        """Whether the run has finished its work. Continues as a new run when that is due."""
        if self._recorded.another:
            await workflow.wait_condition(workflow.all_handlers_finished)
            return True
        if self._cancellation.begin_anew or workflow.info().is_continue_as_new_suggested():
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._recheck:  # the next run would not know of it
                return False
            workflow.continue_as_new(self._recorded.next_start())
        if self._retired():
            await workflow.wait_condition(workflow.all_handlers_finished)
        return self._retired()

    def _retired(self) -> bool:
        end = self._retires_at()
        return end is not None and end <= workflow.now()

    def _retires_at(self) -> datetime | None:
        """When the run ends: some weeks after closing or archiving; None while it must go on.

        It is not before the reporter's time to rate is over. The run goes on while a request waits
        for a decision.
        """
        state = self._recorded.state
        if state.ended_at is None or state.requests:
            return None
        grace = self._begun + min(self._retire_after, _GRACE)
        end = max(state.ended_at + self._retire_after, grace)
        return max(end, state.rating_until or end)


_GRACE = timedelta(minutes=1)
"""How long a run stays that was started for a report that ended long ago: enough to do what it was
started for."""


def _refusal(code: str) -> ApplicationError:
    return ApplicationError(code, REFUSED, type=code, non_retryable=True)
