"""An upload, read up to the limit, recognised and freed of traces."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from shared.attachments.authorship import cleaning_of
from shared.attachments.pictures import clean_picture, is_picture
from shared.attachments.recognition import recognise
from shared.attachments.recordings import blank_words, is_iso_media
from shared.attachments.rejection import MAX_SIZE, AttachmentRejected


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file fit to be stored. Size (bytes) and hash are those of `content`, as cleaned."""

    media_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)


async def inspect(upload: AsyncIterator[bytes]) -> Inspected:
    """Reads the upload, at most 10 MB into memory, recognises it by content and removes metadata.

    Pictures are saved anew, recordings lose place and device, documents and sounds their authors;
    other files stay byte by byte.
    Raises `AttachmentRejected`.
    """
    received = bytearray()
    async for chunk in upload:
        received += chunk
        if len(received) > MAX_SIZE:
            raise AttachmentRejected("too_large", f"more than {MAX_SIZE} bytes")
    if not received:
        raise AttachmentRejected("empty", "no bytes")
    return await asyncio.to_thread(_inspect, bytes(received))


def _inspect(content: bytes) -> Inspected:
    media_type = recognise(content)
    if is_picture(media_type):
        content, media_type = clean_picture(content, media_type)
    elif is_iso_media(media_type):
        content = blank_words(content)
    elif (clean := cleaning_of(media_type)) is not None:
        content = clean(content)
    return Inspected(media_type, len(content), hashlib.sha256(content).hexdigest(), content)
