"""Clocks of two parts differ by five seconds from everybody else's, by ten from each other's."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.faults import Fault
from tests.whole_cluster.whole import WholeCluster

_OFF: Final = ("+5s", "-5s")
_LIBRARY: Final = "libfaketime.so.1"
_SHARED: Final = Path("/dev/shm")  # noqa: S108
"""Where the library leaves something of a process that a signal ended."""
_PLACES: Final = ("usr/lib/*/faketime", "usr/lib*/faketime", "usr/local/lib/faketime")


class NotHere(Exception):
    """This machine lacks what the fault needs; says what to install."""


async def shift(crowd: Crowd, fault: Fault) -> None:
    """Both are started again under libfaketime, work like that for a while, and are started again
    without. It reaches Python and Postgres: NATS and Temporal are written in Go and keep the
    machine's time, so each of the two differs from theirs. Seconds that pass are counted right."""
    library, whole = _library(), crowd.cluster
    await _under(whole, [_pretending(library, off) for off in _OFF], fault.parts)
    former = [whole.children[name].pid for name in fault.parts]
    await asyncio.sleep(fault.seconds)
    await _under(whole, [(), ()], fault.parts)
    for left in (left for pid in former for left in _SHARED.glob(f"*faketime_*_{pid}")):
        left.unlink()


async def _under(
    whole: WholeCluster, commands: Sequence[Sequence[str]], names: Sequence[str]
) -> None:
    async with whole.made_anew(*names):
        for name, command in zip(names, commands, strict=True):
            whole.under(name, command)
            whole.end(name)


def _pretending(library: Path, off: str) -> tuple[str, ...]:
    variables = (f"LD_PRELOAD={library}", f"FAKETIME={off}", "FAKETIME_DONT_FAKE_MONOTONIC=1")
    return ("env", *variables)


def _library() -> Path:
    """Of the system, or in a folder of LD_LIBRARY_PATH."""
    folders = [
        Path(folder) for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":") if folder
    ]
    folders += [folder for place in _PLACES for folder in Path("/").glob(place)]
    for folder in folders:
        if (folder / _LIBRARY).exists():
            return folder / _LIBRARY
    raise NotHere(
        f"{_LIBRARY} is not here: install the Debian package libfaketime, or unpack it and name its"
        " folder in LD_LIBRARY_PATH"
    )
