"""Any process or server is killed, frozen for a while, or told to stop and started again."""

import asyncio
import signal

from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.faults import Fault


async def kill(crowd: Crowd, fault: Fault) -> None:
    async with crowd.cluster.made_anew(*fault.parts):
        for name in fault.parts:
            crowd.cluster.signal(name, signal.SIGKILL)


async def freeze(crowd: Crowd, fault: Fault) -> None:
    for name in fault.parts:
        crowd.cluster.signal(name, signal.SIGSTOP)
    await asyncio.sleep(fault.seconds)
    for name in fault.parts:
        crowd.cluster.signal(name, signal.SIGCONT)


async def restart(crowd: Crowd, fault: Fault) -> None:
    async with crowd.cluster.made_anew(*fault.parts):
        for name in fault.parts:
            crowd.cluster.end(name)
