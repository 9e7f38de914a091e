"""`lapor partner …`: gives other government systems access, and ends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from deploy.nats.system import Reach
    from deploy.partners.activity import Activity
    from deploy.partners.register import Credentials
    from services.intake.partners.model import Partner
    from shared.database.engine import Database
    from shared.settings import Settings

app = typer.Typer(help="Partner systems: other government systems on NATS.", no_args_is_help=True)

System = Annotated[str, typer.Argument(help="The short name as `list` shows it.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The system's name, as people know it.")],
    system: Annotated[
        str | None, typer.Option(help="Its short name in subjects; made from the name by default.")
    ] = None,
) -> None:
    """Give a partner access, without restarting anything; show its credentials once."""
    from deploy.partners import register

    async def act() -> "Credentials":
        async with _stack() as (database, settings):
            return await register.add(database, settings, name, system)

    print(_shown(asyncio.run(act())))


@app.command("list")
def list_() -> None:
    """Show all present and former partners: whether they have credentials of the present kind,
    whether they are connected, and when they were last seen and last sent a message."""
    from rich.console import Console
    from rich.table import Table

    from deploy.errors import StackError
    from deploy.partners import activity, register

    async def act() -> Table:
        table = Table("system", "name", "since", "active", "credentials", *_ACTIVITY)
        async with _stack() as (database, settings):
            async with database.session() as session:
                partners = await register.partners(session)
            activities: dict[str, activity.Activity] = {}
            try:
                activities = await activity.activities(settings, partners)
            except StackError as error:
                typer.echo(f"Who is connected is not known. {error}", err=True)
            for partner in partners:
                row = [partner.system, partner.name, _day(partner.created_at)]
                row += ["yes" if partner.active else "", _credentials(partner)]
                table.add_row(*row, *_seen(activities.get(partner.system)))
        return table

    Console().print(asyncio.run(act()))


@app.command()
def rotate(system: System) -> None:
    """Give a partner new credentials, shown once; the old ones end at once. Its reports, receipts
    and events stay."""
    from deploy.partners import register

    async def act() -> "Credentials":
        async with _stack() as (database, settings):
            return await register.rotate(database, settings, system)

    print(_shown(asyncio.run(act())))


@app.command()
def remove(system: System) -> None:
    """End a partner's access; its reports stay. Adding it again gives it new credentials."""
    from deploy.partners import register

    async def act() -> "Reach | None":
        async with _stack() as (database, settings):
            return await register.remove(database, settings, system)

    reach = asyncio.run(act())
    print(f"{system} is cut off{f' ({reach})' if reach else ''}.")


_ACTIVITY = ("connections", "last seen", "last message")


def _credentials(partner: "Partner") -> str:
    """Return the kind of a partner's credentials. Old ones are from before NATS had keys of its own
    and no longer give access."""
    if not partner.active:
        return ""
    return "old" if partner.nats_account is None else "present"


def _seen(known: "Activity | None") -> tuple[str, str, str]:
    if known is None:
        return "", "", ""
    return str(known.connections), _minute(known.last_seen), _minute(known.last_message)


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _minute(moment: datetime | None) -> str:
    return "never" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


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
        f"{partner.system} may send and read now ({partner.reach}).",
        "This is shown once; keep it secret.",
        "",
        f"  its NATS credentials, for a file {partner.system}.creds:",
        "",
        partner.nats.file,
        f"  HTTP token         {partner.http_token or 'the one it has'}",
        "",
        "  publishes on       " + "\n                     ".join(partner.publish),
        "  receipts, events   " + "\n                     ".join(partner.read),
        f"  kept in            stream {partner.stream}, consumer {partner.consumer}",
        f"  JetStream prefix   {partner.api_prefix}",
        f"  message ids        begin with {partner.system}-",
    ]
    return "\n".join(lines)
