"""Running parts: one after another, keeping what is measured as it comes."""

import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console

from benchmarks.figures import Figure
from benchmarks.part import Part, Size, sharing


class Results:
    """What has been measured so far: of each part its figures, and which parts failed. `keep` is
    called after each part."""

    def __init__(self, keep: Callable[["Results"], None]) -> None:
        self.figures: dict[str, list[Figure]] = {}
        self.failed: list[str] = []
        self._keep = keep

    def add(self, part: str, figures: list[Figure]) -> None:
        self.figures[part] = figures
        self._keep(self)

    def fail(self, part: str) -> None:
        """Within an `except`. A part that fails does not lose what the others measured."""
        traceback.print_exc()
        self.failed.append(part)
        self._keep(self)


async def measure(parts: Sequence[Part[Any]], size: Size, results: Results) -> None:
    """One part after another; says what is being measured."""
    for group in sharing(parts):
        remaining = [part.name for part in group]
        try:
            async with group[0].environment(size) as environment:
                for part in group:
                    say(part.name)
                    begun = time.monotonic()
                    remaining.remove(part.name)
                    try:
                        results.add(part.name, await part.measure(environment, size))
                    except Exception:  # noqa: BLE001  whatever it is: told, and the next measured
                        results.fail(part.name)
                    say(f"{part.name} took {time.monotonic() - begun:.0f} s")
        except Exception:  # noqa: BLE001  as above
            for name in remaining:
                results.fail(name)


def say(words: str) -> None:
    """To whoever waits, beside the table."""
    Console(stderr=True).print(words, style="dim", highlight=False)
