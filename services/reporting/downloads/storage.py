"""The store of large downloads, beside the attachments at `storage_url`."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from obstore import delete_async, get_async, put_async
from obstore import list as listed
from obstore.store import from_url

CHUNK = 256 * 1024


class KeptFiles:
    """Stores, opens and deletes the files of downloads. The caller checks the permission."""

    def __init__(self, storage_url: str) -> None:
        """Takes the same address as `shared.attachments.AttachmentStore`."""
        self._url = storage_url
        local = storage_url.startswith("file:")
        self._store = from_url(storage_url, mkdir=True) if local else from_url(storage_url)

    async def put(self, download_id: UUID, file: Path) -> None:
        """Store a file, reading it in parts. The file is durable when this returns."""
        await put_async(self._store, _path(download_id), file)

    async def open(self, download_id: UUID) -> AsyncIterator[bytes]:
        """Return the content in chunks. Raises FileNotFoundError at once if there is no file."""
        stored = await get_async(self._store, _path(download_id))
        return _chunks(stored.stream(min_chunk_size=CHUNK))

    def parts_of(self, download_id: UUID) -> str:
        """Return the address of the folder that holds the parts written so far."""
        return f"{self._url.rstrip('/')}/{_parts(download_id)}"

    async def delete_parts(self, download_id: UUID) -> None:
        """Delete the parts written so far; the next attempt starts from the beginning."""
        async for entries in listed(self._store, prefix=_parts(download_id)):
            for entry in entries:
                await delete_async(self._store, entry["path"])

    async def delete(self, download_id: UUID) -> None:
        """Delete the file; it is no error if the file does not exist."""
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
