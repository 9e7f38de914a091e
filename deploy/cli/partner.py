"""`lapor partner …`: other government systems let in and out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from deploy.partners.register import Credentials
    from shared.database.engine import Database
    from shared.settings import Settings

app = typer.Typer(help="Partner systems: other government systems on NATS.", no_args_is_help=True)

System = Annotated[str, typer.Argument(help="The short name, as `list` shows it.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The system's name, as people know it.")],
    system: Annotated[
        str | None, typer.Option(help="Its short name in subjects; made of the name by default.")
    ] = None,
) -> None:
    """Let a partner in, without restarting anything; shows its credentials once."""
    from deploy.partners import register

    async def act() -> "Credentials":
        async with _stack() as (database, settings):
            folder = settings.data_dir / "nats"
            return await register.add(database, settings.nats_url, folder, name, system)

    print(_shown(asyncio.run(act())))


@app.command("list")
def list_() -> None:
    """Show all partners that ever were."""
    from rich.console import Console
    from rich.table import Table

    from deploy.partners import register

    async def act() -> Table:
        table = Table("system", "name", "since", "active")
        async with _stack() as (database, _), database.session() as session:
            for partner in await register.partners(session):
                since = partner.created_at.strftime("%Y-%m-%d")
                table.add_row(partner.system, partner.name, since, "yes" if partner.active else "")
        return table

    Console().print(asyncio.run(act()))


@app.command()
def rotate(system: System) -> None:
    """Give a partner new credentials, shown once; the old ones end at once. Its reports, receipts
    and events stay."""
    from deploy.partners import register

    async def act() -> "Credentials":
        async with _stack() as (database, settings):
            folder = settings.data_dir / "nats"
            return await register.rotate(database, settings.nats_url, folder, system)

    print(_shown(asyncio.run(act())))


@app.command()
def remove(system: System) -> None:
    """Let a partner in no more; its reports stay. Adding it again gives it new credentials."""
    from deploy.partners import register

    async def act() -> None:
        async with _stack() as (database, settings):
            await register.remove(database, settings.data_dir / "nats", system)

    asyncio.run(act())
    print(f"{system} is cut off.")


@asynccontextmanager
async def _stack() -> "AsyncIterator[tuple[Database, Settings]]":
    from deploy.credentials import stack_settings
    from shared.database.engine import Database

    settings = stack_settings()
    database = Database(settings.database_url, pool_size=1, application="lapor-partner")
    try:
        yield database, settings
    finally:
        await database.dispose()


def _shown(partner: "Credentials") -> str:
    lines = [
        f"{partner.system} may send and read now. This is shown once; keep it secret.",
        "",
        f"  NATS nkey seed     {partner.nkey_seed}",
        f"  HTTP token         {partner.http_token}",
        "",
        "  publishes on       " + "\n                     ".join(partner.publish),
        "  receipts, events   " + "\n                     ".join(partner.read),
        f"  kept in            stream {partner.stream}, consumer {partner.consumer}",
        f"  JetStream prefix   {partner.api_prefix}",
        f"  message ids        begin with {partner.system}-",
    ]
    return "\n".join(lines)
