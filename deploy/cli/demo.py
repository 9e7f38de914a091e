"""`lapor demo`: drives demo reports through a running stack to their outcome."""

import asyncio
import secrets
import sys
from typing import Annotated

import typer


def demo(
    reports: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many reports to drive.")
    ] = 100,
    trial: Annotated[
        bool,
        typer.Option(
            "--trial",
            help="With clocks measured in seconds for one agency, show an overdue report and one"
            " that closes by itself, within a minute or so.",
        ),
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="The same seed writes the same reports; random by default.")
    ] = None,
) -> None:
    """Drive varied, realistic reports through a running stack by every channel, with staff acting.

    Everything uses the public interfaces. Ctrl-C stops it; submitted reports stay. Ends with a
    table of where all reports are; the exit code is 1 if something was refused that should not be.
    """
    from rich.console import Console

    from deploy.demo.driver.run import run_demo
    from deploy.local.mailbox.kept import MessageStore

    console = Console(highlight=False)
    seed = secrets.randbelow(10**6) if seed is None else seed
    console.print(f"Seed {seed}.")
    try:
        good = asyncio.run(run_demo(console, reports, trial, seed, MessageStore))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped. What is in stays; the stack carries it on.")
        sys.exit(130)
    sys.exit(0 if good else 1)
