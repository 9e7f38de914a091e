"""Measuring two things in turn, so that whatever else the machine does counts for both."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median

import psutil

from benchmarks.figures import Aim, Figure

Once = Callable[[], Awaitable[object]]
"""One piece of work."""


@dataclass
class Run:
    """What was done in some seconds: how long each took (seconds), in how long altogether, and
    what computing that cost those who served it (seconds), where it was metered."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Pieces of work a second."""
        return len(self.took) / self.seconds


async def for_some_seconds(seconds: float, workers: Sequence[Once]) -> Run:
    """Each worker does one piece after the other until the time is over."""
    run = Run()
    begun = time.perf_counter()

    async def work(once: Once) -> None:
        while (started := time.perf_counter()) - begun < seconds:
            await once()
            run.took.append(time.perf_counter() - started)

    await asyncio.gather(*(work(once) for once in workers))
    run.seconds = time.perf_counter() - begun
    return run


async def at_a_rate(rate: float, seconds: float, once: Once) -> None:
    """So many times a second, each when it is due, whether or not those before it are done."""
    begun = time.perf_counter()

    async def due(at: float) -> None:
        await asyncio.sleep(max(at - time.perf_counter(), 0))
        await once()

    await asyncio.gather(*(due(begun + n / rate) for n in range(int(rate * seconds))))


async def seconds_of(work: Awaitable[object]) -> float:
    """How long it took."""
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def in_turn(
    rounds: int, ours: Callable[[], Awaitable[Run]], floor: Callable[[], Awaitable[Run]]
) -> tuple[list[Run], list[Run]]:
    """Ours, the floor, ours, the floor … ; the first of each is for warming up and not given."""
    runs = await all_in_turn(rounds, [ours, floor])
    return runs[0], runs[1]


async def all_in_turn(
    rounds: int, kinds: Sequence[Callable[[], Awaitable[Run]]]
) -> list[list[Run]]:
    """As `in_turn`, of any number of kinds."""
    runs: list[list[Run]] = [[] for _ in kinds]
    for _ in range(rounds + 1):
        for kind, measured in zip(kinds, runs, strict=True):
            measured.append(await kind())
    return [measured[1:] for measured in runs]


async def metered(processes: Sequence[int], work: Awaitable[Run]) -> Run:
    """The run, with what these processes and their children computed meanwhile."""
    before = seconds_computed(processes)
    run = await work
    run.cpu = seconds_computed(processes) - before
    return run


def seconds_computed(processes: Sequence[int]) -> float:
    """What they and their children have computed until now."""
    seconds = 0.0
    for pid in processes:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                seconds += times.user + times.system
    return seconds


def cpu_each(runs: Sequence[Run]) -> float:
    """Seconds of computing for one piece of work, the median round's."""
    return median(run.cpu / len(run.took) for run in runs)


def rate(runs: Sequence[Run]) -> float:
    """The median round's."""
    return median(run.rate for run in runs)


def ratio(ours: Sequence[Run], floor: Sequence[Run]) -> float:
    """The median of the rounds' ratios: neighbours in time are compared."""
    return median(a.rate / b.rate for a, b in zip(ours, floor, strict=True))


def rates(
    name: str,
    unit: str,
    ours: Sequence[Run],
    floor: Sequence[Run],
    floor_is: str,
    aim: Aim | None = None,
) -> Figure:
    """How many a second, ours beside the floor's."""
    return Figure(
        name=name,
        unit=unit,
        ours=rate(ours),
        floor=rate(floor),
        floor_is=floor_is,
        score=ratio(ours, floor),
        aim=aim,
    )


def tail(name: str, runs: Sequence[Run], aim: Aim) -> Figure:
    """The p99 beside the p50 of the same runs."""
    p50, p99 = quantile(runs, 0.5) * 1000, quantile(runs, 0.99) * 1000
    return Figure(
        name=name, unit="ms", ours=p99, floor=p50, floor_is="the p50", score=p99 / p50, aim=aim
    )


def quantile(runs: Sequence[Run], share: float) -> float:
    """Of all that was done in these rounds, in seconds."""
    took = sorted(one for run in runs for one in run.took)
    return took[min(int(len(took) * share), len(took) - 1)]
