"""The sandbox's job that makes a picture small, for pages with several pictures."""

from pathlib import Path

from shared.attachments.remaking.pictures import flat_picture, memory_to_remake

SIDE = 480
"""Pixels of the longer side: twice what pages show, for screens with a high resolution."""


def make_preview(source: Path, target: Path, *, media_type: str, memory: int) -> dict[str, int]:
    """Write a small JPEG.

    If that takes more memory than is given, return only that number of bytes, as `memory`. Raises
    nearly any error on a damaged picture.
    """
    if (needed := memory_to_remake(source.read_bytes(), media_type)) > memory:
        return {"memory": needed}
    picture = flat_picture(source, media_type)
    picture.thumbnail((SIDE, SIDE))
    picture.save(target, format="JPEG", quality=82)
    return {}
