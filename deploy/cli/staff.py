"""`lapor staff`: people of agencies."""

import asyncio
import re
import secrets
import sys
from typing import Annotated

import typer

from deploy.local.trouble import StackError
from shared.lifecycle.people import Role

app = typer.Typer(help="People who work on reports.", no_args_is_help=True)

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_SHORTEST_PASSWORD = 10


@app.callback()
def staff() -> None:
    """People who work on reports."""


@app.command("add")
def add(
    username: Annotated[str, typer.Argument(help="To sign in with: a-z, 0-9, dot, - and _")],
    name: Annotated[str, typer.Option(help="The person's name")],
    role: Annotated[Role, typer.Option()],
    agency: Annotated[str, typer.Option(metavar="CODE", help="Code of the agency")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input")
    ] = False,
) -> None:
    """Add somebody to an agency. Without --password-stdin a password is made and shown once."""
    if not _USERNAME.fullmatch(username):
        raise StackError(f"{username!r} is no user name: use a-z, 0-9, dot, - and _, 2 to 64.")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(12)
    if len(password) < _SHORTEST_PASSWORD:
        raise StackError(f"The password needs at least {_SHORTEST_PASSWORD} characters.")
    asyncio.run(_add(username, name.strip(), role, agency, password))
    print(f"Added {username} ({role}) to {agency}.")
    if not password_stdin:
        print(f"Password, shown only now: {password}")


async def _add(username: str, name: str, role: Role, agency: str, password: str) -> None:
    from deploy.local.credentials import stack_settings
    from services.routing.staff import StaffRefused, add_staff
    from shared.database.engine import Database

    database = Database(stack_settings("lapor_routing").database_url, pool_size=1)
    try:
        async with database.session() as session:
            await add_staff(
                session,
                username=username,
                name=name,
                role=role,
                agency_code=agency,
                password=password,
            )
    except StaffRefused as refused:
        raise StackError(str(refused)) from None
    finally:
        await database.dispose()
