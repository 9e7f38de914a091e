"""Office documents in ZIP containers: which type one is."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from shared.attachments.rejection import AttachmentRejected

MAX_ENTRIES = 5_000
MAX_UNPACKED = 300 * 1024 * 1024
"""The most bytes to which a document may say it unpacks; nothing here unpacks it, but its readers
do."""


def recognise_zip(content: bytes) -> str | None:
    """The media type of an OOXML or ODF document; None for any other ZIP.

    Raises `AttachmentRejected` (`unreadable`) if it is damaged.
    """
    with _opened(content) as archive:
        return _odf_type(archive) or _ooxml_type(archive)


def check_unpacked_size(content: bytes) -> None:
    """Refuse a ZIP that would unpack to too much.

    Raises `AttachmentRejected`: `too_complex` for more than 300 MB or too many files, `unreadable`
    if it is damaged.
    """
    with _opened(content) as archive:
        entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise AttachmentRejected("too_complex", "document unpacks to too much")


@contextmanager
def _opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise AttachmentRejected("unreadable", f"damaged ZIP container: {error}") from error


_OOXML = "application/vnd.openxmlformats-officedocument."
_OOXML_TYPES = {
    "wordprocessingml.document": b"application/vnd.ms-word.document.macroEnabled.main+xml",
    "spreadsheetml.sheet": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "presentationml.presentation": (
        b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
    ),
}
"""Types without macros, each with the same type with macros, which are taken out of a document."""
_ODF = "application/vnd.oasis.opendocument."
_ODF_TYPES = ("text", "spreadsheet", "presentation")


def _odf_type(archive: zipfile.ZipFile) -> str | None:
    declared = _beginning_of(archive, "mimetype").decode("ascii", "replace").strip()
    return declared if declared in {_ODF + kind for kind in _ODF_TYPES} else None


def _ooxml_type(archive: zipfile.ZipFile) -> str | None:
    types = _beginning_of(archive, "[Content_Types].xml")
    for kind, with_macros in _OOXML_TYPES.items():
        if f"{_OOXML}{kind}.main+xml".encode() in types or with_macros in types:
            return _OOXML + kind
    return None


def _beginning_of(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as entry:
            return entry.read(1024 * 1024)
    except KeyError:
        return b""
