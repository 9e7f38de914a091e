"""`lapor staff`: manages the people of agencies."""

import asyncio
import re
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from deploy.errors import StackError
from shared.lifecycle.people import Role

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

app = typer.Typer(help="People who work on reports.", no_args_is_help=True)

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


@app.callback()
def staff() -> None:
    """People who work on reports."""


@app.command("add")
def add(
    username: Annotated[
        str, typer.Argument(help="The name to sign in with: a-z, 0-9, dot, - and _")
    ],
    name: Annotated[str, typer.Option(help="The person's name")],
    role: Annotated[Role, typer.Option()],
    agency: Annotated[str, typer.Option(metavar="CODE", help="Code of the agency")],
    email: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The person's e-mail address; a link to prove it is mailed there",
        ),
    ] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input")
    ] = False,
) -> None:
    """Add a person to an agency. Without --password-stdin, a password is made and shown once."""
    if not _USERNAME.fullmatch(username):
        raise StackError(f"{username!r} is no user name: use a-z, 0-9, dot, - and _, 2 to 64.")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(12)
    asyncio.run(_add(username, name.strip(), role, agency, _address(email), password))
    print(f"Added {username} ({role}) to {agency}.")
    if email:
        print("The link that proves the e-mail address is on its way.")
    if not password_stdin:
        print(f"Password, shown only now: {password}")


@app.command("break-glass")
def break_glass(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="[REQUEST|USER]",
            help="A request's id, or the user name of the only person of pusat if that "
            "person cannot sign in",
        ),
    ] = None,
    operator: Annotated[str, typer.Option(help="Your own name, for the log")] = "",
    reason: Annotated[str, typer.Option(help="The reason, for the log")] = "",
    second_factor: Annotated[
        bool, typer.Option(help="For USER: also remove the second factor")
    ] = False,
) -> None:
    """Stand in for the second person if there is none. Without a request or a user, list the
    waiting requests that nobody else can decide."""
    if subject is None:
        lines = asyncio.run(_stuck())
        print("\n".join(lines) or "Nothing waits for you.")
        return
    if not (operator.strip() and reason.strip()):
        raise StackError("Give --operator, your own name, and --reason: both go into the log.")
    print(asyncio.run(_break_glass(subject, operator.strip(), reason.strip(), second_factor)))


async def _stuck() -> list[str]:
    from services.routing.accounts.break_glass import stuck_requests

    async with _session() as session:
        return [
            f"{request.id}  {request.kind} of {request.subject_id},"
            f" asked {request.asked_at:%Y-%m-%d %H:%M}"
            for request in await stuck_requests(session)
        ]


async def _break_glass(subject: str, operator: str, reason: str, second_factor: bool) -> str:
    from deploy.credentials import stack_settings
    from services.routing.accounts.break_glass import let_in, stand_in
    from services.routing.second_person.deciding import BreakGlassRefused

    try:
        request_id = UUID(subject)
    except ValueError:
        request_id = None
    try:
        async with _session() as session:
            if request_id is not None:
                await stand_in(session, request_id, operator, reason)
                return f"Granted {request_id}. It is in the log, with your name."
            base_url = stack_settings("lapor_routing").public_base_url
            link = await let_in(
                session, base_url, subject, operator, reason, second_factor=second_factor
            )
            return f"For {subject}, shown only now, until {link.expires_at:%d %b %H:%M}: {link.url}"
    except BreakGlassRefused as refused:
        raise StackError(str(refused)) from None


@asynccontextmanager
async def _session() -> AsyncIterator["AsyncSession"]:
    from deploy.credentials import stack_settings
    from shared.database.engine import Database

    database = Database(stack_settings("lapor_routing").database_url, pool_size=1)
    try:
        async with database.session() as session:
            yield session
    finally:
        await database.dispose()


def _address(email: str) -> str:
    from pydantic import TypeAdapter, ValidationError

    from shared.values.emails import EmailOrNothing

    try:
        return TypeAdapter[str](EmailOrNothing).validate_python(email)
    except ValidationError:
        raise StackError(f"{email!r} is no e-mail address.") from None


async def _add(
    username: str, name: str, role: Role, agency: str, email: str, password: str
) -> None:
    from deploy.credentials import stack_settings
    from services.routing.accounts.staff_email import enter_email, mail_proof_link
    from services.routing.directory.staff import StaffRefused, add_staff
    from shared.http.password_strength import SHORTEST, is_hard_to_guess
    from shared.privacy.identity import IdentityCipher

    if len(password) < SHORTEST:
        raise StackError(f"The password needs at least {SHORTEST} characters.")
    if not await is_hard_to_guess(password, username, name, agency):
        raise StackError("That password is easy to guess: use words that do not belong together.")
    try:
        async with _session() as session:
            member = await add_staff(
                session,
                username=username,
                name=name,
                role=role,
                agency_code=agency,
                password=password,
            )
            if email and member.id is not None:
                cipher = IdentityCipher(stack_settings("lapor_routing").identity_keys)
                await enter_email(session, cipher, member.id, email)
                await mail_proof_link(session, member.id)
    except StaffRefused as refused:
        raise StackError(str(refused)) from None
