"""`lapor dead-letters …`: shows and puts back messages that could not be handled."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from shared.bus.dead_letters import DeadLetter
    from shared.settings import Settings

app = typer.Typer(help="Messages that could not be handled.", no_args_is_help=True)

AT_MOST = 10_000
"""The most dead letters that one command shows or puts back."""

Id = Annotated[uuid.UUID, typer.Argument(help="The id as `list` shows it.")]


@app.command("list")
def list_() -> None:
    """Show the dead letters that wait for a decision, oldest first, without their content."""
    from sqlalchemy import select

    from shared.bus.dead_letter_review import unresolved
    from shared.bus.dead_letters import LettersNotKept

    async def act() -> list[str]:
        async with _stack() as (session, _):
            letters = [_line(letter) for letter in await unresolved(session, limit=AT_MOST)]
            beyond = (await session.execute(select(LettersNotKept))).scalars().all()
        return letters + [
            f"{row.system}  {row.day}: {row.letters} more ({row.bytes} bytes) beyond its quota"
            for row in beyond
        ]

    print("\n".join(asyncio.run(act())) or "None.")


@app.command()
def show(letter_id: Id) -> None:
    """Show one whole dead letter, including its content: only for people who may read it."""
    from deploy.errors import StackError
    from shared.bus.dead_letters import DeadLetter, read
    from shared.privacy.identity import IdentityCipher

    async def act() -> str:
        async with _stack() as (session, settings):
            letter = await session.get(DeadLetter, letter_id)
            if letter is None:
                raise StackError(f"there is no dead letter {letter_id}")
            facts = letter.model_dump(exclude={"body"})
            lines = [f"{name:16} {value}" for name, value in facts.items() if value is not None]
            try:
                headers, body = read(IdentityCipher(settings.identity_keys), letter)
            except LookupError as lost:
                return "\n".join([*lines, "", str(lost)])
        lines += ["", *(f"{name}: {value}" for name, value in headers.items()), ""]
        return "\n".join([*lines, body.decode("utf-8", "backslashreplace")])

    print(asyncio.run(act()))


@app.command()
def retry(
    letter_id: Annotated[
        uuid.UUID | None, typer.Argument(help="The id as `list` shows it.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All dead letters that `list` shows.")
    ] = False,
) -> None:
    """Put a dead letter, or all of them, back where they came from."""
    from deploy.errors import StackError
    from shared.bus.connection import connect
    from shared.bus.dead_letter_review import retry, unresolved
    from shared.bus.dead_letters import DeadLetter
    from shared.privacy.identity import IdentityCipher

    if (letter_id is None) is not every:
        raise StackError("say which dead letter, or --all")

    async def act() -> None:
        async with _stack() as (session, settings):
            cipher = IdentityCipher(settings.identity_keys)
            if letter_id is None:
                letters = list(await unresolved(session, limit=AT_MOST))
            else:
                letters = [row for row in [await session.get(DeadLetter, letter_id)] if row]
            if not letters:
                raise StackError("there is no such dead letter" if letter_id else "there is none")
            bus = await connect(settings.nats_url, "dead-letters", patience=10)
            try:
                for letter in letters:
                    try:
                        await retry(session, cipher, bus, letter)
                    except LookupError as lost:
                        print(lost)
                        continue
                    await session.commit()
                    print(f"{letter.id} is back on {letter.subject}")
            finally:
                await bus.close()

    asyncio.run(act())


@app.command()
def discard(
    reason: Annotated[str, typer.Option(help="Why it is no longer needed.")],
    letter_id: Annotated[
        uuid.UUID | None, typer.Argument(help="The id as `list` shows it.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="All dead letters of this partner that `list` shows.")
    ] = None,
) -> None:
    """Take a dead letter, or all of a partner, off the list. It can be put back for 90 days."""
    from deploy.errors import StackError
    from shared.bus.dead_letter_review import discard, unresolved
    from shared.bus.dead_letters import DeadLetter

    if (letter_id is None) is (system is None):
        raise StackError("say which dead letter, or --system")
    if not reason.strip():
        raise StackError("say why")

    async def act() -> None:
        async with _stack() as (session, _):
            if letter_id is None:
                letters = list(await unresolved(session, limit=AT_MOST, system=system))
            else:
                letters = [row for row in [await session.get(DeadLetter, letter_id)] if row]
            if not letters:
                raise StackError("there is no such dead letter")
            for letter in letters:
                await discard(session, letter, reason.strip())
            await session.commit()
            print(f"{len(letters)} discarded")

    asyncio.run(act())


def _line(letter: "DeadLetter") -> str:
    field = f", in {letter.field}" if letter.field else ""
    reason = f"{letter.reason_code}: {letter.reason}{field}"
    return f"{letter.id}  {letter.received_at:%Y-%m-%d %H:%M}  {letter.subject}\n    {reason}"


@asynccontextmanager
async def _stack() -> "AsyncIterator[tuple[AsyncSession, Settings]]":
    from sqlalchemy.ext.asyncio import AsyncSession

    from deploy.credentials import stack_settings
    from shared.database.engine import Database

    settings = stack_settings()
    database = Database(settings.database_url, pool_size=1, application="lapor-dead-letters")
    try:
        async with AsyncSession(database.engine, expire_on_commit=False) as session:
            yield session, settings
    finally:
        await database.dispose()
