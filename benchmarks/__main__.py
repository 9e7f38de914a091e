"""`python -m benchmarks [--quick] [--json FILE] [PART …]`: measure, show the table, keep it."""

import argparse
import sys
import time
from pathlib import Path

import uvloop

from benchmarks.figures import write
from benchmarks.part import Size
from benchmarks.parts import PARTS
from benchmarks.run import Results, measure, say
from benchmarks.table import show


def main() -> int:
    reading = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    reading.add_argument("parts", nargs="*", help="all by default", metavar="PART")
    reading.add_argument("--quick", action="store_true", help="shorter and less exact")
    reading.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    asked = reading.parse_args()
    names = [part.name for part in PARTS]
    if unknown := set(asked.parts) - set(names):
        reading.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    size = Size.QUICK if asked.quick else Size.FULL
    parts = [part for part in PARTS if part.name in (asked.parts or names)]

    def keep(results: Results) -> None:
        if asked.json is not None:
            write(asked.json, size.name.lower(), results.figures, results.failed)

    begun = time.monotonic()
    results = Results(keep)
    uvloop.run(measure(parts, size, results))
    show(results.figures)
    say(f"{time.monotonic() - begun:.0f} s altogether")
    if results.failed:
        say(f"failed: {', '.join(results.failed)}")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
