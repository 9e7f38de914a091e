"""The sandbox's job for files of anonymous reports: identify one and make it anew."""

from pathlib import Path
from typing import Any

from shared.attachments.opening import check_recording, clean
from shared.attachments.pictures import is_picture
from shared.attachments.recognition import recognise, type_of
from shared.attachments.rejection import AttachmentRejected
from shared.attachments.remaking.names import UNKNOWN

REMADE_AT_ONCE = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "application/pdf"}
)
RECORDINGS = frozenset(
    {
        *("audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav", "audio/amr"),
        *("video/mp4", "video/3gpp", "video/webm", "video/quicktime"),
    }
)
"""Remade in the background: a minute of video takes seconds, and videos may last ten minutes."""


def make_anew(source: Path, target: Path, *, memory: int, hurried: bool) -> dict[str, Any]:
    """Identify the file and make it anew; return its `media_type` and one of four results.

    `remade`: the type of the file written into `target`; `sealed`: why it is not remade; `waits`:
    it takes too long for a `hurried` caller; `memory`: the bytes it takes, if that is more than are
    given. Raises `AttachmentRejected` for a damaged file, or a type that is never accepted. A file
    that is locked or has macros is not refused, because nobody is going to open it.
    """
    content = source.read_bytes()
    try:
        media_type = recognise(content)
    except AttachmentRejected as refused:
        if not _is_closed(refused):
            raise
        return {"media_type": UNKNOWN, "sealed": "not_remakeable"}
    known = {"media_type": media_type}
    if media_type in RECORDINGS and hurried:
        clean(content, media_type)  # raises where it is damaged
        check_recording(source, media_type)
        return known | {"waits": True}
    if media_type not in REMADE_AT_ONCE | RECORDINGS:
        return known | {"sealed": "not_remakeable"}
    try:
        if is_picture(media_type) and (needed := _memory(content, media_type)) > memory:
            return known | {"memory": needed}
        del content
        return known | {"remade": remake(source, target, media_type=media_type)}
    except AttachmentRejected as refused:
        if refused.code == "too_many_pixels":
            return known | {"sealed": refused.code}
        if refused.code == "type_not_allowed":
            return known | {"sealed": "not_remakeable"}
        raise


def identify_type(source: Path, target: Path) -> str:
    """The media type of a file that is too large to be opened, from its beginning and a container's
    list.

    `UNKNOWN` if these do not show it.
    """
    try:
        return type_of(source.read_bytes())
    except AttachmentRejected:
        return UNKNOWN


def remake(source: Path, target: Path, *, media_type: str) -> str:
    """Write into `target` what is seen and heard in `source`; return the new media type.

    Libraries are loaded here, so that remaking a picture loads none for videos. Raises
    `AttachmentRejected`: `unreadable` if it is damaged, `type_not_allowed` if it is not made anew
    (a PDF of more than 40 pages), `too_complex`; and any error of a decoder on damaged input.
    """
    if media_type == "application/pdf":
        from shared.attachments.remaking.documents import remake_pdf

        return remake_pdf(source, target)
    if media_type in RECORDINGS:
        from shared.attachments.remaking.recordings import remake_recording

        return remake_recording(source, target)
    from shared.attachments.remaking.pictures import remake_picture

    return remake_picture(source, target, media_type)


def _memory(content: bytes, media_type: str) -> int:
    from shared.attachments.remaking.pictures import memory_to_remake

    return memory_to_remake(content, media_type)


def _is_closed(refused: AttachmentRejected) -> bool:
    why = str(refused).lower()
    code: str = refused.code
    return code == "active_content" or "password" in why or "macros" in why
