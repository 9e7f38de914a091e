"""A request for a command: how it was marked, its files, and the way to the answer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request, Response, UploadFile
from sqlalchemy import text

from shared.attachments import AttachmentStore, StoredAttachment
from shared.command_requests.answers import CommandAnswer, CurrentGateway, carry_out
from shared.command_requests.execute import CommandRequest, admit
from shared.http.idempotency import CommandId, IfMatch, asker_of
from shared.http.in_place import in_place
from shared.http.limits import rate_limits
from shared.http.tokens import Principal, Staff
from shared.http.transaction import CurrentDatabase
from shared.http.uploads import FILES, discard, store_all

ReportNumber = Annotated[int, Path(ge=1, le=2**63 - 1, description="The report's number")]


async def attachment_store(request: Request) -> AttachmentStore:
    store: AttachmentStore = request.app.state.attachments
    return store


CurrentStore = Annotated[AttachmentStore, Depends(attachment_store)]


@dataclass(frozen=True)
class Asking:
    """What every request for a command brings beside who asks and what they wrote."""

    number: ReportNumber
    id: CommandId
    version: IfMatch
    database: CurrentDatabase
    gateway: CurrentGateway
    store: CurrentStore
    request: Request
    response: Response

    async def carry_out(self, command_request: CommandRequest) -> CommandAnswer:
        """Execute the request; see `shared.command_requests.execute` for the problems raised."""
        return await carry_out(self.database, self.gateway, command_request, self.response)

    @asynccontextmanager
    async def storing(
        self, command_request: CommandRequest, principal: Principal, uploads: Sequence[UploadFile]
    ) -> AsyncIterator[tuple[StoredAttachment, ...]]:
        """The files, stored, once it is clear that this person may send any: `command_request` is
        what they ask for, without them. After the block those are deleted that no row names: the
        command was not saved, or was known already. 422 names a file that is not taken."""
        if uploads:
            await rate_limits(self.request).take(FILES, asker_of(principal))
        await admit(self.database, command_request)
        anonymous = bool(uploads) and await self._is_of_the_anonymous(principal)
        files = await store_all(self.store, uploads, anonymous=anonymous)
        try:
            yield files
        finally:
            if files:
                await self._discard_unnamed(files)

    async def _is_of_the_anonymous(self, principal: Principal) -> bool:
        """Whether it is the reporter who writes, and nobody may know who that is."""
        if isinstance(principal, Staff):
            return False
        async with self.database.autocommit() as connection:
            return bool(await connection.scalar(_ANONYMOUS, {"number": self.number}))

    async def _discard_unnamed(self, files: Sequence[StoredAttachment]) -> None:
        async with self.database.autocommit() as connection:
            rows = await connection.execute(_NAMED, {"keys": [file.key for file in files]})
            named = set(rows.scalars())
        await discard(self.store, [file for file in files if file.key not in named])


CurrentAsking = Annotated[Asking, Depends(in_place(Asking))]

_ANONYMOUS = text("SELECT anonymous FROM lifecycle.report WHERE number = :number")
_NAMED = text("SELECT key FROM followup.attachment WHERE key = ANY(:keys)")
