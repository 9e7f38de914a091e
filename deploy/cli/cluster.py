"""`lapor cluster`: runs several copies of everything on this machine."""

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shared.settings import Addresses

app = typer.Typer(help="Runs several copies of everything on this machine, to test failures.")

_FOLDER = ".lapor-cluster"


@app.callback(invoke_without_command=True)
def cluster(
    context: typer.Context,
    asynchronous: Annotated[
        bool,
        typer.Option("--asynchronous", help="Answer commits before the standby has received them."),
    ] = False,
) -> None:
    """Start NATS three times, Postgres with a standby, every process twice, and Caddy in front.

    Runs until Ctrl-C and shows all addresses, as `lapor up` does. Data and logs are under
    LAPOR_DATA_DIR (.lapor-cluster). Temporal remains a single dev server.
    """
    if context.invoked_subcommand is None:
        from deploy.cluster.stack import ClusterStack
        from deploy.local import supervisor

        supervisor.run(ClusterStack(_addresses(), synchronous=not asynchronous))


@app.command()
def promote(
    kill: Annotated[
        bool, typer.Option("--kill", help="Stop the primary abruptly, as in a power cut.")
    ] = False,
) -> None:
    """Make the standby the primary, and the former primary its standby, while everything runs.

    Commands wait meanwhile; those under way are sent again by their callers.
    """
    from deploy.cluster.promote import promote

    asyncio.run(promote(_running(), print, kill=kill))


@app.command("leaders")
def leaders_() -> None:
    """Show which node leads Postgres, the relay and each stream of NATS."""
    from deploy.cluster.leaders import ROLE, leaders
    from deploy.credentials import stack_settings

    _running()
    for name, leader in asyncio.run(leaders(stack_settings(ROLE))).items():
        print(f"{name:16} {leader}")


def _addresses() -> "Addresses":
    from shared.settings import Addresses

    os.environ.setdefault("LAPOR_DATA_DIR", _FOLDER)
    return Addresses()


def _running() -> "Addresses":
    """Return the addresses of the running cluster, read from a file in its folder."""
    from deploy.cluster.layout import read_environment

    own = _addresses()
    os.environ.update(read_environment(own.data_dir))
    return _addresses()
