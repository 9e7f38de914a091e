"""Launches stand back while reports are acted on."""

import asyncio

from workflows.launch_slots import ALONE, BESIDE_STEPS, QUIET_AFTER, LaunchSlots


class Launches:
    """So many launches that begin as soon as they may; each goes on until it is ended."""

    def __init__(self, slots: LaunchSlots, wanted: int) -> None:
        self._slots = slots
        self._ends = [asyncio.Event() for _ in range(wanted)]
        self._tasks = [asyncio.create_task(self._launch(end)) for end in self._ends]
        self.under_way = 0

    async def _launch(self, end: asyncio.Event) -> None:
        async with self._slots:
            self.under_way += 1
            await end.wait()
            self.under_way -= 1

    async def end(self, number: int) -> None:
        """Let so many of the first ones end, and others begin in their place."""
        for event in self._ends[:number]:
            event.set()
        del self._ends[:number]
        await settle()

    async def end_all(self) -> None:
        await self.end(len(self._ends))
        await asyncio.gather(*self._tasks)


async def settle() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


async def test_many_are_launched_at_a_time_where_nobody_acts_and_few_while_somebody_does() -> None:
    at = 0.0
    slots = LaunchSlots(clock=lambda: at)
    launches = Launches(slots, 5 * ALONE)
    await settle()
    assert launches.under_way == ALONE
    slots.note_step()
    await launches.end(ALONE - 1)
    assert launches.under_way == BESIDE_STEPS
    await launches.end(1)
    assert launches.under_way == BESIDE_STEPS
    at = QUIET_AFTER
    await launches.end(1)
    assert launches.under_way == ALONE
    await launches.end_all()
    assert launches.under_way == 0


async def test_a_launch_that_fails_gives_its_slot_to_the_next() -> None:
    slots = LaunchSlots()

    async def failing() -> None:
        async with slots:
            raise OSError

    await asyncio.gather(*(failing() for _ in range(2 * ALONE)), return_exceptions=True)
    async with asyncio.timeout(5):
        async with slots:
            pass
