"""Faults drawn from a seed: the same seed and number is the same fault of the same parts."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from deploy.cluster.layout import NATS, POSTGRES, names_of
from deploy.cluster.postgres_node import primary_of
from deploy.local.processes import PROCESSES
from tests.whole_cluster.whole import WholeCluster

Kind = Literal["kill", "freeze", "restart", "two at once", "promote", "promote and kill"]

PROCESS_NAMES: Final = tuple(name for process in PROCESSES for name in names_of(process.name))
SERVERS: Final = (*NATS, *POSTGRES, "temporal", "caddy")
_WEIGHTS: Final[dict[Kind, int]] = {
    "kill": 8,
    "freeze": 5,
    "restart": 5,
    "two at once": 5,
    "promote": 1,
    "promote and kill": 1,
}


@dataclass(frozen=True)
class Fault:
    """`seconds`: how long the parts are frozen, where they are."""

    kind: Kind
    parts: tuple[str, ...]
    seconds: float = 0

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.kind} {' and '.join(self.parts)}{lasting}".strip()


def fault(seed: int, number: int) -> Fault:
    """The fault of this number, from 1 on."""
    random = Random(f"{seed}:{number}")
    [kind] = random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    parts = tuple(random.sample(_parts(random), 2 if kind == "two at once" else 1))
    if kind.startswith("promote"):
        return Fault(kind, ())
    return Fault(kind, parts, random.uniform(1, 8) if kind == "freeze" else 0)


def _parts(random: Random) -> Sequence[str]:
    """Servers as often as processes, though they are fewer."""
    return random.choice([(*SERVERS,), PROCESS_NAMES, (*SERVERS, *PROCESS_NAMES)])


async def strike(whole: WholeCluster, fault: Fault) -> None:
    """Do it, and wait until all parts work again."""
    former = {name: whole.children[name].pid for name in fault.parts}
    await _STRIKES[fault.kind](whole, fault)
    if fault.kind != "freeze":
        for name, pid in former.items():
            await whole.ready(name, pid)
    await whole.all_ready()
    await _until_followed(whole)


async def _kill(whole: WholeCluster, fault: Fault) -> None:
    for name in fault.parts:
        whole.signal(name, signal.SIGKILL)


async def _freeze(whole: WholeCluster, fault: Fault) -> None:
    for name in fault.parts:
        whole.signal(name, signal.SIGSTOP)
    await asyncio.sleep(fault.seconds)
    for name in fault.parts:
        whole.signal(name, signal.SIGCONT)


async def _restart(whole: WholeCluster, fault: Fault) -> None:
    for name in fault.parts:
        whole.end(name)


async def _promote(whole: WholeCluster, fault: Fault) -> None:
    await whole.promote(kill=fault.kind == "promote and kill")


async def _until_followed(whole: WholeCluster) -> None:
    """Until the standby streams again: before that it cannot take over, nor commits be answered."""
    async with asyncio.timeout(240):
        while True:
            primary = whole.stack.node(primary_of(whole.folder), whole.credentials)
            if await primary.answers():
                state = await asyncio.to_thread(primary.sync_state)
                if state is not None:
                    return
            await asyncio.sleep(0.2)


_STRIKES: Final[dict[Kind, Callable[[WholeCluster, Fault], Awaitable[None]]]] = {
    "kill": _kill,
    "freeze": _freeze,
    "restart": _restart,
    "two at once": _kill,
    "promote": _promote,
    "promote and kill": _promote,
}
