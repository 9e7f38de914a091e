"""The whole of `lapor demo`: many lives at once, and what is shown of them."""

import asyncio
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from deploy.demo.driver import trial
from deploy.demo.driver.api import Refusal
from deploy.demo.driver.life import Life
from deploy.demo.driver.plan import plan_reports, plan_steps
from deploy.demo.driver.sending import send
from deploy.demo.driver.stack import Stack, open_stack
from deploy.demo.driver.summary import Failure, show_failures, show_statuses
from deploy.demo.reports import DemoReport

_IN, _THROUGH = TaskID(0), TaskID(1)
_AT_ONCE = 12
"""Lives under way at a time: Temporal's dev server takes some tens of steps a second."""


async def run_demo(console: Console, count: int, with_trial: bool, seed: int) -> bool:
    """Drive the reports and show where they are. Whether all went as planned.

    SIGTERM cancels it as Ctrl-C does, so that a trial's policy does not stay. Ctrl-C is heard also
    where a shell started it in the background, with that signal ignored.
    """
    myself = asyncio.current_task()
    assert myself is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, myself.cancel)
    async with open_stack() as stack:
        if myself.cancelling():  # see `end_all`
            raise asyncio.CancelledError
        since = datetime.now(UTC) - timedelta(minutes=1)
        demo = Demo(stack, random.Random(seed))
        try:
            as_expected = await demo.run(console, count, with_trial)
        finally:
            show_failures(console, demo.failures)
        total = await show_statuses(console, stack, set(demo.numbers.values()), since)
        return as_expected and not demo.failures and total == len(demo.numbers)


@dataclass
class Demo:
    """`numbers` are of the reports that are in, by their place in this demo. Both are up to date
    also when the demo is cancelled."""

    stack: Stack
    rng: random.Random
    numbers: dict[int, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    progress: Progress = field(init=False)

    async def run(self, console: Console, count: int, with_trial: bool) -> bool:
        """Whether what a trial is to show was seen; without one, true."""
        on_trial = trial.trial_reports(self.rng) if with_trial else []
        reports = plan_reports(self.rng, count)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[step]}"),
            console=console,
            disable=not console.is_terminal,
        ) as progress:
            self.progress = progress
            for name in ("in     ", "through"):
                progress.add_task(name, total=len(on_trial) + count, step="")
            if with_trial:
                reports = [trial.moved_away(report) for report in reports]
                async with trial.policy_in_seconds(self.stack):
                    await self.drive(on_trial, first=0)
            await self.drive(reports, first=len(on_trial))
        if not with_trial:
            return True
        numbers = [self.numbers[index] for index in range(len(on_trial)) if index in self.numbers]
        return len(numbers) == len(on_trial) and await self.watch(console, numbers)

    async def drive(self, reports: Sequence[DemoReport], first: int) -> None:
        """Drive every report through its life, the first of them at this place in the demo. A
        report that fails is noted, the others go on."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(index: int, report: DemoReport) -> None:
            async with gate:
                await self.live(report, index)
            self.progress.advance(_THROUGH)

        lives = [asyncio.create_task(one(*each)) for each in enumerate(reports, first)]
        try:
            await asyncio.gather(*lives)
        finally:
            await end_all(lives)

    async def live(self, report: DemoReport, index: int) -> None:
        steps, step, number = list(plan_steps(report)), "submit", None
        try:
            sent = await send(self.stack, report, index, verify=steps[:1] == ["verify"])
            self.numbers[index] = number = sent.number
            self.progress.advance(_IN)
            if sent.verified:
                steps.pop(0)
            life = Life(self.stack, report, sent, random.Random(index))
            await life.begin()
            for step in steps:
                await life.do(step)
                self.progress.update(_THROUGH, step=step)
        except Refusal as refusal:
            failure = Failure(report.channel, number, step, refusal.code, refusal.request)
            self.failures.append(failure)

    async def watch(self, console: Console, numbers: list[int]) -> bool:
        """Whether clocks ran out for the reports on trial."""
        with console.status("Waiting for the trial's clocks …"):
            times = await trial.wait_for_clocks(self.stack, numbers)
        for number, action, at in zip(numbers, trial.EXPECTED, times, strict=True):
            shown = f"{action} at {at}" if at else f"not {action} in time"
            console.print(f"Trial: report {number} {shown}")
        return all(times)


async def end_all(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel what still runs, until nothing does. Once is not enough: Python 3.11's
    `asyncio.wait_for`, which the NATS client calls, forgets a cancellation that comes in the same
    round as its answer, and on a busy machine that is often."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.5)
