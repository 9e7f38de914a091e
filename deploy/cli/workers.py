"""`lapor workers …`: shows and selects the version of the worker that handles all reports."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from temporalio.client import Client

app = typer.Typer(help="Versions of the worker.", no_args_is_help=True)


@app.command("versions")
def versions() -> None:
    """Show which version is in use, and how many running reports each version handled last."""
    from rich.console import Console
    from rich.table import Table

    from deploy.worker_versions import versions

    async def act() -> Table:
        table = Table("version", "in use", "first seen", "runs")
        for version in await versions(await _client()):
            since = version.since.strftime("%Y-%m-%d %H:%M") if version.since else ""
            in_use = "yes" if version.in_use else ""
            table.add_row(version.name or "(none)", in_use, since, f"{version.runs:,}")
        return table

    Console().print(asyncio.run(act()))


@app.command("use")
def use(
    version: Annotated[
        str, typer.Argument(help="LAPOR_WORKER_VERSION of workers that are running already.")
    ] = "",
    none: Annotated[
        bool, typer.Option("--none", help="Workers that were given no version.")
    ] = False,
) -> None:
    """Give all reports, new ones and those under way, to this version's workers, without a stop.

    Start its workers before. The other workers finish what they have, and can then be stopped.
    """
    from deploy.errors import StackError
    from deploy.worker_versions import use

    if bool(version) is none:
        raise StackError("say which version, or --none")

    async def act() -> None:
        await use(await _client(), version)

    asyncio.run(act())
    print(f"{version or 'Workers without a version'}: in use.")


async def _client() -> "Client":
    from deploy.credentials import stack_settings
    from shared.temporal.client import connect

    return await connect(stack_settings(), "lapor-workers", lazy=False)
