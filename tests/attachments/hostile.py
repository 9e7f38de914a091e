"""Files that are small to send and large, deep or endless to open."""

import io
import struct
import zipfile
import zlib

from tests.attachments.documents import letter, open_text, workbook

MB = 1024 * 1024


Entry = tuple[bytes, int]
"""A piece, and how many times over."""


def deflated(piece: bytes, times: int) -> bytes:
    """Raw deflate of the piece so many times over, packed once: each block stands by itself."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def squeezed(piece: bytes, times: int) -> bytes:
    """As zlib writes it."""
    check = 1
    for _ in range(times):
        check = zlib.adler32(piece, check)
    return b"\x78\x9c" + deflated(piece, times) + struct.pack(">I", check)


def packed(files: dict[str, Entry], *, of: bytes | None = None) -> bytes:
    """A ZIP with these entries, after those of another one."""
    kept: dict[str, Entry] = {}
    if of:
        with zipfile.ZipFile(io.BytesIO(of)) as before:
            kept = {name: (before.read(name), 1) for name in before.namelist()}
    body, folder = b"", []
    for name, (piece, times) in {**kept, **files}.items():
        check = 0
        for _ in range(times):
            check = zlib.crc32(piece, check)
        data = deflated(piece, times)
        about = struct.pack(
            "<HHHHHIIIHH", 20, 0, 8, 0, 33, check, len(data), len(piece) * times, len(name), 0
        )
        folder.append(
            b"PK\1\2\x14\0" + about + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        )
        body += b"PK\3\4" + about + name.encode() + data
    count, listed = len(folder), b"".join(folder)
    end = struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(listed), len(body), 0)
    return body + listed + b"PK\5\6" + end


def _objects_of_one_stream(count: int) -> bytes:
    """A PDF whose one object stream holds ever so many objects of a byte or two."""
    first = 10
    heads = b"".join(b"%d %d " % (first + n, 5 * n) for n in range(count))
    packed_objects = zlib.compress(heads + b"[1 2]" * count, 9)
    parts = [
        b"%PDF-1.5\n",
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n",
        b"3 0 obj<</Type/ObjStm/N %d/First %d/Length %d/Filter/FlateDecode>>stream\n"
        % (count, len(heads), len(packed_objects))
        + packed_objects
        + b"\nendstream endobj\n",
    ]
    offsets, at = [], 0
    for part in parts:
        offsets.append(at)
        at += len(part)
    rows = struct.pack(">BII", 0, 0, 0)
    rows += b"".join(struct.pack(">BII", 1, offset, 0) for offset in offsets[1:])
    rows += struct.pack(">BII", 1, at, 0)
    rows += b"".join(struct.pack(">BII", 2, 3, n) for n in range(count))
    table = zlib.compress(rows, 9)
    parts.append(
        b"4 0 obj<</Type/XRef/Size %d/Index[0 5 %d %d]/W[1 4 4]/Root 1 0 R/Length %d"
        b"/Filter/FlateDecode>>stream\n"
        % (first + count, first, count, len(table))
        + table
        + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % at
    )
    return b"".join(parts)


def _pdf_with(objects: bytes) -> bytes:
    return (
        b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R/X 3 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        + objects
        + b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def _png(width: int, height: int, extra: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + extra
        + chunk(b"IDAT", squeezed(bytes(MB), 100))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(width: int, height: int) -> bytes:
    size = struct.pack("<HH", width, height)
    picture = b"," + bytes(4) + size + b"\0\x02\x02\x44\x01\0;"
    return b"GIF89a" + size + b"\x80\0\0" + bytes(6) + picture


def _song_with_a_packed_tag() -> bytes:
    """ID3 2.4 packs what a frame says."""
    words = squeezed(b"\x03" + bytes(MB - 1), 300)
    inside = struct.pack(">I", 300 * MB) + words

    def seven(number: int) -> bytes:
        return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))

    frame = b"TXXX" + seven(len(inside)) + b"\0\x09" + inside
    tag = b"ID3\x04\0\0" + seven(len(frame)) + frame
    return tag + (b"\xff\xfb\x90\x00" + bytes(413)) * 8


def _boxes(count: int) -> bytes:
    """An MP4 of boxes of boxes, which say that they are larger than the file."""
    head = struct.pack(">I", 16) + b"ftypisom" + bytes(4)
    return head + b"".join(struct.pack(">I", 0x7FFFFFFF - n) + b"moov" for n in range(count))


def _many_boxes() -> bytes:
    return struct.pack(">I", 16) + b"ftypisom" + bytes(4) + (struct.pack(">I", 8) + b"udta") * 10**6


def hostile() -> dict[str, bytes]:
    """By what they are."""
    deep = b"<w:p xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    nested = packed({f"{n}.zip": (packed({"a": (bytes(MB), 200)}), 1) for n in range(20)})
    chain = zlib.compress(squeezed(bytes(MB), 200), 9)
    words, data = letter(""), workbook()
    return {
        "28 million authors": packed({"word/document.xml": (b'author="a"' * 10**6, 28)}, of=words),
        "objects of one stream": _objects_of_one_stream(500_000),
        "a letter of depth": packed({"word/document.xml": (deep * 1000, 300)}, of=words),
        "a letter of one word": packed({"word/document.xml": (b"a" * MB, 250)}, of=words),
        "a sheet of strings": packed(
            {"xl/sheet1.xml": (b"<c><v>1</v></c>" * 70_000, 250)}, of=data
        ),
        "many entries": packed({f"word/{n}.xml": (b"", 1) for n in range(6_000)}, of=words),
        "a zip of zips": packed({"word/media/a.zip": (nested, 1)}, of=words),
        "an open document of one word": packed(
            {"content.xml": (b"<text:p/>" * 100_000, 250)}, of=open_text("")
        ),
        "a picture in a letter": packed(
            {"word/media/a.png": (bytes(MB), 280)},
            of=letter("", [("rId1", "image", "media/a.png")]),
        ),
        "a PDF of depth": _pdf_with(b"3 0 obj" + b"[" * 5_000_000 + b"endobj\n"),
        "a PDF of names": _pdf_with(b"3 0 obj<<" + b"/A 1" * 2_000_000 + b">>endobj\n"),
        "a PDF packed twice": _pdf_with(
            b"3 0 obj<</Type/ObjStm/N 1000000/First 9/Filter[/FlateDecode/FlateDecode]/Length %d>>"
            b"stream\n%b\nendstream endobj\n" % (len(chain), chain)
        ),
        "a PNG too wide": _png(50_000, 50_000),
        "a PNG of 110 megapixels": _png(10_488, 10_488),
        "a PNG with a packed profile": _png(
            10, 10, chunk(b"iCCP", b"a\0\0" + squeezed(bytes(MB), 300))
        ),
        "a PNG with packed words": _png(
            10, 10, chunk(b"zTXt", b"a\0\0" + squeezed(bytes(MB), 300)) * 3
        ),
        "a WebP too wide": _webp(16_383, 16_383),
        "a WebP within": _webp(10_000, 10_000),
        "a GIF too wide": _gif(65_535, 65_535),
        "a GIF within": _gif(10_000, 10_000),
        "a song with a packed tag": _song_with_a_packed_tag(),
        "boxes of boxes": _boxes(500_000),
        "many boxes": _many_boxes(),
        "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 10**6,
    }
