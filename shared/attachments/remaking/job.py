"""One file remade, by its type; and which types can be, at once or in the background."""

from pathlib import Path

REMADE_AT_ONCE = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "application/pdf"}
)
RECORDINGS = frozenset(
    {
        *("audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav", "audio/amr"),
        *("video/mp4", "video/3gpp", "video/webm", "video/quicktime"),
    }
)
"""Remade in the background: a minute of video takes seconds, and ten minutes may come."""


def remake(source: Path, target: Path, *, media_type: str) -> str:
    """Write into `target` what is seen and heard in `source`; the media type of what was made.

    The libraries are loaded here: what remakes a picture needs none for videos. Raises
    `AttachmentRejected`: `unreadable` where damaged, `too_complex` where it is more than is made
    anew (a PDF of more than 40 pages), and whatever decoders raise on damaged input.
    """
    if media_type == "application/pdf":
        from shared.attachments.remaking.documents import remake_pdf

        return remake_pdf(source, target)
    if media_type in RECORDINGS:
        from shared.attachments.remaking.recordings import remake_recording

        return remake_recording(source, target)
    from shared.attachments.remaking.pictures import remake_picture

    return remake_picture(source, target, media_type)
