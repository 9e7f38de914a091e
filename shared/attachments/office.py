"""Writes office documents (OOXML) anew, without active content.

A package is a web of parts. Only parts to which a known kind of relationship leads are copied. The
kinds that lead to macros, ActiveX, add-ins, embedded files, remote templates and pictures are not
known here, so those parts are left out, whatever their names are. References to them are removed
(`office_parts`).
"""

import io
import posixpath
import re
import zipfile
from urllib.parse import unquote

from shared.attachments.office_parts import cleaned_part, parsed, serialised
from shared.attachments.rejection import AttachmentRejected


def clean_office(content: bytes) -> bytes:
    """The document without active content and without its authors.

    A document with macros becomes one without. Raises `AttachmentRejected` (`unreadable`) if names
    of parts contradict each other, or nearly any error if the package is damaged.
    """
    cleaned = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(cleaned, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after,
    ):
        _Package(before, after).copy()
    return cleaned.getvalue()


class _Package:
    def __init__(self, before: zipfile.ZipFile, after: zipfile.ZipFile) -> None:
        self._before, self._after = before, after
        self._names: dict[str, zipfile.ZipInfo] = {}
        for entry in before.infolist():
            name = entry.filename.replace("\\", "/").lstrip("/").lower()
            if name in self._names:
                raise AttachmentRejected("unreadable", "two parts of one name")
            self._names[name] = entry
        self._kept: set[str] = set()

    def copy(self) -> None:
        waiting = [""]
        while waiting:
            part = waiting.pop()
            dropped, related = self._copy_relations(part)
            if part:
                self._copy_part(part, dropped)
            for name in related:
                if name not in self._kept:
                    self._kept.add(name)
                    waiting.append(name)
        self._copy_types()

    def _copy_relations(self, part: str) -> tuple[set[str], list[str]]:
        """Copy the relationships of a part ("" is the package) that may stay.

        Returns the ids of the others, and the parts to which the copied ones lead.
        """
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        entry = self._names.get(path)
        if entry is None:
            return set(), []
        root = parsed(self._read(entry))
        dropped: set[str] = set()
        related: list[str] = []
        for relation in list(root):
            kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
            target = relation.get("Target") or ""
            if (relation.get("TargetMode") or "").lower() == "external":
                if kind == "hyperlink":
                    relation.set("Target", target if harmless(target) else "about:blank")
                    continue
            elif kind in _KNOWN:
                inside = posixpath.normpath(
                    posixpath.join("/", folder, unquote(target.split("#")[0]).lower())
                ).lstrip("/")
                there = self._names.get(inside)
                if there is None or kind == "hyperlink":
                    continue  # leads nowhere, or to a place in the document
                if kind != "image" or self._is_picture(there):
                    related.append(inside)
                    continue
            dropped.add(relation.get("Id") or "")
            root.remove(relation)
        self._write(entry.filename, serialised(root))
        return dropped, related

    def _copy_part(self, part: str, dropped: set[str]) -> None:
        entry = self._names[part]
        content = self._read(entry)
        if part in _EMPTY:
            content = _EMPTY[part]
        elif content[:100].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").startswith(_XML_BEGINS):
            content = cleaned_part(content, dropped)
        elif dropped:
            raise AttachmentRejected("unreadable", "a part that is no XML leads on")
        self._write(entry.filename, content)

    def _copy_types(self) -> None:
        """Copy the types of the parts that stay; a document with macros gets the type of one
        without."""
        root = parsed(self._read(self._names["[content_types].xml"]))
        for declared in list(root):
            name = (declared.get("PartName") or "").lstrip("/").lower()
            if name and name not in self._kept:
                root.remove(declared)
                continue
            kind = declared.get("ContentType") or ""
            if kind in _WITH_MACROS:
                declared.set("ContentType", _WITH_MACROS[kind])
            elif "vba" in kind.lower() or "macro" in kind.lower():
                declared.set("ContentType", "application/octet-stream")
        self._write("[Content_Types].xml", serialised(root))

    def _is_picture(self, entry: zipfile.ZipInfo) -> bool:
        with self._before.open(entry) as file:
            head = file.read(64)
        return head.startswith(_PICTURES) or head[40:44] == b" EMF"

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        return self._before.read(entry)

    def _write(self, name: str, content: bytes) -> None:
        # Without the time, which says when it was made.
        entry = zipfile.ZipInfo(name.replace("\\", "/").lstrip("/"))
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._after.writestr(entry, content)


def harmless(target: str) -> bool:
    """Whether following this address only shows a page or begins a letter."""
    return bool(re.match(r"(?:https?://|mailto:|tel:|#)", target.strip(), re.IGNORECASE))


_KNOWN = frozenset(
    """
    officeDocument core-properties extended-properties hyperlink image theme themeOverride
    styles stylesWithEffects fontTable font settings webSettings numbering footnotes endnotes
    header footer comments commentsExtended commentsIds commentsExtensible people glossaryDocument
    chart chartUserShapes chartStyle chartColorStyle chartEx drawing vmlDrawing
    diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing
    worksheet chartsheet sharedStrings table tableSingleCells threadedComment person sheetMetadata
    pivotTable pivotCacheDefinition pivotCacheRecords slicer slicerCache timeline timelineCache
    slide slideLayout slideMaster notesSlide notesMaster handoutMaster presProps viewProps
    tableStyles commentAuthors authors tags
    """.split()
)
"""The last word of a relationship's type, in transitional and strict documents alike. calcChain,
printerSettings, customXml and thumbnail are left out on purpose: programs make them anew or do
without."""
_PICTURES = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"),
    *(b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00\x00\x03"),  # WMF; EMF says so further on
)
_OOXML = "application/vnd.openxmlformats-officedocument."
_WITH_MACROS = {
    "application/vnd.ms-word.document.macroEnabled.main+xml": (
        f"{_OOXML}wordprocessingml.document.main+xml"
    ),
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml": (
        f"{_OOXML}spreadsheetml.sheet.main+xml"
    ),
    "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml": (
        f"{_OOXML}presentationml.presentation.main+xml"
    ),
}
_XML_BEGINS = (b"<", b"\xff\xfe", b"\xfe\xff")
_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = b"http://schemas.openxmlformats.org/"
_EMPTY = {
    "docprops/core.xml": _XML
    + b'<cp:coreProperties xmlns:cp="%spackage/2006/metadata/core-properties"/>' % _OFFICE,
    "docprops/app.xml": _XML
    + b'<Properties xmlns="%sofficeDocument/2006/extended-properties"/>' % _OFFICE,
}
