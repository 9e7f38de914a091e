"""What a refusal says about a file's type: which one it is, and what can be sent instead."""

from shared.attachments.recognition import EXTENSIONS
from shared.attachments.types_not_taken import FAMILIES
from shared.catalogue import Phrase


def type_refusal(type_name: str | None) -> Phrase:
    """The words about a type that is not taken, one of `FAMILIES` or None if not recognised."""
    if type_name is None:
        return _TAKEN
    instead = Phrase("file_type_instead", FAMILIES[type_name])
    return Phrase("file_type", "not_taken", {"type": type_name, "instead": instead})


def _extensions(beginning: str) -> str:
    """The usual extensions of the types taken whose media type begins so."""
    return ", ".join(
        usual.upper()
        for media_type, (usual, *_) in EXTENSIONS.items()
        if media_type.startswith(beginning) and usual != "pdf"
    )


_TAKEN = Phrase(
    "file_type",
    "taken",
    {
        "pictures": _extensions("image/"),
        "documents": _extensions("application/"),
        "sounds": _extensions("audio/"),
        "videos": _extensions("video/"),
    },
)
