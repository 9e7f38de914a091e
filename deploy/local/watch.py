"""Keeps the children of a running stack alive."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from deploy.errors import StackError
from deploy.local.child import Child

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0
_STEADY_SECONDS = 60.0
_LOOK_EVERY = 0.25


async def keep_alive(
    children: Sequence[Child],
    say: Callable[[str], None],
    changed: Mapping[str, asyncio.Event] = MappingProxyType({}),
) -> None:
    """Restart children that die, until cancelled. The delay grows if a child dies again soon; there
    is none if the child's event in `changed` is set. Any error of one child is printed and tried
    again, and does not affect the others."""
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(_keep_one(child, say, changed.get(child.name, asyncio.Event())))


async def _keep_one(child: Child, say: Callable[[str], None], changed: asyncio.Event) -> None:
    delay = _FIRST_DELAY
    started = time.monotonic()
    while True:
        while child.alive and not changed.is_set():
            await asyncio.sleep(_LOOK_EVERY)
        if changed.is_set():
            changed.clear()
            say(f"{child.name}: its code has changed")
        else:
            if time.monotonic() - started > _STEADY_SECONDS:
                delay = _FIRST_DELAY
            how = child.how_it_ended()
            say(f"{child.name} ended ({how}); again in {delay:g} s. See {child.log}")
            await asyncio.sleep(delay)
            delay = min(delay * 2, _LONGEST_DELAY)
        started = time.monotonic()
        try:
            await child.stop()
            await child.prepare()
            child.start()
            await child.wait_ready()
        except StackError as error:
            say(str(error).splitlines()[0])
        except Exception as error:  # noqa: BLE001 - one child's trouble must not end the stack
            say(f"{child.name} could not be started ({type(error).__name__}: {error})")
        else:
            say(f"{child.name} runs again")
