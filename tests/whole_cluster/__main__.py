"""`make chaos FAULTS=100 SEED=7`: faults of every kind on the whole cluster, under load.

`ONLY=quota`: faults of that kind alone, to try it.

May be stopped at any time: the same call goes on after the last fault that was survived. What is
kept is in the folder: the cluster's data, and who was told that what was accepted.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from deploy.local.child import end_leftovers
from deploy.local.supervisor import only_stack
from tests.whole_cluster.channels import Crowd, under_load
from tests.whole_cluster.checks import everything_holds, nothing_is_lost_or_late
from tests.whole_cluster.faults import KINDS, Fault, Kind, fault
from tests.whole_cluster.strikes import NotHere, strike
from tests.whole_cluster.whole import WholeCluster

_EVERYTHING_EVERY = 20
"""Faults after which all is looked at, the streams and Temporal too, with the load stopped."""
_BETWEEN = 2.0
"""Seconds of work between two faults."""


async def main(faults: int, seed: int, folder: Path, minutes: float, only: Sequence[Kind]) -> None:
    """Strike until so many faults were survived, or the minutes are over; `only` these kinds in
    turn, where they are tried. Raises what a check raises, after saying which fault it was."""
    done, crowd_file = folder / "survived", folder / "accepted.json"
    survived, until = _read(done), time.monotonic() + 60 * minutes
    await end_leftovers(folder)
    whole = await WholeCluster.started(folder)
    crowd, kinds = Crowd(whole, accepted=_accepted(crowd_file)), Counter[str]()
    # Of an earlier call that was stopped between two looks at everything.
    known = set(crowd.accepted.values())
    rows = await whole.rows("SELECT number FROM lifecycle.report")
    crowd.accepted |= {uuid4(): row.number for row in rows if row.number not in known}
    try:
        while survived < faults and time.monotonic() < until:
            last = min(survived - survived % _EVERYTHING_EVERY + _EVERYTHING_EVERY, faults)
            async with under_load(crowd):
                while survived < last and time.monotonic() < until:
                    survived += 1
                    await _one(crowd, fault(seed, survived, only), f"{survived}/{faults}", kinds)
            began = time.monotonic()
            await everything_holds(crowd)
            crowd_file.write_text(json.dumps({str(k): n for k, n in crowd.accepted.items()}))
            done.write_text(str(survived))
            _say(f"everything holds ({time.monotonic() - began:.0f} s): {_totals(crowd)}")
    finally:
        await whole.close()
    _say(f"{survived} of {faults} faults survived. This time: {dict(kinds)}, {_totals(crowd)}.")


async def _one(crowd: Crowd, due: Fault, place: str, kinds: Counter[str]) -> None:
    await asyncio.sleep(_BETWEEN)
    began = time.monotonic()
    try:
        await strike(crowd, due)
        back = time.monotonic()
        await nothing_is_lost_or_late(crowd)
    except NotHere as reason:
        kinds[f"{due.kind}, not struck"] += 1
        _say(f"{place} {due}: not struck. {reason}")
        return
    except BaseException:
        _say(f"{place} FAILED at: {due}")
        raise
    kinds[due.kind] += 1
    done = time.monotonic()
    _say(f"{place} {due}: {back - began:.1f} s, then {done - back:.1f} s, {_totals(crowd)}")


def _totals(crowd: Crowd) -> str:
    accepted = len(crowd.accepted) + len(crowd.sent)
    return f"{accepted} accepted, {crowd.put_off} tries put off, 0 lost"


def _accepted(path: Path) -> dict[UUID, int]:
    known = json.loads(path.read_text()) if path.exists() else {}
    return {UUID(key): number for key, number in known.items()}


def _read(path: Path) -> int:
    return int(path.read_text()) if path.exists() else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Faults on the whole cluster, under load.")
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(".lapor-chaos"))
    parser.add_argument("--minutes", type=float, default=24 * 60)
    parser.add_argument(
        "--only", choices=KINDS, action="append", default=[], help="to try it; may be repeated"
    )
    asked = parser.parse_args()
    place = asked.folder.resolve() / "-".join([str(asked.seed), *asked.only])
    with suppress(KeyboardInterrupt), only_stack(place):
        asyncio.run(main(asked.faults, asked.seed, place, asked.minutes, asked.only))
        sys.exit(0)
    sys.exit(130)
