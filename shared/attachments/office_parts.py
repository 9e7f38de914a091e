"""Cleans one XML part of an office document of references to things that act, fetch or name
people."""

import re

from lxml import etree

from shared.attachments.rejection import AttachmentRejected

MOST_PARSED = 6 * 1024 * 1024
"""The most bytes of a part that is read into memory as a tree, which is some fifteen times as
large."""


def cleaned_part(content: bytes, dropped: set[str]) -> bytes:
    """The cleaned part; `dropped` are the ids of its relationships that were removed.

    Raises `AttachmentRejected`: `unreadable` if it is no XML as office programs write it,
    `too_complex` if it is too large for removing more than cells and names.
    """
    if len(content) > MOST_PARSED:
        return _cleaned_in_passing(content, dropped)
    try:
        root = parsed(content)
    except etree.XMLSyntaxError:
        if _VML.encode() not in content:
            raise
        root = parsed(content, recover=True)  # offices write drawings with unclosed <br>
    _drop_references(root, dropped)
    _drop_fields(root)
    for element in list(root.iter(etree.Element)):
        _clean(element)
    return _without_names(serialised(root))


def parsed(content: bytes, *, recover: bool = False) -> "etree._Element":
    """The root element. Entities and document types, which no office writes, are `unreadable`."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=recover
    )
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.doctype:
        raise AttachmentRejected("unreadable", "XML with a document type")
    for kind in (etree.ProcessingInstruction, etree.Comment):
        for node in list(root.iter(kind)):
            _remove(node)
    return root


def serialised(root: "etree._Element") -> bytes:
    """The tree as UTF-8, without anything beside the root element."""
    written: bytes = etree.tostring(root, encoding="UTF-8", standalone=True, with_tail=False)
    return written


def _drop_references(root: "etree._Element", dropped: set[str]) -> None:
    for element in list(root.iter(etree.Element)):
        for name, value in list(element.attrib.items()):
            if not (_is_reference(str(name)) and value in dropped):
                continue
            if _local(element) in _LIVES_WITHOUT:
                del element.attrib[name]
            elif element.getroottree().getroot() is root:  # not gone with one before
                _drop_whole(element)


def _drop_whole(element: "etree._Element") -> None:
    """Remove the element, or the one around it that makes no sense without it.

    The picture that stands for an embedded object stays.
    """
    whole = element
    for above in element.iterancestors():
        if _local(above) in _AROUND.get(_local(element), ()):
            whole = above
    parent = whole.getparent()
    if parent is None:
        raise AttachmentRejected("unreadable", "nothing of the part is left")
    if _local(whole) == "graphicFrame":
        for shown in whole.iter(f"{{{etree.QName(whole).namespace}}}pic"):
            shown.tail = whole.tail
            parent.replace(whole, shown)
            return
    _remove(whole)
    if _local(parent) in _NEVER_EMPTY and not len(parent):
        _remove(parent)


def _drop_fields(root: "etree._Element") -> None:
    """Remove the instructions of text fields that fetch or start something; their last result
    stays.

    An instruction can be spread over many pieces, and contain other fields.
    """
    open_fields: list[list[etree._Element]] = []
    for element in root.iter(etree.Element):
        name = _local(element)
        if name == "fldSimple":
            for key, value in element.attrib.items():
                if etree.QName(key).localname == "instr" and not _may_run(str(value)):
                    element.set(key, "")
        elif name in ("instrText", "delInstrText"):
            if open_fields:
                open_fields[-1].append(element)
            else:
                element.text = ""
        elif name == "fldChar":
            state = next((str(v) for k, v in element.attrib.items() if k.endswith("Type")), "")
            if state == "begin":
                open_fields.append([])
            elif open_fields:
                pieces = open_fields[-1]
                if not _may_run("".join(piece.text or "" for piece in pieces)):
                    for piece in pieces:
                        piece.text = ""
                if state == "end":
                    open_fields.pop()
    for pieces in open_fields:
        for piece in pieces:
            piece.text = ""


def _may_run(instruction: str) -> bool:
    words = instruction.split()
    if not words or words[0].upper() not in _FIELDS:
        return False
    # A link may lead to a page or within the document, not to a file or another program.
    return words[0].upper() != "HYPERLINK" or not _LEADS_ELSEWHERE.search(
        re.sub(r"(?i)https?://|mailto:", "", instruction)
    )


def _clean(element: "etree._Element") -> None:
    name, space = _local(element), str(etree.QName(element).namespace or "")
    if name in _NEVER or (space in _SHEETS and name in _FORMULAS and _acts(element.text or "")):
        _remove(element)
        return
    for key, value in list(element.attrib.items()):
        attribute, text = etree.QName(key).localname, str(value).strip().lower()
        runs = attribute == "action" and text.startswith(_RUNS)
        fetches = space == _VML and attribute == "src"
        leads = space == _VML and attribute in ("href", "althref") and not text.startswith("http")
        handles = attribute.lower() in ("macro", "onaction", "fmlamacro") and text
        if runs or fetches or leads or handles:
            del element.attrib[key]
    if _local(element) in ("FmlaMacro", "FmlaTxbx"):
        _remove(element)


def _acts(formula: str) -> bool:
    """Whether a formula refers to another program, document or place. Its last value stays."""
    return bool(_ACTING.search(formula))


def _cleaned_in_passing(content: bytes, dropped: set[str]) -> bytes:
    """Like `cleaned_part` for the cells of a large sheet, without a tree."""
    head = content[:1000].lower()
    declared = re.search(rb"encoding=[\"']([^\"']*)", head)
    plain = declared is None or declared[1] in (b"utf-8", b"us-ascii")
    if not plain or head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!doctype" in content.lower():
        raise AttachmentRejected("too_complex", "a large part in another encoding")
    content = _PAGE_SETUP.sub(rb"\1", content)
    for id in dropped:
        if re.search(rb":\w+\s*=\s*[\"']%s[\"']" % re.escape(id.encode()), content):
            raise AttachmentRejected("too_complex", "a large part with things that act")
    if re.search(rb"instrText|fldSimple", content):
        raise AttachmentRejected("too_complex", "a large part with fields")
    return _without_names(_FORMULA.sub(_kept_formula, content))


def _kept_formula(match: "re.Match[bytes]") -> bytes:
    formula = match[2].decode("utf-8", "replace")
    acts = _acts(formula) or "&#" in formula or "<" in formula
    return b"" if acts else match[0]


def _without_names(content: bytes) -> bytes:
    """The part without the names of people who commented or changed something."""
    return _NAME_ELEMENTS.sub(rb"\1\3", _NAMES.sub(rb"\1\3", content))


def _is_reference(attribute: str) -> bool:
    space, _, _ = attribute.rpartition("}")
    return space.endswith("/relationships")


def _local(element: "etree._Element") -> str:
    return str(etree.QName(element).localname)


def _remove(element: "etree._Element") -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LIVES_WITHOUT = _words("pageSetup blip imagedata shape fill stroke image")
_AROUND = {
    "oleObj": ("graphicFrame",),
    "oleObject": ("oleObjects",),
    "control": ("controls",),
    "externalReference": (),
}
_NEVER_EMPTY = _words("externalReferences oleObjects controls sheets custDataLst")
_NEVER = _words("mailMerge ddeLink webPublishing oleLink fileRecoveryPr")
_SHEETS = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main",
        "http://schemas.microsoft.com/office/excel/2006/main",
    }
)
_VML = "urn:schemas-microsoft-com:vml"
_FORMULAS = _words("f definedName formula formula1 formula2 calculatedColumnFormula")
_RUNS = ("ppaction://program", "ppaction://macro", "ppaction://ole")
_FIELDS = _words(
    """
    PAGE NUMPAGES SECTION SECTIONPAGES PAGEREF REF NOTEREF TOC TC XE INDEX SEQ STYLEREF HYPERLINK
    DATE TIME CREATEDATE SAVEDATE PRINTDATE EDITTIME TITLE SUBJECT KEYWORDS NUMWORDS NUMCHARS
    FORMTEXT FORMCHECKBOX FORMDROPDOWN MERGEFIELD SYMBOL EQ LISTNUM AUTONUM AUTONUMLGL CITATION
    BIBLIOGRAPHY GOTOBUTTON ADVANCE
    """
)
_LEADS_ELSEWHERE = re.compile(r"[A-Za-z][\w.+-]+:|\\\\|//")
_ACTING = re.compile(
    r"\||\[\d|\bDDE|\\\\|file:|javascript:"
    r"|\b(?:WEBSERVICE|FILTERXML|CALL|EXEC|REGISTER(?:\.ID)?|RTD|IMAGE|SQL\.REQUEST|INITIATE"
    r"|CUBE\w+)\s*\(|Auto_?(?:Open|Close|Activate|Deactivate)",
    re.IGNORECASE,
)
_FORMULA = re.compile(
    rb"<((?:[\w-]+:)?(?:f|formula[12]?|definedName))(?:\s[^>]*)?(?<!/)>(.*?)</\1\s*>", re.DOTALL
)
_PAGE_SETUP = re.compile(
    rb"(<(?:[\w-]+:)?pageSetup\b[^>]*?)\s[\w-]+:id\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.ASCII
)
_NAMES = re.compile(
    rb"((?:author|initials|displayName|userId|userName|providerId)=\")([^\"]*)(\")", re.ASCII
)
_NAME_ELEMENTS = re.compile(rb"(<(?:[\w-]+:)?(?:author|creator)>)([^<]*)(</)", re.ASCII)
