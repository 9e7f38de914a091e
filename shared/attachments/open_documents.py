"""Writes OpenDocument files (odt, ods, odp) anew without active content, remote content and
names."""

import io
import re
import zipfile

from lxml import etree

from shared.attachments.office_parts import parsed, serialised
from shared.attachments.rejection import AttachmentRejected

MOST_PARSED = 8 * 1024 * 1024
"""The most bytes of a document's text, which is one file and is read into memory as a tree."""


def clean_open_document(content: bytes) -> bytes:
    """The document with its text, styles and pictures.

    Scripts, embedded programs and files, remote pictures, links to other documents, and the authors
    are left out. Raises `AttachmentRejected` (`unreadable`, `too_complex`), or nearly any error if
    it is damaged.
    """
    cleaned = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(cleaned, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after,
    ):
        names = [entry.filename for entry in before.infolist()]
        if len(set(map(str.lower, names))) != len(names):
            raise AttachmentRejected("unreadable", "two parts of one name")
        kept = [name for name in names if _KEPT.fullmatch(name)]
        for name in ("mimetype", *(inside for inside in kept if inside != "mimetype")):
            part = _cleaned(before, name, set(kept))
            if part is None:
                continue
            entry = zipfile.ZipInfo(name)  # without the time, which says when it was made
            # The format wants its first entry uncompressed.
            stored = name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            after.writestr(entry, part)
    return cleaned.getvalue()


def _cleaned(archive: zipfile.ZipFile, name: str, kept: set[str]) -> bytes | None:
    content = archive.read(name)
    if name == "meta.xml":
        return _NO_META
    if name.endswith(".xml"):
        if len(content) > MOST_PARSED:
            raise AttachmentRejected("too_complex", "a document of more words than a tree can hold")
        return _cleaned_words(content, kept | {f"{part.split('/')[0]}" for part in kept})
    if name == "mimetype" or content.startswith(_PICTURES) or content[40:44] == b" EMF":
        return content
    return None


def _cleaned_words(content: bytes, kept: set[str]) -> bytes:
    root = parsed(content)
    for element in list(root.iter(etree.Element)):
        parent = element.getparent()
        name = etree.QName(element).localname
        path = _attribute(element, "full-path")
        gone = path is not None and path != "/" and path.rstrip("/") not in kept
        if parent is not None and (name in _ACTING or gone):
            _remove(element, parent)
            continue
        if name in _NAMES:
            element.text = ""
        for key, value in list(element.attrib.items()):
            attribute, text = etree.QName(key).localname, str(value)
            leads = attribute == "href" and not _stays(text, name, kept)
            calls = attribute in ("formula", "condition", "expression") and _CALLING.search(text)
            if leads or calls:
                del element.attrib[key]
    return serialised(root)


def _stays(target: str, element: str, kept: set[str]) -> bool:
    """Whether a link may stay: to a page that a person follows, a place in the document, or a part
    of it."""
    if target.startswith("#") or target.removeprefix("./").rstrip("/") in kept:
        return True
    return element == "a" and bool(re.match(r"(?i)(?:https?://|mailto:|tel:)", target.strip()))


def _attribute(element: "etree._Element", name: str) -> str | None:
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith(f"}}{name}")), None)


def _remove(element: "etree._Element", parent: "etree._Element") -> None:
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


_KEPT = re.compile(
    r"mimetype|META-INF/manifest\.xml|(?:content|styles|settings|meta)\.xml"
    r"|(?:Pictures|media|ObjectReplacements)/[^/]+"
    r"|Object \d+/(?:content|styles|settings|meta)\.xml"
)
_ACTING = frozenset(
    """
    scripts script event-listeners event-listener plugin applet floating-frame object-ole
    dde-connection-decls dde-connection-decl dde-source dde-links dde-link execute-macro
    database-display database-next database-row-select database-row-number table-source
    cell-range-source section-source forms external-data
    database-source-sql database-source-table database-source-query source-service data-mappings
    """.split()
)
"""Local names of elements that run something, load other documents, or ask other programs."""
_NAMES = frozenset({"creator", "initial-creator", "creator-initials", "author-initials"})
_CALLING = re.compile(r"(?i)\b(?:webservice|dde|filterxml|call|exec)\s*\(|file:|\\\\|\|")
_PICTURES = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"),
    *(b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00\x00\x03", b"VCLMTF"),
)
_NO_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' office:version="1.3"/>'
)
