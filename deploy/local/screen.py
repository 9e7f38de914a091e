"""What a person sees: the progress of a start, and then where everything is."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from deploy.local.processes import Description
from shared.settings import Addresses


class Screen:
    """A bar while the stack starts (plain lines where there is no terminal), then messages."""

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
        """A line that stays."""
        self.console.print(line, soft_wrap=True, markup=False)

    def welcome(
        self,
        addresses: Addresses,
        processes: Sequence[Description],
        sign_ins: Sequence[tuple[str, str]],
        password: str,
    ) -> None:
        """Addresses, sign-ins, logs and how to stop."""
        table = Table(box=None, show_header=False, padding=(0, 2))
        for process in processes:
            if process.name == "portal":
                table.add_row("[bold]Portal[/]", addresses.public_base_url)
            elif process.port is not None:
                url = getattr(addresses, f"{process.name}_url")
                table.add_row(f"{process.name.capitalize()} API", f"{url}/docs")
        host = addresses.host
        table.add_row("Temporal UI", f"http://{host}:{addresses.temporal_ui_port}")
        table.add_row("Temporal", addresses.temporal_address)
        table.add_row("NATS", f"nats://{host}:{addresses.nats_port}")
        table.add_row("Postgres", f"{host}:{addresses.postgres_port}, database lapor")
        for name, who in sign_ins:
            table.add_row(f"[bold]{name}[/]", who)
        if sign_ins:
            table.add_row("Password of all", f"[bold]{password}[/]")
            table.add_row("Second factor", "not required here; elsewhere pusat needs one")
        table.add_row("Logs", Text(f"{addresses.data_dir}/log/"))
        table.add_row("Stop", "Ctrl-C")
        self.console.print("", table, soft_wrap=True)
        # Last: who waits for this line finds everything above it.
        self.console.print("\n[bold green]LAPOR! is ready.[/]")

    def _show(self) -> None:
        self._progress.update(self._task, description=", ".join(self._under_way))
