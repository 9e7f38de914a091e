"""`lapor notifications …`: shows messages to people with their results, and sends them again."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from services.notification.models import Message

app = typer.Typer(help="Messages to reporters and staff.", no_args_is_help=True)

AT_MOST = 1_000
"""The most messages that one command shows or sends again."""
MAIL_AT_MOST = 1_000_000
"""The most bytes that are read of a bounce report; the rest, the returned mail, comes at its
end."""
RECENT = timedelta(days=3)
"""Older messages are no longer news."""

Id = Annotated[uuid.UUID, typer.Argument(help="The id as `list` shows it.")]


@app.command("list")
def list_(
    state: Annotated[
        str | None, typer.Option(help="queued, sent, failed or skipped. Default: queued, failed.")
    ] = None,
    number: Annotated[
        int | None, typer.Option(help="Only messages of this report, in any state.")
    ] = None,
) -> None:
    """Show messages, newest first, without contacts."""
    from sqlalchemy import select
    from sqlmodel import col

    from services.notification.models import Message

    wanted = select(Message).order_by(col(Message.created_at).desc()).limit(AT_MOST)
    if number is not None:
        wanted = wanted.where(col(Message.number) == number)
    if state is not None:
        wanted = wanted.where(col(Message.state) == state)
    elif number is None:
        wanted = wanted.where(col(Message.state).in_(("queued", "failed")))

    async def act() -> list[str]:
        async with _session() as session:
            return [_line(message) for message in await session.scalars(wanted)]

    print("\n".join(asyncio.run(act())) or "None.")


@app.command()
def show(message_id: Id) -> None:
    """Show what is known of a message, without its contact and its text."""

    async def act() -> str:
        async with _session() as session:
            message = await _message(session, message_id)
            facts = message.model_dump(exclude={"sealed_code"})
        return "\n".join(f"{name:14} {value}" for name, value in facts.items())

    print(asyncio.run(act()))


@app.command()
def letters() -> None:
    """Write this week's letters to leaders, except those that exist already."""
    from deploy.credentials import stack_settings
    from services.notification.digest.mornings import write_letters_of_this_week
    from shared.temporal.client import connect

    async def act() -> None:
        client = await connect(stack_settings(), "lapor-notifications", lazy=False)
        await write_letters_of_this_week(client)

    asyncio.run(act())


@app.command()
def retry(
    message_id: Annotated[
        uuid.UUID | None, typer.Argument(help="The id as `list` shows it.")
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="All messages that failed recently.")
    ] = False,
) -> None:
    """Send a message again, or all that failed within three days, within seconds. Messages that
    were sent, or that hold a code, are not sent again."""
    from sqlalchemy import func, update
    from sqlmodel import col

    from deploy.errors import StackError
    from services.notification.models import Message
    from services.notification.outgoing.to_reporters import CODE

    if (message_id is None) is not failed:
        raise StackError("say which message, or --failed")
    which = (
        col(Message.created_at) > func.now() - RECENT
        if message_id is None
        else col(Message.id) == message_id
    )
    again = (
        update(Message)
        .where(which, col(Message.state).in_(("failed", "queued")), col(Message.template) != CODE)
        .values(
            state="queued",
            created_at=func.now(),  # for three days from now on
            not_before=func.now(),
            leased_until=None,
            retrying=False,
            retry_started=False,
            finished_at=None,
        )
        .returning(col(Message.id))
    )
    if failed:
        again = again.where(col(Message.state) == "failed")

    async def act() -> int:
        async with _session() as session:
            ids = (await session.scalars(again)).all()
            await session.commit()
            return len(ids)

    count = asyncio.run(act())
    if message_id is not None and not count:
        raise StackError("there is no such message that waits or failed")
    print(f"{count} are sent again" if failed else f"{message_id} is sent again")


@app.command()
def bounced() -> None:
    """Read a bounce report (RFC 3464) from standard input. The returned message is marked as
    failed, and if nobody has the address, its proof ends. The mail server calls this with what
    comes to the sender's address; other mail is ignored."""
    from services.notification.sending.bounces import bounce_of
    from services.notification.sending.late_failures import came_back

    bounce = bounce_of(sys.stdin.buffer.read(MAIL_AT_MOST))
    if bounce is None:
        print("no report of a mail that came back")
        return

    async def act() -> bool:
        async with _session() as session:
            ours = await came_back(
                session, bounce.message_id, "email", nobody_there=bounce.nobody_there
            )
            await session.commit()
            return ours

    known = asyncio.run(act())
    print(f"{bounce.message_id} has come back" if known else "nothing of ours that was sent")


async def _message(session: "AsyncSession", message_id: uuid.UUID) -> "Message":
    from deploy.errors import StackError
    from services.notification.models import Message

    message = await session.get(Message, message_id)
    if message is None:
        raise StackError(f"there is no message {message_id}")
    return message


def _line(message: "Message") -> str:
    from shared.labels import label

    state = label("message_state", message.state, "en")
    reason = f": {label('message_reason', message.reason, 'en')}" if message.reason else ""
    return (
        f"{message.id}  {message.created_at:%Y-%m-%d %H:%M}  {message.key}"
        f"  {message.template}  {state}{reason}"
    )


@asynccontextmanager
async def _session() -> "AsyncIterator[AsyncSession]":
    from sqlalchemy.ext.asyncio import AsyncSession

    from deploy.credentials import stack_settings
    from shared.database.engine import Database

    database = Database(
        stack_settings().database_url, pool_size=1, application="lapor-notifications"
    )
    try:
        async with AsyncSession(database.engine) as session:
            yield session
    finally:
        await database.dispose()
