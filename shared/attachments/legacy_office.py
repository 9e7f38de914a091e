"""Word, Excel and PowerPoint 97–2003: which type a document is, and whether it has active
content."""

import io
import struct

import olefile

from shared.attachments.rejection import AttachmentRejected


def recognise_ole(content: bytes) -> str | None:
    """The media type of such a document; None for other OLE files.

    Raises `AttachmentRejected` (`unreadable`) if it is damaged or locked with a password.
    """
    streams = {name.lower() for path in _paths(content) for name in path}
    if "encryptedpackage" in streams:
        raise AttachmentRejected("unreadable", "document locked with a password")
    for stream, media_type in _STREAMS:
        if stream in streams:
            return media_type
    return None


def refuse_active(content: bytes) -> bytes:
    """The document unchanged, if it has no active content, which cannot be taken out of it.

    Raises `AttachmentRejected` (`active_content`) for macros (also of Excel 4), embedded files,
    ActiveX, or fields that start another program.
    """
    streams = {name.lower() for path in _paths(content) for name in path}
    if (
        streams & _ACTING
        or _utf16("_VBA_PROJECT") in content
        or any(_is_object(s) for s in streams)
    ):
        raise AttachmentRejected("active_content", "macros or embedded files")
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        for name, acts in (
            ("WordDocument", _fetches),
            ("Workbook", _has_macro_sheet),
            ("Book", _has_macro_sheet),
            ("PowerPoint Document", _has_objects),
        ):
            if ole.exists(name) and acts(ole.openstream(name).read()):
                raise AttachmentRejected("active_content", f"in {name}")
    return content


def _paths(content: bytes) -> list[list[str]]:
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        paths: list[list[str]] = ole.listdir(streams=True, storages=True)
    return paths


def _is_object(name: str) -> bool:
    return name.startswith(("\x01ole10native", "mbd0", "lnk0"))


def _fetches(document: bytes) -> bool:
    """Whether a Word field starts a program or includes content from elsewhere."""
    if len(document) > 11 and document[11] & 1:
        raise AttachmentRejected("unreadable", "document locked with a password")
    begins = [w.encode(c) for w in _FIELDS for c in ("latin-1", "utf-16-le")]
    compact = document.upper()
    return any(begin in compact for begin in begins)


def _has_macro_sheet(book: bytes) -> bool:
    """Whether BIFF records have a sheet of Excel 4 macros, a VBA module, or a link to a program
    (DDE, OLE)."""
    at = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        body = book[at + 4 : at + 4 + size]
        if kind == _BOUNDSHEET and len(body) >= 6 and body[5] in (1, 6):
            return True
        # Paths of workbooks begin with 1; a program and its topic have 3 between them.
        if kind == _SUPBOOK and body[5:6] not in (b"", b"\0", b"\1", b"\2") and b"\3" in body[5:]:
            return True
        if kind == _OBPROJ:
            return True
        if kind == _FILEPASS:
            raise AttachmentRejected("unreadable", "document locked with a password")
        at += 4 + size
    return False


def _has_objects(document: bytes) -> bool:
    """Whether PowerPoint records have an embedded object, control or VBA project, packed or not."""
    at = 0
    while at + 8 <= len(document):
        version, kind, size = struct.unpack_from("<HHI", document, at)
        if kind in _PPT_OBJECTS:
            return True
        at += 8 if version & 0xF == 0xF else 8 + size
    return False


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


_STREAMS = (
    ("worddocument", "application/msword"),
    ("powerpoint document", "application/vnd.ms-powerpoint"),
    ("workbook", "application/vnd.ms-excel"),
    ("book", "application/vnd.ms-excel"),
)
_ACTING = frozenset(
    {"macros", "_vba_project_cur", "_vba_project", "vba", "objectpool", "package", "ocxname"}
)
_FIELDS = ("DDEAUTO", "DDE ", "INCLUDETEXT", "INCLUDEPICTURE", "MACROBUTTON", "\x13IMPORT ")
_BOUNDSHEET, _SUPBOOK, _OBPROJ, _FILEPASS = 0x0085, 0x01AE, 0x00D3, 0x002F
_PPT_OBJECTS = frozenset({0x1011, 0x0FEE, 0x0FCC, 0x0FCE})
"""Stored objects (a VBA project is one), controls, embedded and linked objects."""
