"""A demo from the first report to the last: many lives at once, and what went wrong with any."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from deploy.demo.driver.api import Refusal
from deploy.demo.driver.life import Life
from deploy.demo.driver.plan import Step, steps
from deploy.demo.driver.sending import send
from deploy.demo.driver.stack_access import StackAccess
from deploy.demo.reports import DemoReport

AT_ONCE = 12
"""Lives under way at a time: Temporal's dev server takes some tens of steps a second."""


@dataclass(frozen=True)
class Failure:
    """A report that did not get where it was to go: what was refused, and why."""

    channel: str
    number: int | None
    step: str
    code: str
    asked: str


@dataclass
class Driven:
    """What came of a demo so far. `numbers` are of the reports that are in, by their place."""

    numbers: dict[int, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


class Progress(Protocol):
    """Hears of what is done."""

    def sent(self) -> None: ...

    def done(self, step: Step) -> None: ...

    def finished(self) -> None: ...


async def drive(
    access: StackAccess, reports: Sequence[DemoReport], progress: Progress, driven: Driven
) -> None:
    """Drives every report through its life and notes it in `driven`, which is up to date also
    when this is cancelled. A report that fails is noted, the others go on."""
    gate = asyncio.Semaphore(AT_ONCE)
    first = len(driven.numbers) + len(driven.failures)

    async def one(index: int, report: DemoReport) -> None:
        async with gate:
            await _live(access, report, index, progress, driven)
        progress.finished()

    lives = [asyncio.create_task(one(*each)) for each in enumerate(reports, first)]
    try:
        await asyncio.gather(*lives)
    finally:
        await end_all(lives)


async def end_all(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancels what still runs, until nothing does. Once is not enough: Python 3.11's
    `asyncio.wait_for`, which the NATS client calls, forgets a cancellation that comes in the same
    round as its answer, and on a busy machine that is often."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.5)


async def _live(
    access: StackAccess, report: DemoReport, index: int, progress: Progress, driven: Driven
) -> None:
    plan, done = list(steps(report)), ["submit"]
    try:
        sent = await send(access, report, index, dispose=plan[:1] == ["verify"])
        driven.numbers[index] = sent.number
        progress.sent()
        if sent.disposed:
            plan.pop(0)

        def told(step: Step) -> None:
            done.append(step)
            progress.done(step)

        await Life(access, report, sent, random.Random(index)).carry_out(plan, told)
    except Refusal as refusal:
        number = driven.numbers.get(index)
        step = "submit" if number is None else plan[len(done) - 1]
        driven.failures.append(Failure(report.channel, number, step, refusal.code, refusal.asked))
