"""What a person sees: the progress of a start, and then all addresses."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from deploy.local.processes import PROCESSES
from shared.settings import Addresses


class Screen:
    """Shows a progress bar while the stack starts (plain lines without a terminal), then
    messages."""

    def __init__(self, steps: int) -> None:
        self.console = Console(highlight=False)
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._task = self._progress.add_task("starting", total=steps)
        self._under_way: list[str] = []

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    @asynccontextmanager
    async def step(self, what: str) -> AsyncIterator[None]:
        """One step of the start; several may be under way at once."""
        began = time.monotonic()
        self._under_way.append(what)
        self._show()
        yield
        self._under_way.remove(what)
        self._progress.advance(self._task)
        self._show()
        self.console.print(f"  [green]✓[/] {what} [dim]{time.monotonic() - began:.1f} s[/]")

    def say(self, line: str) -> None:
        """Print a line that stays on the screen."""
        self.console.print(line, soft_wrap=True, markup=False)

    def welcome(
        self,
        addresses: Addresses,
        sign_ins: Sequence[tuple[str, str]],
        password: str,
        more: Sequence[str] = (),
    ) -> None:
        """Print addresses, sign-ins, `more`, logs and how to stop; readable in 80 columns and in a
        file."""
        host = addresses.host
        where = [("Portal", addresses.public_base_url)]
        where += [
            (
                f"{process.name.capitalize()} API",
                f"{getattr(addresses, f'{process.name}_url')}/docs",
            )
            for process in PROCESSES
            if process.port is not None and process.name != "portal"
        ]
        where += [
            ("Mailbox", f"http://{host}:{addresses.mailbox_port}"),
            ("Text messages", f"http://{host}:{addresses.mailbox_port}/sms"),
            ("Temporal UI", f"http://{host}:{addresses.temporal_ui_port}"),
            ("Temporal", addresses.temporal_address),
            ("NATS", addresses.nats_servers.replace(",", " ")),
            ("Postgres", f"{addresses.postgres_servers.replace(',', ' ')}, database lapor"),
            ("Logs", f"{addresses.data_dir}/log/"),
        ]
        self._list(where)
        if sign_ins:
            self.say(f"\n  Sign in at {addresses.public_base_url}/panel with")
            self._list([*sign_ins, ("Password of all", password)])
            self.say("\n  No second factor is asked here; elsewhere pusat needs one.")
        for line in more:
            self.say(line)
        self.say("\n  Ctrl-C stops everything; the data stays.")
        # Printed last: a person or program that waits for this line finds everything above it.
        self.console.print("\n[bold green]LAPOR! is ready.[/]")

    def _list(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Print pairs in two columns or, if they do not fit, each value below its name. Nothing is
        cut or padded, so that an address can be copied whole."""
        column = max(len(name) for name, _ in pairs) + 4
        beside = all(column + len(value) <= self.console.width for _, value in pairs)
        self.console.print()
        for name, value in pairs:
            between = " " * (column - len(name) - 2) if beside else "\n      "
            line = Text.assemble("  ", (name, "bold"), between, value)
            self.console.print(line, soft_wrap=True)

    def _show(self) -> None:
        self._progress.update(self._task, description=", ".join(self._under_way))
