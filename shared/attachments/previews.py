"""The sandbox's job that makes a picture small, for pages that show several."""

from pathlib import Path

from shared.attachments.remaking.pictures import flat_picture, memory_to_remake

SIDE = 480
"""Pixels of its longer side: twice what pages show, for screens that have so many."""


def make_preview(source: Path, target: Path, *, media_type: str, memory: int) -> dict[str, int]:
    """Write a JPEG; or tell, as `memory`, how many bytes that takes, where it is more than are
    given. Raises nearly anything on a damaged picture."""
    if (needed := memory_to_remake(source.read_bytes(), media_type)) > memory:
        return {"memory": needed}
    picture = flat_picture(source, media_type)
    picture.thumbnail((SIDE, SIDE))
    picture.save(target, format="JPEG", quality=82)
    return {}
