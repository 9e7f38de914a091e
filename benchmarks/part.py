"""What a part of the bench is: a measurement in an environment, in three sizes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Any, Generic, TypeVar

from benchmarks.figures import Figure

E = TypeVar("E")
N = TypeVar("N", int, float)


class Size(Enum):
    """How long each measurement goes on: in full, with `--quick`, or only to see that it runs."""

    FULL = (7, 2.0)
    QUICK = (2, 0.3)
    TINY = (1, 0.1)

    @property
    def rounds(self) -> int:
        return self.value[0]

    @property
    def seconds(self) -> float:
        """Of a round."""
        return self.value[1]

    def of(self, full: N, quick: N, tiny: N) -> N:
        """The number for this size."""
        return {Size.FULL: full, Size.QUICK: quick, Size.TINY: tiny}[self]


@dataclass(frozen=True)
class Part(Generic[E]):
    """`measure` is given the environment; neighbours with the same one share it."""

    name: str
    environment: Callable[[Size], AbstractAsyncContextManager[E]]
    measure: Callable[[E, Size], Awaitable[list[Figure]]]


@asynccontextmanager
async def nothing(_size: Size) -> AsyncIterator[None]:
    """The environment of parts that start what they need themselves."""
    yield


def sharing(parts: Sequence[Part[Any]]) -> list[list[Part[Any]]]:
    """The parts, in groups of neighbours that have one environment."""

    def shared(part: Part[Any]) -> object:
        return part if part.environment is nothing else part.environment

    return [list(group) for _, group in groupby(parts, shared)]
