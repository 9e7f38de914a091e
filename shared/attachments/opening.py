"""The sandbox's job for every attachment: identify it and clean it."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import mutagen.id3

from shared.attachments.legacy_office import refuse_active
from shared.attachments.office import clean_office
from shared.attachments.open_documents import clean_open_document
from shared.attachments.pdfs import clean_pdf
from shared.attachments.pictures import clean_picture, is_picture, memory_for
from shared.attachments.recognition import recognise
from shared.attachments.recordings import blank_words, is_iso_media
from shared.attachments.rejection import AttachmentRejected

_POWERPOINT = "application/vnd.ms-powerpoint"
_Cleaning = Callable[[bytes], bytes]


def open_file(source: Path, target: Path, *, memory: int) -> dict[str, Any]:
    """Write the cleaned file and return its media type, size (bytes) and hash.

    If opening it takes more memory than is given, return only that number of bytes, as `memory`.
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
    """See `check_plays`. The library is loaded only for recordings."""
    from shared.attachments.playing import check_plays

    check_plays(recording, media_type)


def clean(content: bytes, media_type: str) -> tuple[bytes, str]:
    """The file as it may be served, and its type afterwards.

    Pictures are saved anew, and recordings lose place and device. From documents and sounds the
    author, device and time are removed, and from documents active content. Pictures inside a
    document keep their metadata, and a PDF's digital signature becomes invalid. Other files, also
    .doc, .xls, .ppt and .webm, stay unchanged. Raises nearly any error on a damaged file.
    """
    if is_picture(media_type):
        return clean_picture(content, media_type)
    if is_iso_media(media_type):
        return blank_words(content), media_type
    if (cleaning := _cleaning_of(media_type)) is not None:
        return cleaning(content), media_type
    return content, media_type


def _cleaning_of(media_type: str) -> _Cleaning | None:
    """The function that removes the author from this type; None if there is none."""
    if media_type == "application/pdf":
        return clean_pdf
    if media_type.startswith("application/vnd.openxml"):
        return clean_office
    if media_type.startswith("application/vnd.oasis"):
        return clean_open_document
    if media_type in ("application/msword", "application/vnd.ms-excel", _POWERPOINT):
        return refuse_active
    if media_type in ("audio/mpeg", "audio/ogg"):
        return _clean_sound
    if media_type == "audio/aac":
        return _without_id3
    return None


def _without_id3(content: bytes) -> bytes:
    """For a type for which mutagen knows no tags."""
    file = io.BytesIO(content)
    mutagen.id3.delete(file)
    return file.getvalue()


def _clean_sound(content: bytes) -> bytes:
    """Tags (ID3, Vorbis comments) removed."""
    file = io.BytesIO(content)
    try:
        sound = mutagen.File(file)
        if sound is not None and sound.tags is not None:
            file.seek(0)
            sound.delete(file)
    except mutagen.MutagenError as error:
        raise AttachmentRejected("unreadable", f"damaged sound ({type(error).__name__})") from error
    return file.getvalue()
