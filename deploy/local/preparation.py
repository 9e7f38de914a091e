"""Migrations and demo data of a start, made by a separate process.

What they import and allocate, twice what the supervisor itself needs, would otherwise stay in
memory as long as the stack runs. `python -m deploy.local.preparation` is that process: it reads a
task in JSON on each line and writes the result of each on a line.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from deploy.errors import StackError

SignIns = Sequence[tuple[str, str]]


class Preparation:
    """The separate process, which imports while others start. Its log is `preparation.log`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    async def search_attributes(self) -> dict[str, str]:
        """Return names and types of search attributes, as Temporal's CLI spells them."""
        return dict(await self._ask("search_attributes"))

    async def migrate(self, database_url: str) -> None:
        """Run the migrations as the owner of the database. Raises StackError."""
        await self._ask("migrate", database_url)

    async def load_demo(self, database_url: str, password: str) -> SignIns:
        """Load the demo and return the sign-ins to show: user name and description. Raises
        StackError."""
        return [(name, who) for name, who in await self._ask("load_demo", database_url, password)]

    async def give_addresses(self, database_url: str, secrets: Mapping[str, str]) -> None:
        """Give e-mail addresses to the people shown; `secrets` are the stack's. Raises
        StackError."""
        keys = [secrets[f"LAPOR_{name}"] for name in ("IDENTITY_KEYS", "BLIND_INDEX_KEY")]
        await self._ask("give_addresses", database_url, *keys)

    async def _ask(self, task: str, *arguments: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([task, *arguments]).encode() + b"\n")
        answer = await self._process.stdout.readline()
        if not answer:
            lines = self._log.read_text(errors="replace").splitlines()[-15:]
            raise StackError("\n".join([f"Preparing failed. The end of {self._log}:", *lines]))
        return json.loads(answer)


@asynccontextmanager
async def preparation(data_dir: Path) -> AsyncIterator[Preparation]:
    """Run the process. It ends with the block and, because its input then ends, with the
    supervisor."""
    log = data_dir / "log" / "preparation.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        yield Preparation(process, log)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _perform() -> None:
    # Imported before the first task, while others start, and not in the supervisor.
    from deploy.demo import addresses, seed
    from deploy.migrations import upgrade
    from shared.temporal.names import SEARCH_ATTRIBUTES

    tasks: dict[str, Callable[..., object]] = {
        "search_attributes": lambda: SEARCH_ATTRIBUTES,
        "migrate": upgrade,
        "load_demo": lambda *arguments: asyncio.run(seed.load(*arguments)),
        "give_addresses": lambda *arguments: asyncio.run(addresses.give_addresses(*arguments)),
    }
    for line in sys.stdin:
        task, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(tasks[task](*arguments)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _perform()
