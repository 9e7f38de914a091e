"""Where large downloads are kept for their owners: beside the attachments, by `storage_url`."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from obstore import delete_async, get_async, put_async
from obstore import list as listed
from obstore.store import from_url

CHUNK = 256 * 1024


class KeptFiles:
    """Puts, opens and deletes them. Who may do so is decided by the caller."""

    def __init__(self, storage_url: str) -> None:
        """As `shared.attachments.AttachmentStore`."""
        self._url = storage_url
        local = storage_url.startswith("file:")
        self._store = from_url(storage_url, mkdir=True) if local else from_url(storage_url)

    async def put(self, download_id: UUID, file: Path) -> None:
        """Keep a file, in parts that are sent while it is read; durable when it returns."""
        await put_async(self._store, _path(download_id), file)

    async def open(self, download_id: UUID) -> AsyncIterator[bytes]:
        """The content in chunks. Raises FileNotFoundError at once."""
        stored = await get_async(self._store, _path(download_id))
        return _chunks(stored.stream(min_chunk_size=CHUNK))

    def parts_of(self, download_id: UUID) -> str:
        """The address of the folder for what is written of it so far."""
        return f"{self._url.rstrip('/')}/{_parts(download_id)}"

    async def delete_parts(self, download_id: UUID) -> None:
        """Removes what was written so far; the next attempt begins anew."""
        async for entries in listed(self._store, prefix=_parts(download_id)):
            for entry in entries:
                await delete_async(self._store, entry["path"])

    async def delete(self, download_id: UUID) -> None:
        """Removes the file; one that is gone already is no error."""
        try:
            await delete_async(self._store, _path(download_id))
        except FileNotFoundError:
            return


def _path(download_id: UUID) -> str:
    return f"downloads/{download_id}"


def _parts(download_id: UUID) -> str:
    return f"download-parts/{download_id}"


async def _chunks(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)
