"""Attachments: real files made here, hostile ones too, through inspection and storage."""

import asyncio
import hashlib
import io
import struct
import wave
import zipfile
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from shared.attachments import (
    MAX_SIZE,
    AttachmentMissing,
    AttachmentRejected,
    AttachmentStore,
    Inspected,
    check_count,
    inspect,
    serving_headers,
)
from shared.attachments.naming import MAX_NAME, file_name
from shared.attachments.recognition import EXTENSIONS, recognise

MARK = b"RAHASIA-SITI-0812"
ODT = "application/vnd.oasis.opendocument.text"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\x82\x84webm"


async def uploaded(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 64 * 1024):
        yield content[start : start + 64 * 1024]


def inspected(content: bytes) -> Inspected:
    return asyncio.run(inspect(uploaded(content)))


def refused(content: bytes) -> str:
    with pytest.raises(AttachmentRejected) as refusal:
        inspected(content)
    return refusal.value.code


def picture(width: int = 40, height: int = 20) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x010E] = MARK.decode()
    data[0x0112] = orientation
    data.get_ifd(0x8825)[2] = (6.0, 54.0, 30.0)
    return data


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "Jalan"
    book.save(buffer)
    return buffer.getvalue()


def ooxml(main: str) -> bytes:
    types = f'<Types><Override PartName="/x" ContentType="application/{main}.main+xml"/></Types>'
    return zipped({"[Content_Types].xml": types.encode()})


def sound() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(b"\x00\x01" * 800)
    return buffer.getvalue()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def recording(brand: bytes = b"isom") -> bytes:
    words = box(b"udta", box(b"\xa9xyz", b"+06.9-107.6/" + MARK))
    track = box(b"trak", box(b"tkhd", b"\x07" * 80) + box(b"meta", MARK))
    movie = box(b"moov", box(b"mvhd", b"\x05" * 100) + track + words)
    head = box(b"ftyp", brand + b"\x00\x00\x02\x00" + brand + b"mp41")
    return head + movie + box(b"uuid", b"u" * 16 + MARK) + box(b"mdat", b"frames")


def ole(*streams: str) -> bytes:
    names = b"".join(stream.encode("utf-16-le") + b"\x00" * 20 for stream in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + names


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


def test_a_photo_loses_its_place_and_stays_upright() -> None:
    original = saved(picture(), "JPEG", exif=exif(orientation=6), comment=MARK, quality=90)
    assert MARK in original
    result = inspected(original)
    assert result.media_type == "image/jpeg"
    assert MARK not in result.content
    assert b"Exif" not in result.content
    assert result.size == len(result.content)
    assert result.sha256 == hashlib.sha256(result.content).hexdigest()
    with Image.open(io.BytesIO(result.content)) as clean:
        assert not clean.getexif()
        assert clean.size == (20, 40)
        red, _, blue = clean.getpixel((10, 3))
        assert red > 200 > 60 > blue


def _named(value: object) -> str:
    """Files hold the time they were made at: their bytes would name a test anew in each process."""
    return value if isinstance(value, str) else "file"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_mode_loses_its_texts(mode: str) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", MARK.decode())
    texts.add_itxt("XML:com.adobe.xmp", MARK.decode())
    source = Image.new(mode, (8, 8)) if mode == "I;16" else picture().convert(mode)
    original = saved(source, "PNG", pnginfo=texts, exif=exif())
    result = inspected(original)
    assert MARK in original
    assert MARK not in result.content
    assert result.media_type == "image/png"
    with Image.open(io.BytesIO(result.content)) as clean:
        assert clean.convert("RGB").tobytes() == source.convert("RGB").tobytes()


def test_a_transparent_palette_png_stays_transparent() -> None:
    source = Image.new("P", (4, 4), 0)
    result = inspected(saved(source, "PNG", transparency=0))
    with Image.open(io.BytesIO(result.content)) as clean:
        assert clean.convert("RGBA").getpixel((0, 0))[3] == 0


def test_an_animation_keeps_its_first_frame_and_loses_its_comment() -> None:
    frames = [picture(), Image.new("RGB", (40, 20), "green")]
    animated = {"save_all": True, "append_images": frames[1:]}
    for form, more in (("GIF", {"comment": MARK}), ("WEBP", {"exif": exif(), "xmp": MARK})):
        original = saved(frames[0], form, **animated, **more)
        result = inspected(original)
        assert MARK in original
        assert MARK not in result.content
        assert result.media_type == f"image/{form.lower()}"
        with Image.open(io.BytesIO(result.content)) as clean:
            assert getattr(clean, "n_frames", 1) == 1
            red, _, blue = clean.convert("RGB").getpixel((3, 10))
            assert red > 200 > 60 > blue


def test_a_heic_photo_becomes_a_jpeg_without_its_place() -> None:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture(64, 64)).save(buffer, exif=exif().tobytes())
    assert MARK in buffer.getvalue()
    result = inspected(buffer.getvalue())
    assert result.media_type == "image/jpeg"
    assert result.content.startswith(b"\xff\xd8\xff")
    assert MARK not in result.content


def test_a_picture_with_a_colour_profile_keeps_its_colours_and_loses_the_profile() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for embedded in (profile, b"broken" + MARK):
        result = inspected(saved(picture(), "JPEG", icc_profile=embedded))
        assert b"ICC_PROFILE" not in result.content
        with Image.open(io.BytesIO(result.content)) as clean:
            assert clean.getpixel((5, 10))[0] > 200


def test_a_print_photo_in_cmyk_becomes_one_for_screens() -> None:
    result = inspected(saved(picture().convert("CMYK"), "JPEG"))
    with Image.open(io.BytesIO(result.content)) as clean:
        assert clean.mode == "RGB"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (workbook(), XLSX),
        (zipped({"mimetype": ODT.encode(), "content.xml": b"<x/>"}), ODT),
        (ole("Root Entry", "WordDocument"), "application/msword"),
        (ole("Root Entry", "Workbook"), "application/vnd.ms-excel"),
        (ole("Root Entry", "PowerPoint Document"), "application/vnd.ms-powerpoint"),
        (sound(), "audio/wav"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 9, "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + b"\x00" * 40, "audio/aac"),
        (b"#!AMR\n" + b"\x00" * 40, "audio/amr"),
        (b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead" + b"\x00" * 11, "audio/ogg"),
        (WEBM, "video/webm"),
    ],
    ids=_named,
)
def test_documents_and_sounds_are_recognised_and_kept_as_they_are(
    content: bytes, media_type: str
) -> None:
    result = inspected(content)
    assert result.media_type == media_type
    assert result.content == content


@pytest.mark.parametrize(
    ("brand", "media_type"),
    [
        (b"isom", "video/mp4"),
        (b"mp42", "video/mp4"),
        (b"M4A ", "audio/mp4"),
        (b"3gp4", "video/3gpp"),
        (b"qt  ", "video/quicktime"),
    ],
)
def test_a_recording_loses_its_place_without_moving_a_frame(brand: bytes, media_type: str) -> None:
    original = recording(brand)
    result = inspected(original)
    assert result.media_type == media_type
    assert MARK not in result.content
    assert len(result.content) == len(original)
    assert result.content.index(b"frames") == original.index(b"frames")
    assert b"\x05" * 100 in result.content
    assert b"\x07" * 80 in result.content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "type_not_allowed"),
        (b"Jalan rusak, mohon diperbaiki.", "type_not_allowed"),
        (b"MZ\x90\x00" + b"\x00" * 100, "type_not_allowed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "type_not_allowed"),
        (zipped({"virus.exe": b"MZ"}), "type_not_allowed"),
        (ooxml("vnd.ms-word.document.macroEnabled"), "type_not_allowed"),
        (zipped({"mimetype": ODT.encode(), "Basic/Standard/a.xml": b""}), "type_not_allowed"),
        (ole("WordDocument", "_VBA_PROJECT"), "type_not_allowed"),
        (ole("EncryptedPackage"), "unreadable"),
        (ole("Setup.msi"), "type_not_allowed"),
        (box(b"ftyp", b"avif\x00\x00\x00\x00avif"), "type_not_allowed"),
        (b"\x1a\x45\xdf\xa3\x42\x82\x88matroska", "type_not_allowed"),
        (b"OggS" + b"\x00" * 24 + b"\x80theora", "type_not_allowed"),
        (workbook()[:-30], "unreadable"),
        (saved(picture(400, 400), "JPEG")[:400], "unreadable"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "unreadable"),
        (b"GIF89a/*<script>alert(1)</script>*/", "unreadable"),
        (png_claiming(50_000, 50_000), "too_large"),
        (png_claiming(800, 800), "unreadable"),
        (b"\x00" * (MAX_SIZE + 1), "too_large"),
    ],
    ids=_named,
)
def test_what_is_not_taken_is_refused_with_the_reason(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_document_that_unpacks_to_a_bomb_is_refused() -> None:
    megabytes = b"\x00" * (101 * 1024 * 1024)
    bomb = zipped({f"{n}.xml": megabytes for n in range(3)})
    assert len(bomb) < MAX_SIZE
    assert refused(bomb) == "too_large"


def test_a_page_hidden_behind_a_picture_is_gone_after_saving_anew() -> None:
    result = inspected(saved(picture(), "JPEG") + b"<script>" + MARK)
    assert MARK not in result.content


def test_reading_stops_at_the_limit() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1024 * 1024
            yield b"\x00" * 1024 * 1024

    with pytest.raises(AttachmentRejected) as refusal:
        asyncio.run(inspect(endless()))
    assert refusal.value.code == "too_large"
    assert read <= MAX_SIZE + 1024 * 1024


def test_a_sixth_file_is_too_many() -> None:
    check_count(5)
    with pytest.raises(AttachmentRejected) as refusal:
        check_count(6)
    assert refusal.value.code == "too_many"


MAGIC = [
    PDF[:5],
    WEBM[:4],
    b"PK\x03\x04",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"OggS",
    b"\x00\x00\x00\x18ftypisom",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*MAGIC, ole()[:8], workbook()[:300], recording()[:200]]), st.binary())
def test_no_bytes_break_the_inspection(magic: bytes, rest: bytes) -> None:
    try:
        assert inspected(magic + rest).media_type in EXTENSIONS
    except AttachmentRejected:
        return


@pytest.mark.parametrize(
    ("declared", "media_type", "name"),
    [
        ("foto.jpg", "image/jpeg", "foto.jpg"),
        ("FOTO.JPEG", "image/jpeg", "FOTO.jpeg"),
        ("foto.html", "image/jpeg", "foto.jpg"),
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("laporan v1.2", "application/pdf", "laporan v1.2.pdf"),
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("C:\\foto\\jalan rusak.png", "image/png", "jalan rusak.png"),
        ("gnp.\u202efdp", "application/pdf", "gnp.fdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "application/pdf", "aSet-Cookie: x.pdf"),
        ("", "audio/ogg", "lampiran.ogg"),
        (".pdf", "application/pdf", "lampiran.pdf"),
        ("...", "application/pdf", "lampiran.pdf"),
    ],
)
def test_a_name_is_made_harmless_and_ends_in_what_the_file_is(
    declared: str, media_type: str, name: str
) -> None:
    assert file_name(declared, media_type) == name


@given(st.text(), st.sampled_from(sorted(EXTENSIONS)))
def test_every_name_fits_and_is_stable(declared: str, media_type: str) -> None:
    name = file_name(declared, media_type)
    assert len(name) <= MAX_NAME
    assert name.rpartition(".")[2] in EXTENSIONS[media_type]
    assert not set(name) & set("/\\\r\n\x00")
    assert file_name(name, media_type) == name


@given(st.text(), st.sampled_from(sorted(EXTENSIONS)))
def test_headers_of_any_name_are_one_ascii_line_each(declared: str, media_type: str) -> None:
    headers = serving_headers(file_name(declared, media_type), media_type, inline=True)
    for value in headers.values():
        assert value.isascii()
        assert value.isprintable()


def test_files_are_served_as_files_and_only_pictures_may_show_inline() -> None:
    headers = serving_headers("bukti “jalan”.pdf", "application/pdf", inline=True)
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": (
            'attachment; filename="bukti _jalan_.pdf"; '
            "filename*=UTF-8''bukti%20%E2%80%9Cjalan%E2%80%9D.pdf"
        ),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    assert serving_headers("a.png", "image/png", inline=True)["Content-Disposition"].startswith(
        "inline"
    )
    assert serving_headers("a.png", "image/png")["Content-Disposition"].startswith("attachment")


async def test_a_file_is_stored_under_a_random_key_opened_in_chunks_and_deleted(
    tmp_path: Path,
) -> None:
    store = AttachmentStore(f"file://{tmp_path}/new folder/attachments".replace(" ", "%20"))
    content = PDF + b"%" * 700_000
    one = await store.put(uploaded(content), "../Surat.doc")
    two = await store.put(uploaded(content), "Surat.pdf")
    assert one.key != two.key
    assert one.sha256 == two.sha256
    assert (one.name, one.media_type, one.size) == ("Surat.pdf", "application/pdf", len(content))
    chunks = [chunk async for chunk in await store.open(one.key)]
    assert b"".join(chunks) == content
    assert len(chunks) > 1
    await store.delete(one.key)
    await store.delete(one.key)
    with pytest.raises(AttachmentMissing):
        await store.open(one.key)
    assert recognise(b"".join([chunk async for chunk in await store.open(two.key)]))


async def test_a_refused_file_leaves_nothing_behind(tmp_path: Path) -> None:
    store = AttachmentStore(f"file://{tmp_path}")
    with pytest.raises(AttachmentRejected):
        await store.put(uploaded(b"<html>"), "foto.jpg")
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 32])
async def test_a_key_that_is_none_of_ours_opens_nothing(tmp_path: Path, key: str) -> None:
    with pytest.raises(AttachmentMissing):
        await AttachmentStore(f"file://{tmp_path}").open(key)
