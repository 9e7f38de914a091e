"""Where attachments lie: a folder or an S3 bucket, by `storage_url`."""

import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from obstore import delete_async, get_async, put_async
from obstore.store import from_url

from shared.attachments.inspection import inspect
from shared.attachments.naming import file_name
from shared.attachments.rejection import AttachmentMissing
from shared.attachments.sandbox import Sandbox

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """What the database keeps of a file: its random key, and what to show and serve it as."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str


class AttachmentStore:
    """Puts, opens and deletes attachments. Who may do so is decided by the caller."""

    def __init__(self, storage_url: str) -> None:
        """`file:///folder` (made if missing) or `s3://bucket/prefix`, which reads credentials,
        region and endpoint from the usual `AWS_…` environment variables. One for each process:
        what it opens at a time is limited."""
        self._sandbox = Sandbox()
        if storage_url.startswith("file:"):
            self._store = from_url(storage_url, mkdir=True)
        else:
            self._store = from_url(storage_url)

    async def put(self, upload: AsyncIterator[bytes], declared_name: str) -> StoredAttachment:
        """Inspects and stores one upload; durable when it returns.

        Raises `AttachmentRejected` or `SandboxBusy`; then nothing was stored. Where the caller's
        transaction fails afterwards, it deletes the key again.
        """
        key = secrets.token_hex(16)
        async with inspect(self._sandbox, upload) as inspected:
            await put_async(
                self._store, _path(key), inspected.path, mode="create", use_multipart=False
            )
        return StoredAttachment(
            key=key,
            name=file_name(declared_name, inspected.media_type),
            media_type=inspected.media_type,
            size=inspected.size,
            sha256=inspected.sha256,
        )

    async def open(self, key: str) -> AsyncIterator[bytes]:
        """The content in chunks. Raises `AttachmentMissing` at once, before any chunk."""
        try:
            found = await get_async(self._store, _path(key))
        except FileNotFoundError:
            raise AttachmentMissing(key) from None
        return _chunks(found.stream(min_chunk_size=CHUNK))

    async def delete(self, key: str) -> None:
        """Removes the file; one that is gone already is no error."""
        try:
            await delete_async(self._store, _path(key))
        except FileNotFoundError:
            return


_KEY = re.compile(r"[0-9a-f]{32}")


def _path(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise AttachmentMissing(key)
    return f"{key[:2]}/{key}"


async def _chunks(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)
