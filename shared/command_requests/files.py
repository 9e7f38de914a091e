"""Files sent with a command: stored once it is known that this person may send the command."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import UploadFile
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from shared.attachments import AttachmentStore, StoredAttachment
from shared.command_requests.command_request import CommandRequest
from shared.command_requests.execute import admit
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.http.tokens import Staff
from shared.http.uploads import discard, store_all

Named = Callable[[AsyncConnection, Sequence[str]], Awaitable[Collection[str]]]
"""Tells which of these storage keys the service's table of attachments contains."""


@asynccontextmanager
async def with_files(
    request: CommandRequest,
    uploads: Sequence[UploadFile],
    database: Database,
    store: AttachmentStore,
    named: Named,
) -> AsyncIterator[CommandRequest]:
    """The request with its files stored.

    After the block, files that no row names are deleted: the command was not saved, or was known
    already. Raises the problems of `admit`, and 422 for a file that is not accepted.
    """
    await admit(database, request)
    anonymous = bool(uploads) and await _is_of_the_anonymous(database, request)
    files = await store_all(store, uploads, anonymous=anonymous)
    try:
        yield replace(request, files=files)
    finally:
        if files:
            await _discard_unnamed(files, database, store, named)


async def _is_of_the_anonymous(database: Database, request: CommandRequest) -> bool:
    """Whether the writer is the reporter of an anonymous report."""
    if isinstance(request.principal, Staff):
        return False
    async with database.autocommit() as connection:
        anonymous = select(col(Report.anonymous)).where(col(Report.number) == request.number)
        return bool(await connection.scalar(anonymous))


async def _discard_unnamed(
    files: Sequence[StoredAttachment], database: Database, store: AttachmentStore, named: Named
) -> None:
    async with database.autocommit() as connection:
        kept = await named(connection, [file.key for file in files])
    await discard(store, [file for file in files if file.key not in kept])
