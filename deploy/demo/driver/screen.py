"""What a person sees of a demo: a bar while it runs, then what went wrong."""

from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.demo.driver.drive import Failure
from deploy.demo.driver.plan import Step


class Bar:
    """How many reports are in, how many lives are through, how many steps were done."""

    def __init__(self, console: Console, reports: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[more]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._sent = self._progress.add_task("in     ", total=reports, more="")
        self._finished = self._progress.add_task("through", total=reports, more="")
        self._steps = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def sent(self) -> None:
        self._progress.advance(self._sent)

    def done(self, step: Step) -> None:
        self._steps += 1
        self._progress.update(self._finished, more=f"{self._steps} steps, {step}")

    def finished(self) -> None:
        self._progress.advance(self._finished)


def show_failures(console: Console, failures: Sequence[Failure]) -> None:
    """How many failed by step and problem, with one report each to look at."""
    if not failures:
        return
    table = Table("step", "problem", "reports", "for example", title="What went wrong")
    counts = Counter((failure.step, failure.code) for failure in failures)
    for (step, code), count in counts.most_common():
        first = next(one for one in failures if (one.step, one.code) == (step, code))
        table.add_row(step, code, str(count), f"{first.channel} {first.number or ''} {first.asked}")
    console.print(table)
