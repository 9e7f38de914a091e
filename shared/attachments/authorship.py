"""Documents and sounds say who made them, on what and when: that is taken out.

What stays: pictures inside a document keep what they know; .doc, .xls, .ppt and .webm stay as they
are; a PDF's digital signature no longer fits.
"""

import io
import re
import zipfile
from collections.abc import Callable

import mutagen
import pikepdf

from shared.attachments.rejection import AttachmentRejected

Cleaning = Callable[[bytes], bytes]


def cleaning_of(media_type: str) -> Cleaning | None:
    """What takes the author out of this type; None where nothing does."""
    if media_type == "application/pdf":
        return _clean_pdf
    if media_type.startswith(("application/vnd.openxml", "application/vnd.oasis")):
        return _clean_zip
    if media_type in ("audio/mpeg", "audio/ogg"):
        return _clean_sound
    return None


def _clean_pdf(content: bytes) -> bytes:
    """Raises `AttachmentRejected` (`unreadable`) when damaged or locked with a password."""
    cleaned = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            holders = [one for one in pdf.objects if isinstance(one, _WITH_KEYS)]
            for holder in (pdf.trailer, *holders):
                for name in ("/Info", "/Metadata", "/PieceInfo"):
                    if name in holder:
                        del holder[name]
            # The same letter sent again is the same file.
            pdf.save(cleaned, fix_metadata_version=False, deterministic_id=True)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise AttachmentRejected("unreadable", type(error).__name__) from error
    return cleaned.getvalue()


def _clean_zip(content: bytes) -> bytes:
    """OOXML and ODF: properties emptied, names of commenters and editors blanked."""
    cleaned = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(cleaned, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after,
    ):
        for entry in before.infolist():
            words = before.read(entry)
            if entry.filename in _EMPTY:
                words = _EMPTY[entry.filename]
            elif entry.filename.endswith(".xml"):
                words = _NAME_ELEMENTS.sub(rb"\1\3", _NAMES.sub(rb"\1\3", words))
            # As it was: ODF wants its first entry uncompressed. The time says when it was made.
            kept = zipfile.ZipInfo(entry.filename)
            kept.compress_type = entry.compress_type
            kept.external_attr = entry.external_attr
            after.writestr(kept, words)
    return cleaned.getvalue()


def _clean_sound(content: bytes) -> bytes:
    """Tags (ID3, Vorbis comments) removed; what cannot be read as sound stays as it is."""
    file = io.BytesIO(content)
    try:
        sound = mutagen.File(file)
        if sound is not None and sound.tags is not None:
            file.seek(0)
            sound.delete(file)
    except mutagen.MutagenError:
        return content
    return file.getvalue()


_WITH_KEYS = (pikepdf.Dictionary, pikepdf.Stream)
_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = b"http://schemas.openxmlformats.org/"
_EMPTY = {
    "docProps/core.xml": _XML
    + b'<cp:coreProperties xmlns:cp="%spackage/2006/metadata/core-properties"/>' % _OFFICE,
    "docProps/app.xml": _XML
    + b'<Properties xmlns="%sofficeDocument/2006/extended-properties"/>' % _OFFICE,
    "docProps/custom.xml": _XML
    + b'<Properties xmlns="%sofficeDocument/2006/custom-properties"/>' % _OFFICE,
    "meta.xml": _XML
    + b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' office:version="1.3"/>',
}
# Who commented and who changed what.
_NAMES = re.compile(rb'((?:author|initials|displayName|userId)=")([^"]*)(")', re.ASCII)
_NAME_ELEMENTS = re.compile(
    rb"(<(?:author|dc:creator|meta:creator-initials|text:author-initials)>)([^<]*)(</)", re.ASCII
)
