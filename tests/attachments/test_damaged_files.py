"""A damaged file is said to be one: whichever byte is missing or wrong, nothing else happens."""

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import pillow_heif
import pytest

from shared.attachments.recognition import EXTENSIONS
from tests.attachments.documents import biff, compound, letter, open_text, pdf, workbook
from tests.intake.sample_files import inspected, outcome, picture, saved, sound
from tests.intake.test_authorship import song
from tests.privacy import marked_files

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


def index_first(content: bytes) -> bytes:
    """The same sound with its index before the samples, as recorders that stream write it."""
    options = {"movflags": "+faststart"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.m4a"
        with (
            av.open(io.BytesIO(content)) as sent,
            av.open(str(path), "w", format="ipod", options=options) as made,
        ):
            track = made.add_stream_from_template(sent.streams.audio[0])
            for packet in sent.demux(sent.streams.audio[0]):
                if packet.dts is not None:
                    packet.stream = track
                    made.mux(packet)
        return path.read_bytes()


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
    "ogg": marked_files.ogg(),
    "wav": sound(),
    "aac": marked_files.aac(),
    "amr": marked_files.amr(),
    "m4a": marked_files.m4a(),
    "m4a, index first": index_first(marked_files.m4a()),
    "mp4": marked_files.mp4(),
    "3gp": marked_files.threegp(),
    "mov": marked_files.mov(),
    "webm": marked_files.webm(),
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
    outcomes = {outcome(content) for content in damaged(SAMPLES[kind])}
    assert outcomes <= {*EXTENSIONS, *REFUSALS}


SOUNDS = ("mp3", "ogg", "wav", "aac", "amr", "m4a", "m4a, index first")


@pytest.mark.parametrize("kind", SOUNDS)
def test_a_sound_that_was_cut_off_is_unreadable_or_plays(kind: str) -> None:
    content = SAMPLES[kind]
    for at in range(0, len(content), max(1, len(content) // MOST)):
        if (result := outcome(content[:at])) in EXTENSIONS:
            assert heard(inspected(content[:at]).content), at
        else:
            assert result in ("unreadable", "type_not_allowed"), at


def heard(content: bytes) -> int:
    """Samples that can be decoded."""
    samples = 0
    with av.open(io.BytesIO(content)) as opened:
        for packet in opened.demux(audio=0):
            with suppress(av.error.FFmpegError):
                samples += sum(frame.samples for frame in packet.decode())
    return samples


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
