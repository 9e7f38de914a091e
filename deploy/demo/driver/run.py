"""Runs the whole of `lapor demo`: many reports at a time, and the display of their results."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TimeElapsedColumn
from rich.table import Table

from deploy.demo.driver import trial
from deploy.demo.driver.api import Refusal
from deploy.demo.driver.letters import write_leader_letters
from deploy.demo.driver.report_run import DemoReportRun
from deploy.demo.driver.sending import send
from deploy.demo.driver.stack import Mailbox, Stack, open_stack
from deploy.demo.reports import DemoReport, plan_reports, plan_steps
from shared.labels import label
from shared.lifecycle.statuses import TAB_OF, Status, Tab

_IN, _THROUGH = TaskID(0), TaskID(1)
_AT_ONCE = 12
"""Reports under way at a time: Temporal's dev server handles some tens of steps per second."""


async def run_demo(
    console: Console,
    count: int,
    with_trial: bool,
    seed: int,
    mailbox: Callable[[Path], Mailbox],
) -> bool:
    """Drive the reports and show where they are; return whether all went as planned.

    `mailbox` returns the mails of the stack with this data folder. SIGTERM cancels the demo as
    Ctrl-C does, so that a trial's policy does not stay. Ctrl-C also works if a shell started the
    demo in the background, with that signal ignored.
    """
    myself = asyncio.current_task()
    assert myself is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, myself.cancel)
    async with open_stack(mailbox) as stack:
        if myself.cancelling():  # see `end_all`
            raise asyncio.CancelledError
        since = datetime.now(UTC) - timedelta(minutes=1)
        demo = Demo(stack, _progress(console))
        try:
            with demo.progress:
                as_expected = await demo.run(random.Random(seed), count, with_trial)
                await write_leader_letters(stack)
        finally:
            show_failures(console, demo.failures)
        total = await show_statuses(console, stack, set(demo.numbers.values()), since)
        return as_expected and not demo.failures and total == len(demo.numbers)


def _progress(console: Console) -> Progress:
    bar, more = BarColumn(bar_width=30), "[dim]{task.fields[step]}"
    columns = ("{task.description}", bar, MofNCompleteColumn(), TimeElapsedColumn(), more)
    return Progress(*columns, console=console, disable=not console.is_terminal)


@dataclass(frozen=True)
class Failure:
    """The refused step of a report, the problem's code and an example."""

    step: str
    code: str
    example: str


@dataclass
class Demo:
    """A demo in progress. `numbers` are the numbers of submitted reports, by their position in this
    demo. They and the failures are also up to date when the demo is cancelled."""

    stack: Stack
    progress: Progress
    numbers: dict[int, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    steps: int = 0

    async def run(self, rng: random.Random, count: int, with_trial: bool) -> bool:
        """Drive the reports; return whether the trial showed what it should, or True without a
        trial."""
        on_trial = trial.trial_reports(rng) if with_trial else []
        reports = plan_reports(rng, count)
        for name in ("in     ", "through"):
            self.progress.add_task(name, total=len(on_trial) + count, step="")
        if not with_trial:
            await self.drive(reports, first=0)
            return True
        async with trial.policy_in_seconds(self.stack):
            await self.drive(on_trial, first=0)
        await self.drive([trial.moved_away(report) for report in reports], first=len(on_trial))
        numbers = [self.numbers[index] for index in range(len(on_trial)) if index in self.numbers]
        if len(numbers) < len(on_trial):
            return False
        self.progress.update(_THROUGH, step="waiting for the trial's clocks")
        return await trial.watch(self.stack, self.progress.console, numbers)

    async def drive(self, reports: Sequence[DemoReport], first: int) -> None:
        """Drive every report through its life; `first` is the position of the first one in the
        demo. If a report fails, this is recorded and the others continue."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def in_turn(index: int, report: DemoReport) -> None:
            async with gate:
                await self.live(report, index)
            self.progress.advance(_THROUGH)

        lives = [asyncio.create_task(in_turn(*each)) for each in enumerate(reports, first)]
        try:
            await asyncio.gather(*lives)
        finally:
            await end_all(lives)

    async def live(self, report: DemoReport, index: int) -> None:
        """Submit a report and carry it to its outcome."""
        steps, step = plan_steps(report), "submit"
        try:
            sent = await send(self.stack, report, index, verify=steps[:1] == ("verify",))
            self.numbers[index] = sent.number
            self.progress.advance(_IN)
            report_run = DemoReportRun(self.stack, report, sent, random.Random(index))
            await report_run.begin()
            for step in steps[1:] if sent.verified else steps:
                await report_run.do(step)
                self.steps += 1
                self.progress.update(_THROUGH, step=f"{self.steps} steps, {step}")
        except Refusal as refusal:
            example = f"{report.channel} {self.numbers.get(index, '')} {refusal.request}"
            self.failures.append(Failure(step, refusal.code, example))


async def end_all(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the running tasks until none runs. Cancelling once is not enough: Python 3.11's
    `asyncio.wait_for`, which the NATS client calls, loses a cancellation that comes in the same
    round as its answer, which is frequent on a busy machine."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.5)


def show_failures(console: Console, failures: Sequence[Failure]) -> None:
    """Print how many reports failed, by step and problem, with one example each."""
    table = Table("step", "problem", "reports", "for example", title="What went wrong")
    examples = {(f.step, f.code): f.example for f in reversed(failures)}
    for key, count in Counter((f.step, f.code) for f in failures).most_common():
        table.add_row(*key, str(count), examples[key])
    if failures:
        console.print(table)


async def show_statuses(console: Console, stack: Stack, numbers: Set[int], since: datetime) -> int:
    """Print where the reports with these numbers are, as pusat sees them in its queue, and return
    how many there are. All were submitted at `since` or later."""
    # Even the queue shows only the hour of an anonymous report.
    hour = since.replace(minute=0, second=0, microsecond=0).isoformat()
    # A report that changes meanwhile may appear again in a later tab.
    rows = {
        row["number"]: row
        for tab in Tab
        for row in await stack.pages(
            "/queue", tab=tab.value, scope="below", submitted_from=hour, order="newest"
        )
        if row["number"] in numbers
    }.values()
    total = str(len(rows))
    statuses = Counter(row["status"]["code"] for row in rows)
    table = Table("tab", "status", "reports", title="Where they are")
    for tab in Tab:
        inside = [status for status in Status if TAB_OF[status] is tab and statuses[status]]
        count = sum(statuses[status] for status in inside)
        table.add_row(label("tab", tab), "", str(count), style="bold")
        for status in inside:
            table.add_row("", label("status", status), str(statuses[status]))
    overdue = sum(row["overdue"] for row in rows)
    table.add_row("all", f"overdue: {overdue}", total, style="bold")
    console.print(table)
    table = Table("channel", "reports", title="How they came")
    for channel, count in Counter(row["channel"] for row in rows).most_common():
        table.add_row(label("channel", channel), str(count))
    table.add_row("all", total, style="bold")
    console.print(table)
    return len(rows)
