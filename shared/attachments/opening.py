"""The sandbox's job for every attachment: what it is, and itself without what it gives away."""

import hashlib
from pathlib import Path
from typing import Any

from shared.attachments.authorship import cleaning_of
from shared.attachments.pictures import clean_picture, is_picture, memory_for
from shared.attachments.recognition import recognise
from shared.attachments.recordings import blank_words, is_iso_media


def open_file(source: Path, target: Path, *, memory: int) -> dict[str, Any]:
    """Write the cleaned file and tell its media type, size (bytes) and hash; or, as `memory`,
    how many bytes opening it takes, where that is more than are given.

    Raises `AttachmentRejected`.
    """
    content = source.read_bytes()
    media_type = recognise(content)
    if is_picture(media_type) and (needed := memory_for(content, media_type)) > memory:
        return {"memory": needed}
    cleaned, media_type = clean(content, media_type)
    target.write_bytes(cleaned)
    if media_type.startswith(("audio/", "video/")):
        check_recording(target, media_type)
    return {
        "media_type": media_type,
        "size": len(cleaned),
        "sha256": hashlib.sha256(cleaned).hexdigest(),
    }


def check_recording(recording: Path, media_type: str) -> None:
    """See `check_plays`. The library is loaded for recordings alone."""
    from shared.attachments.playing import check_plays

    check_plays(recording, media_type)


def clean(content: bytes, media_type: str) -> tuple[bytes, str]:
    """The file as it may be served, and its type then. Raises nearly anything on a damaged file.

    Pictures are saved anew, recordings lose place and device, documents and sounds their authors;
    other files stay byte by byte.
    """
    if is_picture(media_type):
        return clean_picture(content, media_type)
    if is_iso_media(media_type):
        return blank_words(content), media_type
    if (cleaning := cleaning_of(media_type)) is not None:
        return cleaning(content), media_type
    return content, media_type
