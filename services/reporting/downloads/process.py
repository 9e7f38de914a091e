"""Starts the process that makes a file, listens to its progress, and ends it when cancelled."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from services.reporting.files.job import Job

Progress = Callable[[int], Awaitable[None]]


class MakingFailed(Exception):
    """The process ended without a file. The message is the type of the exception, never its
    text."""


async def make_file(job: Job, progress: Progress | None = None) -> int:
    """Make `job.output` and return its number of rows. `progress` is awaited with the rows so far.

    Raises MakingFailed. If this call is cancelled, or `progress` raises, the process is killed.
    """
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "services.reporting.files.build"],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=_ROOT,
    )
    assert process.stdin and process.stdout and process.stderr
    complaint = asyncio.create_task(process.stderr.read())
    rows = 0
    try:
        process.stdin.write(job.model_dump_json().encode())
        process.stdin.write_eof()
        async for line in process.stdout:
            rows = int(line)
            if progress:
                await progress(rows)
        if await process.wait() != 0:
            raise MakingFailed(_kind(await complaint))
    finally:
        if process.returncode is None:
            process.kill()
            # `wait` waits for the pipe's end too, which nobody notices while it is not read.
            await process.stdout.read()
            await process.wait()
        await complaint
    return rows


_ROOT = Path(__file__).parent.parent.parent


def _kind(complaint: bytes) -> str:
    """Return the type of the exception in the last line of a traceback."""
    lines = complaint.decode(errors="replace").strip().splitlines()
    return lines[-1].partition(":")[0] if lines else "killed"
