"""Types that are recognised but not accepted as attachments, with their usual names for the
refusal."""

import codecs
import io
import unicodedata
import zipfile
from typing import Literal

import filetype  # type: ignore[import-untyped]

Family = Literal["picture", "sound", "video", "document", "archive", "other"]

FAMILIES: dict[str, Family] = {
    **dict.fromkeys(
        ("AVIF", "BMP", "CR2", "CR3", "ICO", "JPEG 2000", "JPEG XL", "JPEG XR", "PSD", "SVG"),
        "picture",
    ),
    **dict.fromkeys(("TIFF", "XCF"), "picture"),
    **dict.fromkeys(("AIFF", "FLAC", "MIDI", "Ogg"), "sound"),
    **dict.fromkeys(("AVI", "FLV", "MKV", "MPEG", "OGV", "WMV"), "video"),
    **dict.fromkeys(
        ("DICOM", "DWG", "EPUB", "HTML", "Office", "OLE", "OpenDocument", "PostScript", "RTF"),
        "document",
    ),
    **dict.fromkeys(
        ("7z", "AR", "BZIP2", "CAB", "DEB", "GZIP", "LZ4", "LZIP", "LZOP", "RAR", "RPM", "TAR"),
        "archive",
    ),
    **dict.fromkeys(("XZ", "Z", "ZIP", "Zstandard"), "archive"),
    **dict.fromkeys(("EXE", "ELF", "SQLite", "SWF", "WebAssembly"), "other"),
}
"""Each name with the kind of file that people know it as, which decides what they can send
instead."""


def name_of_type(content: bytes) -> str | None:
    """The name of the content's type, one of `FAMILIES`; None if it is not recognised."""
    if content.startswith(b"PK"):
        return _zip_name(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "OLE"
    if content.startswith(b"OggS"):
        return _first_of(_OGG_CODECS, content[:128]) or "Ogg"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "MKV"
    if content[4:8] == b"ftyp":
        return _first_of(_ISO_BRANDS, content[8 : min(int.from_bytes(content[:4], "big"), 128)])
    if (text := _text_of(content)) is not None:
        return _text_name(text)
    return _SIGNATURE_NAMES.get(content[4:8]) or _guessed_name(content)


def behind_id3(content: bytes) -> bytes:
    """The four bytes after an ID3v2 tag; none without a tag (id3.org, ID3v2.4 §3.1).

    Such a tag begins an MP3, but may also begin other sounds.
    """
    if not content.startswith(b"ID3"):
        return b""
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return content[10 + size : 14 + size]


_ISO_BRANDS = {b"avif": "AVIF", b"avis": "AVIF", b"crx ": "CR3"}
BRANDS_NOT_TAKEN = frozenset(_ISO_BRANDS)
"""Major brands of pictures that also declare a compatible video brand."""

_OGG_CODECS = {b"theora": "OGV", b"\x7fFLAC": "FLAC"}
_SIGNATURE_NAMES = {b"jP  ": "JPEG 2000", b"JXL ": "JPEG XL"}
_GUESSED_NAMES = {
    "image/jpx": "JPEG 2000",
    "image/x-canon-cr2": "CR2",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/vnd.ms-photo": "JPEG XR",
    "image/vnd.adobe.photoshop": "PSD",
    "image/x-icon": "ICO",
    "image/vnd.dwg": "DWG",
    "image/x-xcf": "XCF",
    "application/dicom": "DICOM",
    "audio/midi": "MIDI",
    "audio/x-flac": "FLAC",
    "audio/x-aiff": "AIFF",
    "video/x-msvideo": "AVI",
    "video/x-ms-wmv": "WMV",
    "video/x-flv": "FLV",
    "video/mpeg": "MPEG",
    "application/x-tar": "TAR",
    "application/x-rar-compressed": "RAR",
    "application/gzip": "GZIP",
    "application/x-bzip2": "BZIP2",
    "application/x-7z-compressed": "7z",
    "application/vnd.ms-cab-compressed": "CAB",
    "application/x-xz": "XZ",
    "application/x-deb": "DEB",
    "application/x-unix-archive": "AR",
    "application/x-compress": "Z",
    "application/x-lzop": "LZOP",
    "application/x-lzip": "LZIP",
    "application/x-lz4": "LZ4",
    "application/zstd": "Zstandard",
    "application/x-rpm": "RPM",
    "application/x-msdownload": "EXE",
    "application/x-executable": "ELF",
    "application/x-sqlite3": "SQLite",
    "application/x-shockwave-flash": "SWF",
    "application/wasm": "WebAssembly",
}


def _zip_name(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            declared = b""
            if "mimetype" in names:
                with archive.open("mimetype") as entry:
                    declared = entry.read(100)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError):
        return "ZIP"
    if declared.startswith(b"application/epub"):
        return "EPUB"
    if declared.startswith(b"application/vnd.oasis.opendocument."):
        return "OpenDocument"
    return "Office" if "[Content_Types].xml" in names else "ZIP"


def _text_of(content: bytes) -> str | None:
    """The beginning of a UTF-8 text; None for anything else."""
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(content[:8192])
    except UnicodeDecodeError:
        return None
    printable = all(c in "\t\n\r\f" or unicodedata.category(c) != "Cc" for c in text)
    return text if printable else None


def _text_name(text: str) -> str | None:
    if text.startswith("{\\rtf"):
        return "RTF"
    if text.startswith("%!PS"):
        return "PostScript"
    beginning = text.lstrip()[:1024].lower()
    if not beginning.startswith("<"):
        return None
    if "<svg" in beginning:
        return "SVG"
    return "HTML" if "<html" in beginning or "<!doctype html" in beginning else None


def _guessed_name(content: bytes) -> str | None:
    if behind_id3(content) == b"fLaC":
        return "FLAC"
    guessed = filetype.guess(content[:8192])
    return _GUESSED_NAMES.get(guessed.mime) if guessed else None


def _first_of(names: dict[bytes, str], head: bytes) -> str | None:
    return next((name for mark, name in names.items() if mark in head), None)
