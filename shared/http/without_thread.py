"""Dependencies that only build an object, without a thread for each."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


def without_thread(make: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """Make a dependency of `make`, a class or a function that does not wait.

    `Depends` would run it in a thread, which takes longer than most of these take themselves.
    """

    async def made(**dependencies: Any) -> T:
        return make(**dependencies)

    # FastAPI supplies the parameters named by these annotations.
    made.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    return made
