"""The name of a stored file: the person's name for it, made harmless, with a fitting extension."""

import mimetypes
import unicodedata

from shared.attachments.recognition import EXTENSIONS

MAX_NAME = 120
"""The most characters of a name, with its extension."""


def file_name(declared: str, media_type: str) -> str:
    """A name without folders, control or direction characters, whose extension fits the content.

    A known extension that contradicts the content is replaced, an unknown one is kept as part of
    the name. Without a usable name it is `lampiran`.
    """
    name = declared.replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", "".join(c for c in name if _is_printable(c)))
    name = " ".join(name.split()).rstrip(". ")
    stem, dot, extension = name.rpartition(".")
    fitting = EXTENSIONS.get(media_type, ("bin",))
    if dot and extension.lower() in fitting:
        suffix = extension.lower()
    else:
        suffix = fitting[0]
        if not dot or mimetypes.guess_type(f"x.{extension}")[0] is None:
            stem = name
    stem = stem[: MAX_NAME - len(suffix) - 1].strip(". ")
    return f"{stem or 'lampiran'}.{suffix}"


def shown_name(declared: str) -> str:
    """A person's name for a file, made safe to show them in a sentence."""
    name = "".join(c for c in declared if _is_printable(c)).strip()
    return name if len(name) <= 60 else f"{name[:40]}…{name[-19:]}"


def plain_name(place: int, media_type: str) -> str:
    """A neutral name by the file's place: a reporter's file names often show who they are."""
    return file_name(f"lampiran-{place}", media_type)


def _is_printable(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
