"""`python -m benchmarks [--quick] [accepting draining commands lives events queue excel …]`."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop
from rich.console import Console

from benchmarks import lives
from benchmarks.accepting import accepting
from benchmarks.draining import draining
from benchmarks.events import events
from benchmarks.excel import excel
from benchmarks.measuring import Figure
from benchmarks.queues import queues
from benchmarks.stack import running
from benchmarks.stack_access import PROCESSES, open_stack
from benchmarks.statistics import statistics
from benchmarks.table import show

PARTS = ("accepting", "draining", "commands", "lives", "events", "queue", "excel", "statistics")


@dataclass(frozen=True)
class Size:
    """How long each measurement goes on."""

    rounds: int
    seconds: float
    messages: int
    commands: int
    many: int
    workbook: int
    workbooks: int


FULL = Size(
    rounds=7,
    seconds=2.0,
    messages=1000,
    commands=150,
    many=1_000_000,
    workbook=200_000,
    workbooks=3,
)
QUICK = Size(
    rounds=3, seconds=1.0, messages=400, commands=40, many=100_000, workbook=40_000, workbooks=1
)
FEW = 10_000


async def measure(names: Sequence[str], size: Size) -> list[Figure]:
    """The figures of these parts; says what is being measured."""
    found: list[Figure] = []
    if {"accepting", "draining"} & set(names):
        _say("accepting and draining")
        async with running(["intake"]) as stack:
            if "accepting" in names:
                found += await accepting(stack, size.rounds, size.seconds)
            if "draining" in names:
                found += await draining(stack, size.rounds, size.messages)
    if {"commands", "lives", "events"} & set(names):
        _say("commands, lives and events")
        async with running(PROCESSES, temporal=True) as stack, open_stack(stack) as access:
            if "events" in names:
                found += await events(access)
            if "commands" in names:
                found += await lives.verifying(access, size.commands)
            if "lives" in names:
                found += await lives.living(access, size.rounds, 2 * size.seconds)
    if "queue" in names:
        _say(f"the queue over {FEW:,} and {size.many:,} reports")
        found += await queues(FEW, size.many, size.rounds, size.seconds)
    if "excel" in names:
        _say(f"a workbook of {size.workbook:,} rows")
        found += await excel(size.workbook, size.workbooks)
    if "statistics" in names:
        _say(f"statistics of {size.many:,} reports")
        found += await statistics(size.many, size.rounds, size.seconds)
    return found


def main() -> int:
    reading = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    reading.add_argument("parts", nargs="*", help="all by default", metavar="PART")
    reading.add_argument("--quick", action="store_true", help="shorter and less exact")
    asked = reading.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        reading.error(f"there is no {', '.join(unknown)}; there are {', '.join(PARTS)}")
    begun = time.monotonic()
    show(uvloop.run(measure(asked.parts or PARTS, QUICK if asked.quick else FULL)))
    _say(f"{time.monotonic() - begun:.0f} s altogether")
    return 0


def _say(words: str) -> None:
    Console(stderr=True).print(words, style="dim")


if __name__ == "__main__":
    sys.exit(main())
