"""Files of a form that is not sent yet: kept for hours, readable only with its owner's secret."""

import asyncio
import hashlib
import os
import re
import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from obstore import delete_async, get_async, put_async
from obstore import list as listing
from obstore.store import from_url

from shared.attachments.rejection import AttachmentMissing
from shared.resilience.set_aside import count_set_aside

KEPT_FOR = timedelta(hours=12)
"""As long as a browser remembers the form."""
MOST = 20
"""Drafts one owner may have at a time."""
BUDGET = 20 * 1024**3
"""Bytes of all drafts: owners cost nothing to make up, disks are full one day."""

AT_ONCE = 4
"""Files encrypted or decrypted at a time, each of which is whole in memory twice meanwhile."""

_PREFIX = "drafts"
_NONCE = 12
_ID = re.compile(r"[0-9a-f]{32}")


class TooManyDrafts(Exception):
    """The owner has as many as one may have."""


class NoRoomForDrafts(Exception):
    """All drafts together take as much as they may, for now."""


class DraftStore:
    """Drafts in the object store of the attachments, each encrypted with a key that is made from
    the owner's secret, which is kept nowhere: neither the store nor the database can be read for
    who sent what."""

    def __init__(self, storage_url: str, budget: int = BUDGET) -> None:
        """`storage_url` as of `AttachmentStore`, `budget` in bytes. What other processes keep is
        known since the last sweep."""
        self._budget, self._kept = budget, 0
        self._turns = asyncio.Semaphore(AT_ONCE)
        local = storage_url.startswith("file:")
        self._store = from_url(storage_url, mkdir=True) if local else from_url(storage_url)

    async def put(self, owner: str, file: BinaryIO, size: int) -> str:
        """Keep a file of so many bytes; gives its id. Raises `TooManyDrafts` and
        `NoRoomForDrafts`."""
        if self._kept + size > self._budget:
            raise NoRoomForDrafts
        if await self._count(owner) >= MOST:
            raise TooManyDrafts
        draft_id, nonce = secrets.token_hex(16), os.urandom(_NONCE)
        async with self._turns:

            def sealed() -> bytes:
                file.seek(0)
                content = file.read()
                return nonce + _cipher(owner, draft_id).encrypt(nonce, content, draft_id.encode())

            kept = await asyncio.to_thread(sealed)
            await put_async(self._store, _path(owner, draft_id), kept, mode="create")
        self._kept += size
        return draft_id

    async def open(self, owner: str, draft_id: str) -> BinaryIO:
        """The file, on disk under no name: however slowly it is read, it takes no memory. To be
        closed by the caller. Raises `AttachmentMissing`, for another owner's too."""
        path = _path(owner, draft_id)
        async with self._turns:
            try:
                stored = await get_async(self._store, path)
                sealed = memoryview(await stored.bytes_async())

                def opened() -> BinaryIO:
                    content = _cipher(owner, draft_id).decrypt(
                        sealed[:_NONCE], sealed[_NONCE:], draft_id.encode()
                    )
                    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
                    file.write(content)
                    file.seek(0)
                    return file

                return await asyncio.to_thread(opened)
            except (FileNotFoundError, InvalidTag):
                raise AttachmentMissing(draft_id) from None

    async def delete(self, owner: str, draft_id: str) -> None:
        """Forget a file; one that is gone already, or another's, is no error."""
        try:
            await delete_async(self._store, _path(owner, draft_id))
        except (FileNotFoundError, AttachmentMissing):
            return

    async def sweep(self) -> int:
        """Delete the drafts whose time is up; gives how many. One that cannot be deleted is set
        aside until the next look."""
        oldest, gone, kept = datetime.now(UTC) - KEPT_FOR, 0, 0
        async for page in listing(self._store, prefix=_PREFIX):
            for file in page:
                if file["last_modified"] >= oldest:
                    kept += file["size"]
                    continue
                try:
                    await delete_async(self._store, file["path"])
                except FileNotFoundError:
                    continue  # another process was faster
                except Exception as error:  # noqa: BLE001  the others are deleted all the same
                    count_set_aside("drafts", type(error).__name__, file["path"])
                else:
                    gone += 1
        self._kept = kept
        return gone

    async def _count(self, owner: str) -> int:
        return sum([len(page) async for page in listing(self._store, prefix=_folder(owner))])


def _folder(owner: str) -> str:
    return f"{_PREFIX}/{hashlib.sha256(owner.encode()).hexdigest()[:32]}"


def _path(owner: str, draft_id: str) -> str:
    if not _ID.fullmatch(draft_id):
        raise AttachmentMissing(draft_id)
    return f"{_folder(owner)}/{draft_id}"


def _cipher(owner: str, draft_id: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, draft_id.encode(), b"lapor draft").derive(owner.encode()))
