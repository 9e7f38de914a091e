"""A file of a type that is not taken: the refusal names the type and what can be sent instead."""

import io
import tarfile

import av
import pytest
from PIL import Image

from shared.attachments.rejection import AttachmentRejected
from shared.attachments.types_not_taken import FAMILIES
from shared.http.uploads import type_refusal
from shared.labels.catalogue import LANGUAGES
from tests.attachments.documents import compound
from tests.intake.sample_files import box, inspected, ooxml, picture, saved, zipped


def encoded(container: str, codec: str) -> bytes:
    """A tenth of a second of silence."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as made:
        stream = made.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame(format=stream.codec_context.format.name, layout="mono", samples=4608)
        frame.sample_rate, frame.pts = 48_000, 0
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return written.getvalue()


def tar() -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("foto.jpg"), io.BytesIO())
    return written.getvalue()


FLAC = encoded("flac", "flac")
ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x14" + bytes(20)
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
SAMPLES = [
    ("FLAC", FLAC),
    ("FLAC", ID3 + FLAC),
    ("FLAC", encoded("ogg", "flac")),
    ("AIFF", encoded("aiff", "pcm_s16be")),
    ("MKV", encoded("matroska", "pcm_s16le")),
    ("AVI", encoded("avi", "pcm_s16le")),
    ("WMV", encoded("asf", "pcm_s16le")),
    ("FLV", b"FLV\x01\x05" + bytes(40)),
    ("OGV", b"OggS" + bytes(24) + b"\x80theora"),
    ("AVIF", saved(picture(), "AVIF")),
    ("AVIF", box(b"ftyp", b"avis\x00\x00\x00\x00avismsf1iso8mif1") + box(b"mdat", b"x")),
    ("AVIF", box(b"ftyp", b"mif1\x00\x00\x00\x00mif1avif") + box(b"mdat", b"x")),
    ("CR3", box(b"ftyp", b"crx \x00\x00\x00\x01crx isom") + box(b"mdat", b"x")),
    ("TIFF", saved(picture(), "TIFF")),
    ("BMP", saved(picture(), "BMP")),
    ("ICO", saved(picture(), "ICO")),
    ("JPEG 2000", saved(picture(), "JPEG2000")),
    ("JPEG XL", b"\x00\x00\x00\x0cJXL \r\n\x87\n"),
    ("PSD", b"8BPS\x00\x01" + bytes(40)),
    ("SVG", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("RTF", rb"{\rtf1\ansi Jalan rusak}"),
    ("HTML", b"\xef\xbb\xbf <!DOCTYPE html><p>Jalan rusak"),
    ("PostScript", b"%!PS-Adobe-3.0\n"),
    ("EPUB", zipped({"mimetype": b"application/epub+zip"})),
    ("OpenDocument", zipped({"mimetype": OPEN_DOCUMENT + b"graphics"})),
    ("Office", ooxml("vnd.ms-excel.sheet.binary.macroEnabled")),
    ("OLE", compound({"Setup.msi": b"x"})),
    ("ZIP", zipped({"foto.jpg": b"\xff\xd8\xff"})),
    ("7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(40)),
    ("RAR", b"Rar!\x1a\x07\x01\x00" + bytes(40)),
    ("GZIP", b"\x1f\x8b\x08" + bytes(40)),
    ("TAR", tar()),
    ("EXE", b"MZ\x90\x00" + bytes(100)),
    ("SQLite", b"SQLite format 3\x00" + bytes(100)),
]


@pytest.mark.parametrize(("name", "content"), SAMPLES, ids=[name for name, _ in SAMPLES])
def test_a_type_that_is_recognised_is_refused_by_its_name(name: str, content: bytes) -> None:
    with pytest.raises(AttachmentRejected) as refusal:
        inspected(content)
    assert (refusal.value.code, refusal.value.type_name) == ("type_not_allowed", name)


@pytest.mark.parametrize(
    "content",
    [
        b"Jalan rusak, mohon diperbaiki.",
        b"BMKG memperingatkan hujan lebat.",
        b"MZ, RT 04: jalan rusak",
        b"",
        bytes(200),
        box(b"ftyp", b"zzzz\x00\x00\x00\x00"),
    ],
    ids=["text", "text-like-bmp", "text-like-exe", "empty", "zeros", "unknown-brand"],
)
def test_what_nobody_recognises_is_given_no_name(content: bytes) -> None:
    with pytest.raises(AttachmentRejected) as refusal:
        inspected(content)
    assert refusal.value.type_name is None


def test_an_animated_png_is_taken_as_its_first_picture() -> None:
    second = Image.new("RGB", (40, 20), "green")
    animated = saved(picture(), "PNG", save_all=True, append_images=[second])
    assert b"acTL" in animated
    taken = inspected(animated)
    assert taken.media_type == "image/png"
    assert b"acTL" not in taken.content


def test_no_refusal_offers_what_it_refuses() -> None:
    for name in FAMILIES:
        for language in LANGUAGES:
            words = type_refusal(name).in_language(language)
            assert words.count(name) == 1, words
