"""Dependencies that only put things together, without a thread for each."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


def without_thread(make: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """`make` (a class, a function that does not wait), for `Depends`, which would run it in a
    thread: that takes longer than most of what such a one does."""

    async def made(**dependencies: Any) -> T:
        return make(**dependencies)

    # FastAPI asks for what the parameters name, by these annotations.
    made.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    return made
