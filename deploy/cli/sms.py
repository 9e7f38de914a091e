"""`lapor sms …`: long messages in parts that could become no report, seen and tried again."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from shared.settings import Settings

app = typer.Typer(help="Long SMS that could become no report.", no_args_is_help=True)

Message = Annotated[uuid.UUID, typer.Argument(help="As `list` shows it.")]


@app.command("list")
def list_() -> None:
    """Show what was set aside, oldest first; without its words."""

    async def act() -> list[str]:
        async with _stack() as (session, _):
            return [
                f"{row.message}  {row.since:%Y-%m-%d %H:%M}  {row.parts} of {row.total} parts:"
                f" {row.set_aside}"
                for row in await _rows(session, _LIST)
            ]

    print("\n".join(asyncio.run(act())) or "None.")


@app.command()
def show(message: Message) -> None:
    """Show who sent a message, and its words: for anyone who may read them."""
    from cryptography.fernet import InvalidToken

    from shared.identity import IdentityCipher

    async def act() -> list[str]:
        async with _stack() as (session, settings):
            cipher = IdentityCipher(settings.identity_keys)
            lines = []
            for row in await _known(session, message):
                try:
                    words = cipher.decrypt(bytes(row.words))
                except InvalidToken:
                    words = "(no key of ours opens it)"
                lines.append(f"{row.part} of {row.total}  {words}")
            return lines

    print("\n".join(asyncio.run(act())))


@app.command()
def retry(message: Message) -> None:
    """Let a message become a report after all, with the next round."""

    async def act() -> None:
        async with _stack() as (session, _):
            await _known(session, message)
            await _rows(session, _RETRY, message=message)
            await session.commit()

    asyncio.run(act())
    print(f"{message} is tried again")


async def _known(session: "AsyncSession", message: uuid.UUID) -> list[Any]:
    from deploy.local.errors import StackError

    rows = await _rows(session, _PARTS, message=message)
    if not rows:
        raise StackError(f"no message {message} was set aside")
    return rows


async def _rows(session: "AsyncSession", query: str, **values: Any) -> list[Any]:
    from sqlalchemy import text

    return list((await session.execute(text(query), values)).all())


@asynccontextmanager
async def _stack() -> "AsyncIterator[tuple[AsyncSession, Settings]]":
    from sqlalchemy.ext.asyncio import AsyncSession

    from deploy.local.credentials import stack_settings
    from shared.database.engine import Database

    settings = stack_settings()
    database = Database(settings.database_url, pool_size=1, application="lapor-sms")
    try:
        async with AsyncSession(database.engine) as session:
            yield session, settings
    finally:
        await database.dispose()


_LIST = """
SELECT message, set_aside, min(received_at) AS since, count(*) AS parts, max(total) AS total
FROM intake.sms_part WHERE set_aside IS NOT NULL
GROUP BY message, set_aside ORDER BY since
"""
_PARTS = """
SELECT part, total, words FROM intake.sms_part
WHERE message = :message AND set_aside IS NOT NULL ORDER BY part, received_at
"""
_RETRY = "UPDATE intake.sms_part SET set_aside = NULL WHERE message = :message RETURNING 1"
