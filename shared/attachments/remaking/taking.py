"""Takes in a file of an anonymous report: identifies it, and remakes it if that is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.attachments.inspection import room
from shared.attachments.rejection import AttachmentRejected
from shared.attachments.remaking.names import IDENTIFY_TYPE, JOB, UNKNOWN
from shared.attachments.sandbox import OPENING, PICTURES, Sandbox


@dataclass(frozen=True, slots=True)
class Taken:
    """The result. `remade` is the type of the remade file, if it was remade."""

    media_type: str
    state: Literal["pending", "remade", "sealed"]
    remade: str | None = None
    sealed_because: str | None = None


async def take(sandbox: Sandbox, source: Path, target: Path) -> Taken:
    """Identify and, if possible, remake the file. A file that takes too much here waits.

    In the background it has more time. Raises `AttachmentRejected` for a damaged file or a type
    that is never accepted, and `SandboxBusy`.
    """
    try:
        made = await sandbox.run(JOB, source, target, memory=room(OPENING), hurried=True)
        if "memory" in made:
            if made["memory"] > room(PICTURES):
                return Taken(made["media_type"], "sealed", sealed_because="too_complex")
            made = await sandbox.run(
                JOB, source, target, limits=PICTURES, memory=made["memory"], hurried=True
            )
    except AttachmentRejected as refused:
        if refused.code != "too_complex":
            raise
        return Taken(await _type_of(sandbox, source, target), "pending")
    if "waits" in made:
        return Taken(made["media_type"], "pending")
    if "sealed" in made:
        return Taken(made["media_type"], "sealed", sealed_because=made["sealed"])
    return Taken(made["media_type"], "remade", remade=made["remade"])


async def _type_of(sandbox: Sandbox, source: Path, target: Path) -> str:
    try:
        media_type: str = await sandbox.run(IDENTIFY_TYPE, source, target)
    except AttachmentRejected:
        return UNKNOWN
    return media_type
