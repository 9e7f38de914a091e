"""Files of a form that is not sent yet: kept for hours, readable only with the owner's secret."""

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
"""As long as a browser keeps the form."""
MOST = 20
"""The most drafts that one owner may have at a time."""
BUDGET = 20 * 1024**3
"""The most bytes of all drafts: owners are free to invent, so drafts could fill the disk."""

AT_ONCE = 4
"""Files encrypted or decrypted at a time; meanwhile each is in memory twice as a whole."""

_PREFIX = "drafts"
_NONCE = 12
_ID = re.compile(r"[0-9a-f]{32}")


class TooManyDrafts(Exception):
    """The owner already has as many drafts as allowed."""


class NoRoomForDrafts(Exception):
    """All drafts together take as much as they may at present."""


class DraftStore:
    """Drafts in the object store of the attachments.

    Each is encrypted with a key made from the owner's secret, which is stored nowhere: neither the
    store nor the database shows who sent what.
    """

    def __init__(self, storage_url: str, budget: int = BUDGET) -> None:
        """`storage_url` is as for `AttachmentStore`, `budget` in bytes.

        Drafts kept by other processes are known since the last sweep.
        """
        self._budget, self._kept = budget, 0
        self._turns = asyncio.Semaphore(AT_ONCE)
        local = storage_url.startswith("file:")
        self._store = from_url(storage_url, mkdir=True) if local else from_url(storage_url)

    async def put(self, owner: str, file: BinaryIO, size: int) -> str:
        """Keep a file of `size` bytes; return its id.

        Raises `TooManyDrafts` and `NoRoomForDrafts`.
        """
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
        """The file, on disk without a name: however slowly it is read, it takes no memory.

        The caller closes it. Raises `AttachmentMissing`, also for another owner's draft.
        """
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
        """Delete a draft; one that is gone already, or another owner's, is no error."""
        try:
            await delete_async(self._store, _path(owner, draft_id))
        except (FileNotFoundError, AttachmentMissing):
            return

    async def sweep(self) -> int:
        """Delete expired drafts; return how many.

        A draft that cannot be deleted is left aside until the next sweep.
        """
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
