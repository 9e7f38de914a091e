"""Documents and sounds say who made them, on what and when, and documents act: that is taken out.

What stays: pictures inside a document keep what they know; .doc, .xls, .ppt and .webm stay as they
are; a PDF's digital signature no longer fits.
"""

import io
from collections.abc import Callable

import mutagen
import mutagen.id3

from shared.attachments.legacy_office import refuse_active
from shared.attachments.office import clean_office
from shared.attachments.open_documents import clean_open_document
from shared.attachments.pdfs import clean_pdf
from shared.attachments.rejection import AttachmentRejected

_POWERPOINT = "application/vnd.ms-powerpoint"
Cleaning = Callable[[bytes], bytes]


def cleaning_of(media_type: str) -> Cleaning | None:
    """What takes the author out of this type; None where nothing does."""
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
    """For a type of which mutagen knows no tags."""
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
