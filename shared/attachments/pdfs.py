"""Writes PDFs anew without active content, embedded files and authors."""

import io
from typing import Any

import pikepdf

from shared.attachments.rejection import AttachmentRejected


def clean_pdf(content: bytes) -> bytes:
    """The cleaned PDF: pages, links to pages and mail addresses, and form fields stay.

    Raises `AttachmentRejected` (`unreadable`) if it is damaged or locked with a password.
    """
    cleaned = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for holder in (pdf.trailer, *pdf.objects):
                _clean(holder, 0)
            # The same PDF uploaded again gives the same file. Objects without a reference are not
            # written.
            pdf.save(cleaned, fix_metadata_version=False, deterministic_id=True)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise AttachmentRejected("unreadable", type(error).__name__) from error
    return cleaned.getvalue()


def _clean(value: Any, depth: int) -> None:
    """Clean what is directly in an object; what it refers to is an object of its own."""
    if depth > _DEEPEST:
        raise AttachmentRejected("unreadable", "nested too deeply")
    if isinstance(value, pikepdf.Array):
        for index in reversed(range(len(value))):
            inside = value[index]
            if _acts(inside):
                del value[index]
            elif not _is_elsewhere(inside):
                _clean(inside, depth + 1)
    elif isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        for key in list(value.keys()):
            if key in _DROPPED:
                del value[key]
                continue
            inside = value[key]
            is_dictionary = isinstance(inside, pikepdf.Dictionary)
            # Of an action `/URI` is an address; of a document it is where its addresses begin.
            if (
                _acts(inside)
                or (key == "/A" and not is_dictionary)
                or (key == "/URI" and is_dictionary)
            ):
                del value[key]
            elif not _is_elsewhere(inside):
                _clean(inside, depth + 1)


def _acts(value: Any) -> bool:
    """Whether this is an action other than going to a place, or a note with a file, film or
    sound."""
    if not isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    kind = value.get("/S")
    if isinstance(kind, pikepdf.Name) and (value.get("/Type") == "/Action" or kind in _ACTIONS):
        return kind not in ("/GoTo", "/Named", "/URI") or (kind == "/URI" and not _is_page(value))
    return value.get("/Subtype") in _ACTING_NOTES and "/Rect" in value


def _is_page(action: Any) -> bool:
    address = str(action.get("/URI", "")).strip().lower()
    return address.startswith(("http://", "https://", "mailto:", "tel:"))


def _is_elsewhere(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and value.is_indirect


_DEEPEST = 100
_DROPPED = frozenset(
    {
        *("/Info", "/Metadata", "/PieceInfo"),  # who, when, with what
        *("/OpenAction", "/AA", "/JS", "/JavaScript"),
        *("/EmbeddedFiles", "/EF", "/AF", "/Collection", "/XFA", "/RichMediaContent"),
        *("/RichMediaSettings", "/3DD", "/Movie", "/Sound", "/Next"),
        *("/AlternatePresentations", "/Renditions", "/SpiderInfo", "/URLS"),
    }
)
_ACTIONS = frozenset(
    {
        *("/GoTo", "/GoToR", "/GoToE", "/GoTo3DView", "/GoToDp", "/Launch", "/Thread", "/URI"),
        *("/Sound", "/Movie", "/Hide", "/Named", "/SubmitForm", "/ResetForm", "/ImportData"),
        *("/JavaScript", "/SetOCGState", "/Rendition", "/Trans", "/RichMediaExecute"),
    }
)
_ACTING_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
