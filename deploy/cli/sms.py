"""`lapor sms …`: shows and retries long messages whose parts could not become a report."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from services.intake.models import SmsPart
    from shared.settings import Settings

app = typer.Typer(help="Long text messages that could not become a report.", no_args_is_help=True)

Message = Annotated[uuid.UUID, typer.Argument(help="The id as `list` shows it.")]


@app.command("list")
def list_() -> None:
    """Show the messages set aside, oldest first, without their text."""
    from sqlalchemy import func, select
    from sqlmodel import col

    from services.intake.models import SmsPart

    async def act() -> list[str]:
        since = func.min(SmsPart.received_at)
        counts = since.label("since"), func.count().label("parts"), func.max(SmsPart.total)
        messages = (
            select(col(SmsPart.message), col(SmsPart.set_aside), *counts)
            .where(col(SmsPart.set_aside).is_not(None))
            .group_by(col(SmsPart.message), col(SmsPart.set_aside))
            .order_by(since)
        )
        async with _stack() as (session, _):
            return [
                f"{message}  {since:%Y-%m-%d %H:%M}  {parts} of {total} parts: {reason}"
                for message, reason, since, parts, total in await session.execute(messages)
            ]

    print("\n".join(asyncio.run(act())) or "None.")


@app.command()
def show(message: Message) -> None:
    """Show the text of a message: only for people who may read it."""
    from cryptography.fernet import InvalidToken

    from shared.privacy.identity import IdentityCipher

    async def act() -> list[str]:
        async with _stack() as (session, settings):
            cipher = IdentityCipher(settings.identity_keys)
            lines = []
            for row in await _parts(session, message):
                try:
                    words = cipher.decrypt(row.words or b"")
                except InvalidToken:
                    words = "(no key of ours opens it)"
                lines.append(f"{row.part} of {row.total}  {words}")
            return lines

    print("\n".join(asyncio.run(act())))


@app.command()
def retry(message: Message) -> None:
    """Try again, in the next round, to make a report from a message."""

    async def act() -> None:
        async with _stack() as (session, _):
            for part in await _parts(session, message):
                part.set_aside = None
            await session.commit()

    asyncio.run(act())
    print(f"{message} is tried again")


async def _parts(session: "AsyncSession", message: uuid.UUID) -> "Sequence[SmsPart]":
    from sqlalchemy import select
    from sqlmodel import col

    from deploy.errors import StackError
    from services.intake.models import SmsPart

    of_message = col(SmsPart.message) == message, col(SmsPart.set_aside).is_not(None)
    order = col(SmsPart.part), col(SmsPart.received_at)
    parts = (await session.scalars(select(SmsPart).where(*of_message).order_by(*order))).all()
    if not parts:
        raise StackError(f"no message {message} was set aside")
    return parts


@asynccontextmanager
async def _stack() -> "AsyncIterator[tuple[AsyncSession, Settings]]":
    from sqlalchemy.ext.asyncio import AsyncSession

    from deploy.credentials import stack_settings
    from shared.database.engine import Database

    settings = stack_settings()
    database = Database(settings.database_url, pool_size=1, application="lapor-sms")
    try:
        async with AsyncSession(database.engine) as session:
            yield session, settings
    finally:
        await database.dispose()
