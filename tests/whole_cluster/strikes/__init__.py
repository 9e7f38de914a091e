"""What each kind of fault does, by its subject. Each brings back by itself what it took away."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.faults import Fault, Kind
from tests.whole_cluster.strikes import bus, clocks, database, partners, processes, temporal
from tests.whole_cluster.strikes.clocks import NotHere

__all__ = ["NotHere", "strike"]


async def strike(crowd: Crowd, fault: Fault) -> None:
    """Do it, and wait until all parts work again. Raises `NotHere` where this machine cannot."""
    await _STRIKES[fault.kind](crowd, fault)
    await crowd.cluster.all_ready()
    await database.until_followed(crowd.cluster)


_STRIKES: Final[Mapping[Kind, Callable[[Crowd, Fault], Awaitable[None]]]] = {
    "kill": processes.kill,
    "freeze": processes.freeze,
    "restart": processes.restart,
    "two at once": processes.kill,
    "promote": database.promote,
    "promote and kill": database.promote,
    "stall": database.stall,
    "connections": database.use_up_connections,
    "quota": bus.use_up_quota,
    "flood": partners.flood,
    "clocks": clocks.shift,
    "empty": temporal.empty,
}
