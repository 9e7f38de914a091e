"""The store of attachments: a folder or an S3 bucket, by `storage_url`."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from obstore import delete_async, get_async, put_async
from obstore.store import from_url

from shared.attachments.inspection import inspect, receive, room
from shared.attachments.naming import file_name
from shared.attachments.rejection import AttachmentMissing, AttachmentRejected
from shared.attachments.remaking.taking import take
from shared.attachments.sandbox import OPENING, PICTURES, Sandbox, workspace
from shared.attachments.sealing import SealedFile, seal, unseal
from shared.privacy.identity import IdentityCipher

CHUNK = 256 * 1024

PREVIEWS: Final = "previews/"
"""The folder of small pictures, which are made again if they are missing."""
_PREVIEW: Final = "shared.attachments.previews:make_preview"

State = Literal["as_sent", "pending", "remade", "sealed"]
"""A file of an anonymous report is remade before it is served, or stays sealed. `as_sent`: served
as it was sent, without data about its maker and active content
(`shared.attachments.opening.clean`)."""


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """What the database keeps of a file: its random key, and what to show and serve it as."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    state: State = "as_sent"
    sealed_because: str | None = None
    original: SealedFile | None = None


class AttachmentStore:
    """Puts, opens and deletes attachments. The caller decides who may do so."""

    def __init__(self, storage_url: str, cipher: IdentityCipher) -> None:
        """`file:///folder` (made if missing) or `s3://bucket/prefix`, which reads credentials,
        region and endpoint from the usual `AWS_…` environment variables. The cipher is for the
        keys of sealed originals. One for each process: what it opens at a time is limited."""
        self.sandbox = Sandbox()
        self._cipher = cipher
        if storage_url.startswith("file:"):
            self._store = from_url(storage_url, mkdir=True)
        else:
            self._store = from_url(storage_url)

    async def put(self, upload: AsyncIterator[bytes], declared_name: str) -> StoredAttachment:
        """Inspect and store one upload; it is durable when this returns.

        Raises `AttachmentRejected` or `SandboxBusy`; then nothing was stored. If the caller's
        transaction fails afterwards, the caller deletes the key again.
        """
        key = secrets.token_hex(16)
        async with inspect(self.sandbox, upload) as inspected:
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

    async def put_anonymous(
        self, upload: AsyncIterator[bytes], declared_name: str
    ) -> StoredAttachment:
        """Like `put`, for an anonymous report: the original is sealed and never served.

        It is remade at once if that takes seconds, otherwise it waits. A file that cannot be remade
        is accepted too and stays sealed.
        """
        with workspace() as folder:
            source = folder / "source"
            await receive(upload, source)
            taken = await take(self.sandbox, source, folder / "remade")
            content = await asyncio.to_thread(source.read_bytes)
            sealed_key, data_key = await self.seal(content)
            name = file_name(declared_name, taken.media_type)
            original = SealedFile(
                key=sealed_key,
                name=name,
                media_type=taken.media_type,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                data_key=data_key,
            )
            key = secrets.token_hex(16)
            served = content
            if taken.remade is not None:
                served = await asyncio.to_thread((folder / "remade").read_bytes)
                await self.replace(key, served)
            return StoredAttachment(
                key=key,
                name=file_name(name, taken.remade or taken.media_type),
                media_type=taken.remade or taken.media_type,
                size=len(served),
                sha256=hashlib.sha256(served).hexdigest(),
                state=taken.state,
                sealed_because=taken.sealed_because,
                original=original,
            )

    async def open(self, key: str) -> AsyncIterator[bytes]:
        """The content in chunks. Raises `AttachmentMissing` at once, before any chunk."""
        try:
            stored = await get_async(self._store, _path(key))
        except FileNotFoundError:
            raise AttachmentMissing(key) from None
        return _chunks(stored.stream(min_chunk_size=CHUNK))

    async def preview(self, key: str, media_type: str) -> bytes:
        """A small JPEG of a picture, made at the first request and kept beside the file.

        Raises `AttachmentMissing`, `AttachmentRejected` if the picture is damaged or takes too
        much, and `SandboxBusy`.
        """
        try:
            kept = await get_async(self._store, _preview_path(key))
        except FileNotFoundError:
            made = await self._preview_of(key, media_type)
            await put_async(self._store, _preview_path(key), made, mode="overwrite")
            return made
        return bytes(await kept.bytes_async())

    async def replace(self, key: str, content: bytes) -> None:
        """Put the remade file in the place of the file as sent, or in an empty place."""
        await put_async(self._store, _path(key), content, mode="overwrite")
        await self._delete(_preview_path(key))

    async def seal(self, content: bytes) -> tuple[str, str]:
        """Keep an original, encrypted.

        Returns its random key in the store and its encrypted data key; both are needed to open it.
        """
        key = secrets.token_hex(16)
        sealed, data_key = seal(self._cipher, key, content)
        await put_async(self._store, _sealed_path(key), sealed, mode="create")
        return key, data_key

    async def open_sealed(self, key: str, data_key: bytes | str) -> bytes:
        """The whole original. Raises `AttachmentMissing` and `SealBroken`."""
        try:
            stored = await get_async(self._store, _sealed_path(key))
        except FileNotFoundError:
            raise AttachmentMissing(key) from None
        return unseal(self._cipher, key, data_key, bytes(await stored.bytes_async()))

    async def delete(self, key: str) -> None:
        """Delete the file; a missing file is no error."""
        await self._delete(_path(key))
        await self._delete(_preview_path(key))

    async def delete_sealed(self, key: str) -> None:
        """Delete an original that no row names."""
        await self._delete(_sealed_path(key))

    async def _preview_of(self, key: str, media_type: str) -> bytes:
        with workspace() as folder:
            source, target = folder / "source", folder / "preview"
            await receive(await self.open(key), source)
            asked = partial(self.sandbox.run, _PREVIEW, source, target, media_type=media_type)
            needed = (await asked(memory=room(OPENING))).get("memory")
            if needed is not None:
                if needed > room(PICTURES):
                    raise AttachmentRejected("too_complex", "more than fits into memory")
                await asked(memory=room(PICTURES), limits=PICTURES)
            return await asyncio.to_thread(target.read_bytes)

    async def _delete(self, path: str) -> None:
        try:
            await delete_async(self._store, path)
        except FileNotFoundError:
            return


_KEY = re.compile(r"[0-9a-f]{32}")


def _path(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise AttachmentMissing(key)
    return f"{key[:2]}/{key}"


def _preview_path(key: str) -> str:
    return f"{PREVIEWS}{_path(key)}"


def _sealed_path(key: str) -> str:
    return f"sealed/{_path(key)}"


async def _chunks(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)
