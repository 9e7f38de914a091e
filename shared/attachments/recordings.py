"""Removes from a phone's recording where it was made; the recording itself stays."""

from collections.abc import Iterator

_ISO_MEDIA = frozenset({"audio/mp4", "video/mp4", "video/3gpp", "video/quicktime"})
# Boxes of words about the recording (place, device, time) and those that can hold such boxes.
_WORDS = frozenset({b"udta", b"meta", b"uuid"})
_HOLDERS = frozenset({b"moov", b"trak", b"moof", b"traf"})
_MAX_DEPTH = 4


def is_iso_media(media_type: str) -> bool:
    """Whether `blank_words` is for this type."""
    return media_type in _ISO_MEDIA


def blank_words(content: bytes) -> bytes:
    """The recording with its descriptive boxes turned into free space, at the same length.

    Samples are found by their position in the file, so nothing may move. (ISO/IEC 14496-12)
    """
    blanked = bytearray(content)
    for start, body, end in _boxes_of_words(content, 0, len(content), 0):
        blanked[start + 4 : start + 8] = b"free"
        blanked[body:end] = bytes(end - body)
    return bytes(blanked)


def _boxes_of_words(
    content: bytes, start: int, end: int, depth: int
) -> Iterator[tuple[int, int, int]]:
    while start + 8 <= end:
        size = int.from_bytes(content[start : start + 4], "big")
        kind = content[start + 4 : start + 8]
        body = start + 8
        if size == 1:
            size = int.from_bytes(content[body : body + 8], "big")
            body += 8
        box_end = end if size == 0 else start + size
        if not body <= box_end <= end:
            return
        if kind in _WORDS:
            yield start, body, box_end
        elif kind in _HOLDERS and depth < _MAX_DEPTH:
            yield from _boxes_of_words(content, body, box_end, depth + 1)
        start = box_end
