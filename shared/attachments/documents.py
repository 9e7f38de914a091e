"""Office documents: which one a ZIP or OLE container is. Those with macros are refused."""

import io
import zipfile
import zlib

from shared.attachments.rejection import AttachmentRejected

MAX_ENTRIES = 5_000
MAX_UNPACKED = 300 * 1024 * 1024
"""Bytes a document may claim to unpack to; nothing here unpacks it, but its readers will."""


def recognise_zip(content: bytes) -> str | None:
    """The media type of an OOXML or ODF document; None for any other ZIP.

    Raises `AttachmentRejected`: `type_not_allowed` with macros, `unreadable` when damaged,
    `too_complex` when it would unpack to more than 300 MB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _document_in(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise AttachmentRejected("unreadable", f"damaged ZIP container: {error}") from error


def recognise_ole(content: bytes) -> str | None:
    """The media type of a Word, Excel or PowerPoint 97–2003 document; None for other OLE files.

    Raises `AttachmentRejected`: `type_not_allowed` with macros, `unreadable` with a password.
    """
    if _utf16("EncryptedPackage") in content:
        raise AttachmentRejected("unreadable", "document locked with a password")
    if _utf16("_VBA_PROJECT") in content:
        raise AttachmentRejected("type_not_allowed", "document with macros")
    for stream, media_type in _OLE_STREAMS:
        if _utf16(stream) in content:
            return media_type
    return None


_OLE_STREAMS = (
    ("WordDocument", "application/msword"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("Workbook", "application/vnd.ms-excel"),
)
_OOXML = "application/vnd.openxmlformats-officedocument."
_OOXML_TYPES = ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
_ODF = "application/vnd.oasis.opendocument."
_ODF_TYPES = ("text", "spreadsheet", "presentation")
# Macros: a VBA project in OOXML, Basic libraries and scripts in ODF.
_MACRO_SUFFIX = "vbaproject.bin"
_MACRO_FOLDERS = ("basic/", "scripts/")


def _document_in(archive: zipfile.ZipFile) -> str | None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise AttachmentRejected("too_complex", "document unpacks to too much")
    names = [entry.filename.lower().lstrip("/") for entry in entries]
    media_type = _odf_type(archive) or _ooxml_type(archive)
    if media_type and any(
        name.endswith(_MACRO_SUFFIX) or name.startswith(_MACRO_FOLDERS) for name in names
    ):
        raise AttachmentRejected("type_not_allowed", "document with macros")
    return media_type


def _odf_type(archive: zipfile.ZipFile) -> str | None:
    declared = _beginning_of(archive, "mimetype").decode("ascii", "replace").strip()
    return declared if declared in {_ODF + kind for kind in _ODF_TYPES} else None


def _ooxml_type(archive: zipfile.ZipFile) -> str | None:
    types = _beginning_of(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise AttachmentRejected("type_not_allowed", "document with macros")
    for kind in _OOXML_TYPES:
        if f"{_OOXML}{kind}.main+xml".encode() in types:
            return _OOXML + kind
    return None


def _beginning_of(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as entry:
            return entry.read(1024 * 1024)
    except KeyError:
        return b""


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
