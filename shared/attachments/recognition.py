"""Identifies a file by its bytes only; its name and declared type are ignored."""

import re

import filetype  # type: ignore[import-untyped]

from shared.attachments.documents import check_unpacked_size, recognise_zip
from shared.attachments.legacy_office import recognise_ole
from shared.attachments.rejection import AttachmentRejected
from shared.attachments.types_not_taken import (
    BRANDS_NOT_TAKEN,
    behind_id3,
    name_of_type,
)

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/aac": ("aac",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
    "audio/amr": ("amr",),
    "video/mp4": ("mp4", "m4v"),
    "video/3gpp": ("3gp", "3g2"),
    "video/webm": ("webm",),
    "video/quicktime": ("mov", "qt"),
}
"""Every accepted type, with the name extensions that fit it, the usual one first."""


def recognise(content: bytes) -> str:
    """The media type of the content, one of `EXTENSIONS`.

    Raises `AttachmentRejected` (`type_not_allowed`, `unreadable`, or `too_complex` for a document
    that unpacks to far more than it is).
    """
    if content.startswith(_ZIP):
        check_unpacked_size(content)
    return type_of(content)


def type_of(content: bytes) -> str:
    """Like `recognise`, but also for documents that would unpack to too much."""
    media_type = _container_type(content) or _simple_type(content)
    if media_type is None:
        raise AttachmentRejected(
            "type_not_allowed", "content of no type that is taken", name_of_type(content)
        )
    return media_type


_ZIP = b"PK\x03\x04"
_SIMPLE_TYPES = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/apng": "image/png",
    "image/webp": "image/webp",
    "image/gif": "image/gif",
    "application/pdf": "application/pdf",
    "audio/mpeg": "audio/mpeg",
    "audio/aac": "audio/aac",
    "audio/wav": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/amr": "audio/amr",
}

_BRANDS = (
    (re.compile(rb"hei[cxms]|hev[cx]"), "image/heic"),
    (re.compile(rb"M4[AB] "), "audio/mp4"),
    (re.compile(rb"3g[p2r-t]."), "video/3gpp"),
    (re.compile(rb"qt  "), "video/quicktime"),
    (re.compile(rb"iso.|mp4.|avc1|M4V.|MSNV|dash|F4V |mmp4"), "video/mp4"),
)


def _container_type(content: bytes) -> str | None:
    """The type of a file whose first bytes are shared by several types: its content is examined."""
    if content.startswith(_ZIP):
        return recognise_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return recognise_ole(content)
    if content[4:8] == b"ftyp":
        return _iso_media_type(content)
    if content.startswith(b"OggS"):
        heads = (b"OpusHead", b"\x01vorbis", b"Speex   ")
        return "audio/ogg" if any(head in content[:128] for head in heads) else None
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"\x42\x82\x84webm" in content[:128] else None
    return None


def _simple_type(content: bytes) -> str | None:
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"OggS")) or content[4:8] == b"ftyp":
        return None
    if (behind := behind_id3(content)) == b"fLaC":
        return None
    if len(behind) == 4 and behind[0] == 0xFF and behind[1] & 0xF6 == 0xF0:  # ADTS
        return "audio/aac"
    guessed = filetype.guess(content[:8192])
    return _SIMPLE_TYPES.get(guessed.mime) if guessed else None


def _iso_media_type(content: bytes) -> str | None:
    """The type of MP4 and related files, by their brands: the major one, then the compatible
    ones."""
    if content[8:12] in BRANDS_NOT_TAKEN:
        return None
    size = min(int.from_bytes(content[:4], "big"), 256)
    brands = [content[8:12], *(content[at : at + 4] for at in range(16, size, 4))]
    for brand in brands:
        for pattern, media_type in _BRANDS:
            if pattern.fullmatch(brand):
                return media_type
    return None
