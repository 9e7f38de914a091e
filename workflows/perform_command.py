"""Performing a command: it is judged at its effective time, recorded and answered."""

import asyncio
from datetime import datetime

from temporalio import workflow

from shared.lifecycle.check import LATER_REFUSALS, Refused, check
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.decide import effective_at
from shared.lifecycle.state import ReportState
from workflows.another_report import AnotherReport, is_for_another
from workflows.fire_clocks import PATIENCE, PAUSE, ClockFiring, due_clock
from workflows.recorded_state import RecordedState
from workflows.step_messages import Step, Verdict
from workflows.step_requests import command_step


class CommandNotStored(Refused):
    """There is no row of this command in `lifecycle.command`."""

    def __init__(self) -> None:
        super().__init__("unknown_command")


class CommandPerformer:
    """Performs the commands of one report, one at a time under the lock."""

    def __init__(self, recorded: RecordedState, clocks: ClockFiring, lock: asyncio.Lock) -> None:
        self._recorded = recorded
        self._clocks = clocks
        self._lock = lock
        self._under_way = 0

    def refuse_at_once(self, command: Command) -> None:
        """Raise `Refused` if the command is allowed neither now nor after the step under way.

        If one of these states is not known, nothing is raised and `perform` decides.
        """
        if self._is_ahead_of_run(command):
            return
        states = [self._recorded.state]
        if self._lock.locked():
            step = self._recorded.pending
            if step is None or step.decision is None:
                return
            if self._under_way > (step.command is not None):  # more steps wait, and will change it
                return
            states.append(step.decision.state)
        refusals = [code for state in states if (code := _refusal(state, command))]
        if len(refusals) == len(states):
            raise Refused(refusals[0])

    async def perform(
        self, command: Command, *, sent: bool = True, refusals_are_recorded: bool = False
    ) -> Outcome:
        """Perform the command and return its outcome. Raises `Refused`.

        A clock that ran out before the command's time is recorded first. If a command that was
        asked before that clock ran out is still under way, it goes before both. `sent`: the command
        claims to come from a service.
        """
        self._under_way += 1
        try:
            for attempt in range(PATIENCE + 1):
                async with self._lock:
                    outcome = await self._attempt(
                        command, sent, refusals_are_recorded, patient=attempt < PATIENCE
                    )
                if outcome is not None:
                    return outcome
                await workflow.sleep(PAUSE, summary="menunggu perintah sebelumnya")
            raise AssertionError("the last attempt is not patient")
        finally:
            self._under_way -= 1

    async def _attempt(
        self, command: Command, sent: bool, refusals_are_recorded: bool, patient: bool
    ) -> Outcome | None:
        """One attempt under the lock; None if a clock has to wait for another command."""
        recorded = self._recorded
        if self._is_ahead_of_run(command):
            await recorded.read_again()
            if is_for_another(command, recorded.state):
                raise AnotherReport
        while True:
            at = effective_at(recorded.state, command.at, workflow.now())
            if clock := due_clock(recorded.state, at):
                verdict = await self._clocks.fire(clock, patient=patient, ahead_of=command.id)
                if verdict is Verdict.WAITING:
                    return None
                continue
            if not sent:
                command = command.model_copy(update={"handler_seen": recorded.state.handler_id})
            result = await recorded.record(self._decided(command, at, sent, refusals_are_recorded))
            if result.verdict is Verdict.UNTRUSTED:
                raise CommandNotStored
            if result.outcome is not None:
                if not result.outcome.done and not refusals_are_recorded:
                    raise Refused(result.outcome.refusal or "refused")
                return result.outcome

    def _is_ahead_of_run(self, command: Command) -> bool:
        """Whether the command was made for another row, or for a step that this run does not know.

        The run does not know a step if its transaction was committed and in the same moment the
        worker and Temporal were both lost.
        """
        state = self._recorded.state
        return is_for_another(command, state) or (command.stored_version or 0) > state.version

    def _decided(
        self, command: Command, at: datetime, sent: bool, refusals_are_recorded: bool
    ) -> Step:
        def step(*, before_later_refusals: bool) -> Step:
            return command_step(
                self._recorded.state,
                command,
                at,
                workflow.now(),
                sent=sent,
                refusals_are_recorded=refusals_are_recorded,
                before_later_refusals=before_later_refusals,
            )

        try:
            return step(before_later_refusals=False)
        except Refused as refusal:
            if refusal.code not in LATER_REFUSALS or workflow.patched(_LATER):
                raise
            return step(before_later_refusals=True)


_LATER = "later-refusals"
"""Runs that began before `LATER_REFUSALS` existed go on to be judged without them."""


def _refusal(state: ReportState, command: Command) -> str | None:
    try:
        check(state, command)
    except Refused as refusal:
        return refusal.code
    return None
