"""Files made for the tests of attachments: real ones, and hostile ones."""

import asyncio
import io
import struct
import wave
import zipfile
import zlib
from collections.abc import AsyncIterator
from typing import NamedTuple

import openpyxl
import pytest
from PIL import Image

from shared.attachments import AttachmentRejected, inspect, sandboxed
from shared.attachments.inspection import OPEN_FILE
from shared.attachments.opening import clean
from shared.attachments.recognition import recognise
from shared.attachments.sandbox import PICTURES, Sandbox, workspace

MARK = b"RAHASIA-SITI-0812"
ODT = "application/vnd.oasis.opendocument.text"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\x82\x84webm"


async def uploaded(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 64 * 1024):
        yield content[start : start + 64 * 1024]


class Opened(NamedTuple):
    """A file as it is served, and its type."""

    content: bytes
    media_type: str


def inspected(content: bytes) -> Opened:
    """What the sandbox's job makes of the file, here and now."""
    return Opened(*clean(content, recognise(content)))


def outcome(content: bytes) -> str:
    """The type, or the reason for refusing, as the sandbox's child answers, here and now."""
    with workspace() as folder:
        (folder / "source").write_bytes(content)
        asked = {"job": OPEN_FILE, "source": folder / "source", "target": folder / "target"}
        outcome = sandboxed.do({**asked, "options": {"memory": PICTURES.memory}})
    return str(outcome["refused"] if "refused" in outcome else outcome["result"]["media_type"])


def refused(content: bytes) -> str:
    """What the whole way of an upload answers."""
    with pytest.raises(AttachmentRejected) as refusal:
        asyncio.run(_inspect(content))
    return refusal.value.code


async def _inspect(content: bytes) -> None:
    async with inspect(Sandbox(), uploaded(content)):
        pass


def picture(width: int = 40, height: int = 20) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def pixel(image: Image.Image, at: tuple[int, int]) -> tuple[float, ...]:
    """The value of each band at this place: one band in a grey picture."""
    value = image.getpixel(at)
    assert value is not None
    return value if isinstance(value, tuple) else (value,)


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
    assert book.active is not None
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


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")
