"""Faults drawn from a seed: the same seed and number is the same fault of the same parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal, get_args

from deploy.cluster.layout import NATS, POSTGRES, names_of
from deploy.local.processes import PROCESSES
from shared.bus.streams import INGEST_REPORTS

Kind = Literal[
    "kill",
    "freeze",
    "restart",
    "two at once",
    "promote",
    "promote and kill",
    "stall",
    "connections",
    "quota",
    "flood",
    "clocks",
    "empty",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

PROCESS_NAMES: Final = tuple(name for process in PROCESSES for name in names_of(process.name))
SERVERS: Final = (*NATS, *POSTGRES, "temporal", "caddy")
ACCOUNT: Final = "account"
"""Our whole NATS account, where a quota may be used up as in one stream."""


@dataclass(frozen=True)
class Fault:
    """`parts`: processes and servers, or whose quota it is; `seconds`: how long it lasts, where it
    does. What each kind does: `tests.whole_cluster.strikes`."""

    kind: Kind
    parts: tuple[str, ...]
    seconds: float = 0

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.kind} {' and '.join(self.parts)}{lasting}".strip()


def fault(seed: int, number: int, only: Sequence[Kind] = ()) -> Fault:
    """The fault of this number, from 1 on; of these kinds in turn, where some are tried."""
    random = Random(f"{seed}:{number}")
    [drawn] = random.choices(list(_DRAWN), [each.weight for each in _DRAWN.values()])
    kind = only[(number - 1) % len(only)] if only else drawn
    how = _DRAWN[kind]
    parts = tuple(random.sample(how.among(random), how.parts))
    return Fault(kind, parts, random.uniform(*how.seconds) if how.seconds else 0)


def _servers_and_processes(random: Random) -> Sequence[str]:
    """Servers as often as processes, though they are fewer."""
    return random.choice([(*SERVERS,), PROCESS_NAMES, (*SERVERS, *PROCESS_NAMES)])


@dataclass(frozen=True)
class _Drawn:
    """How often a kind comes, of how many parts among which, and how long it lasts."""

    weight: int
    parts: int = 0
    among: Callable[[Random], Sequence[str]] = lambda _: ()
    seconds: tuple[float, float] | None = None


_DRAWN: Final[Mapping[Kind, _Drawn]] = {
    "kill": _Drawn(8, 1, _servers_and_processes),
    "freeze": _Drawn(5, 1, _servers_and_processes, (1, 8)),
    "restart": _Drawn(5, 1, _servers_and_processes),
    "two at once": _Drawn(5, 2, _servers_and_processes),
    "promote": _Drawn(1),
    "promote and kill": _Drawn(1),
    "stall": _Drawn(3, 1, lambda _: POSTGRES, (1, 8)),
    "connections": _Drawn(2, 1, lambda _: PROCESS_NAMES, (3, 10)),
    "quota": _Drawn(2, 1, lambda _: (ACCOUNT, INGEST_REPORTS.name), (3, 10)),
    "flood": _Drawn(1),
    "clocks": _Drawn(2, 2, lambda _: (*PROCESS_NAMES, *POSTGRES), (5, 10)),
    "empty": _Drawn(1, 1, lambda _: ("temporal",)),
}
