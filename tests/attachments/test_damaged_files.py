"""A damaged file is said to be one: whichever byte is missing or wrong, nothing else happens."""

import io
import struct
from collections.abc import Iterator

import pillow_heif
import pytest

from shared.attachments.recognition import EXTENSIONS
from tests.attachments.documents import biff, compound, letter, open_text, pdf, workbook
from tests.intake.sample_files import WEBM, outcome, picture, recording, saved, sound
from tests.intake.test_authorship import song

MOST = 120
"""Places of a sample that are tried, evenly over it."""
REFUSALS = {"unreadable", "type_not_allowed", "too_complex", "too_many_pixels", "active_content"}


def page(body: bytes, *, first: bool = True) -> bytes:
    """A page of Ogg; the check sum is none."""
    head = (
        b"OggS\0" + (b"\2" if first else b"\0") + bytes(8) + b"abcd" + struct.pack("<I", not first)
    )
    return head + bytes(4) + b"\1" + bytes([len(body)]) + body


VORBIS = page(b"\x01vorbis" + bytes(4) + b"\1" + struct.pack("<I", 8000) + bytes(12) + b"\xb8\1")
OPUS = page(b"OpusHead\1\1" + bytes(9)) + page(b"OpusTags" + bytes(8), first=False)


def heic() -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(picture(32, 32)).save(target, quality=30)
    return target.getvalue()


SAMPLES = {
    "jpeg": saved(picture(), "JPEG"),
    "progressive": saved(picture(), "JPEG", progressive=True),
    "png": saved(picture(), "PNG"),
    "webp": saved(picture(), "WEBP"),
    "gif": saved(picture(), "GIF"),
    "heic": heic(),
    "pdf": pdf(lambda document, page: None),
    "docx": letter(""),
    "xlsx": workbook(),
    "odt": open_text(""),
    "doc": compound({"WordDocument": bytes(40)}),
    "xls": compound({"Workbook": biff((0x809, bytes(16)))}),
    "ppt": compound({"PowerPoint Document": bytes(40)}),
    "mp3": song(),
    "opus": OPUS,
    "wav": sound(),
    "aac": b"\xff\xf1\x50\x80" + bytes(40),
    "amr": b"#!AMR\n" + bytes(40),
    "mp4": recording(),
    "m4a": recording(b"M4A "),
    "webm": WEBM,
}


def damaged(content: bytes) -> Iterator[bytes]:
    """Cut off anywhere, and with a byte turned round anywhere."""
    step = max(1, len(content) // MOST)
    for at in range(0, len(content), step):
        yield content[:at]
        turned = bytearray(content)
        turned[at] ^= 0xFF
        yield bytes(turned)
        turned[at] ^= 0xFE  # the last bit alone
        yield bytes(turned)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", SAMPLES)
def test_any_damage_is_a_refusal_or_harmless(kind: str) -> None:
    assert outcome(SAMPLES[kind]) in EXTENSIONS
    said = {outcome(content) for content in damaged(SAMPLES[kind])}
    assert said <= {*EXTENSIONS, *REFUSALS}


def _patched(document: bytes, entry: str, offset: int, value: bytes) -> bytes:
    """The ZIP with bytes of the entry's head changed, in the file and in its directory."""
    changed = bytearray(document)
    at = document.index(b"PK\1\2")
    while document[at + 46 : at + 46 + len(entry)] != entry.encode():
        at = document.index(b"PK\1\2", at + 4)
    local = int.from_bytes(document[at + 42 : at + 46], "little")
    changed[at + offset + 2 : at + offset + 2 + len(value)] = value
    changed[local + offset : local + offset + len(value)] = value
    return bytes(changed)


@pytest.mark.parametrize(
    "content",
    [
        _patched(letter(""), "word/document.xml", 14, b"abcd"),  # check sum
        _patched(letter(""), "word/document.xml", 6, b"\1\0"),  # encrypted
        _patched(letter(""), "word/document.xml", 8, b"\x63\0"),  # a method nobody knows
        _patched(open_text(""), "content.xml", 14, b"abcd"),
        _patched(open_text(""), "content.xml", 6, b"\1\0"),
        _patched(workbook(), "xl/sheet1.xml", 8, b"\x0c\0"),  # bzip2, which it is not
        VORBIS + page(b"\x03vorbis" + bytes(40), first=False)[:47],
        VORBIS[:50],
        b"OggS" + b"\0" * 24 + b"OpusHead" + b"\0" * 64,
        b"OggS" + b"\0" * 24 + b"\x01vorbis" + b"\0" * 64,
        OPUS[:60],
    ],
    ids=range(11),
)
def test_a_file_whose_inside_is_damaged_is_unreadable(content: bytes) -> None:
    assert outcome(content) == "unreadable"
