"""Where parts measure: servers and processes that several parts share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.part import Size
from benchmarks.stack import Stack, running
from benchmarks.stack_access import PROCESSES, StackAccess, open_stack
from deploy.local import processes


@asynccontextmanager
async def intake_alone(_size: Size) -> AsyncIterator[Stack]:
    """Postgres, NATS and intake."""
    async with running(["intake"]) as stack:
        yield stack


@asynccontextmanager
async def reports_living(_size: Size) -> AsyncIterator[StackAccess]:
    """All that reports need to live, and a worker for bare workflows."""
    async with running(PROCESSES, temporal=True) as stack, open_stack(stack) as access:
        yield access


@asynccontextmanager
async def everything_running(_size: Size) -> AsyncIterator[StackAccess]:
    """Every process of the system."""
    names = [process.name for process in processes.PROCESSES]
    async with running(names, temporal=True) as stack, open_stack(stack) as access:
        yield access
