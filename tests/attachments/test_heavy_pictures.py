"""Pictures of up to 110 megapixels are remade whatever their kind, or sealed; never damaged."""

import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shared.attachments.inspection import inspect
from shared.attachments.rejection import AttachmentRejected
from shared.attachments.remaking.names import JOB
from shared.attachments.remaking.pictures import KEPT_PIXELS
from shared.attachments.remaking.taking import Taken, take
from shared.attachments.sandbox import Sandbox
from tests.intake.sample_files import png_claiming, saved, uploaded, zipped

SCAN = (4960, 7016)
"""A page of A4 at 600 dpi."""
LARGEST = (11_000, 9_990)

PICTURES: dict[str, tuple[str, tuple[int, int], dict[str, Any]]] = {
    "black and white": ("1", SCAN, {}),
    "black and white, largest": ("1", LARGEST, {}),
    "grey of 16 bits": ("I;16", SCAN, {}),
    "a palette": ("P", SCAN, {}),
    "a palette with transparency": ("P", SCAN, {"transparency": 3}),
    "transparent grey": ("LA", SCAN, {}),
    "transparent colours": ("RGBA", SCAN, {}),
    "one colour transparent": ("RGB", SCAN, {"transparency": (1, 2, 3)}),
}


async def taken(content: bytes, folder: Path, sandbox: Sandbox | None = None) -> Taken:
    (folder / "source").write_bytes(content)
    return await take(sandbox or Sandbox(), folder / "source", folder / "remade")


async def with_a_name(content: bytes) -> str:
    """The type as which it is taken from a reporter who gives one, or why it is not."""
    try:
        async with inspect(Sandbox(), uploaded(content)) as inspected:
            return inspected.media_type
    except AttachmentRejected as refused:
        return refused.code


@pytest.mark.parametrize("kind", PICTURES)
async def test_a_large_png_of_any_kind_is_remade_and_taken_with_a_name(
    kind: str, tmp_path: Path
) -> None:
    mode, size, options = PICTURES[kind]
    content = saved(Image.new(mode, size), "PNG", compress_level=1, **options)
    assert await taken(content, tmp_path) == Taken("image/png", "remade", remade="image/png")
    with Image.open(tmp_path / "remade") as made:
        assert made.width * made.height <= KEPT_PIXELS
        assert made.width / made.height == pytest.approx(size[0] / size[1], rel=0.01)
    assert await with_a_name(content) == "image/png"


async def test_a_scan_made_smaller_is_grey_where_black_and_white_meet(tmp_path: Path) -> None:
    line = bytes([0b11110101] * (SCAN[0] // 8))
    content = saved(Image.frombytes("1", SCAN, line * SCAN[1]), "PNG")
    await taken(content, tmp_path)
    with Image.open(tmp_path / "remade") as made:
        row = [made.getpixel((x, made.height - 1)) for x in range(4)]
        assert (made.mode, row) == ("L", [255, 255, 128, 128])


async def test_a_jpeg_that_comes_component_by_component_has_the_memory_it_takes(
    tmp_path: Path,
) -> None:
    content = _in_scans_by_component((9000, 6000))
    assert (await taken(content, tmp_path)).state == "remade"
    assert await with_a_name(content) == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "media_type", "because"),
    [
        (png_claiming(12_000, 9_500), "image/png", "too_many_pixels"),
        ("webp", "image/webp", "too_complex"),
        ("progressive", "image/jpeg", "too_complex"),
    ],
    ids=["png", "webp", "progressive jpeg"],
)
async def test_a_picture_that_does_not_fit_into_memory_is_sealed_as_what_it_is(
    content: bytes | str, media_type: str, because: str, tmp_path: Path
) -> None:
    if content == "webp":
        content = webp_claiming(12_000, 9_100)
    elif content == "progressive":
        content = saved(
            Image.new("RGB", LARGEST), "JPEG", progressive=True, quality=20, subsampling=0
        )
    assert isinstance(content, bytes)
    assert await taken(content, tmp_path) == Taken(media_type, "sealed", sealed_because=because)
    assert await with_a_name(content) == "too_many_pixels"


async def test_a_transparent_webp_is_not_called_damaged_for_want_of_memory() -> None:
    assert await with_a_name(webp_claiming(5_000, 5_000, transparent=True)) == "too_many_pixels"


async def test_what_is_too_heavy_waits_as_what_it_is(tmp_path: Path) -> None:
    kept = await taken(b"%PDF-1.4\n", tmp_path, _Exhausted())
    assert kept == Taken("application/pdf", "pending")


async def test_a_document_of_too_many_parts_waits_as_what_it_is(tmp_path: Path) -> None:
    letter = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    types = f'<Types><Override PartName="/x" ContentType="{letter}.main+xml"/></Types>'
    parts = {f"word/{number}.xml": b"" for number in range(5_001)}
    content = zipped({"[Content_Types].xml": types.encode(), **parts})
    assert await taken(content, tmp_path) == Taken(letter, "pending")
    assert await with_a_name(content) == "too_complex"


class _Exhausted(Sandbox):
    """Remaking anything takes more than it may."""

    async def run(self, job: str, source: Path, target: Path, **options: Any) -> Any:
        if job == JOB:
            raise AttachmentRejected("too_complex", "more than it may")
        return await super().run(job, source, target, **options)


def webp_claiming(width: int, height: int, *, transparent: bool = False) -> bytes:
    """RFC 9649, 2.7.1."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<I", 10) + bytes([0x10 * transparent, 0, 0, 0]) + size
    picture = b"VP8L" + struct.pack("<I", 100) + b"\x2f" + bytes(99)
    body = b"WEBP" + extended + picture
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _in_scans_by_component(size: tuple[int, int]) -> bytes:
    """A grey JPEG whose one scan is there three times, for three components. (ITU T.81, B.2)"""
    grey = saved(Image.new("L", size), "JPEG")
    frame, scan = grey.index(b"\xff\xc0"), grey.index(b"\xff\xda")
    behind_frame = frame + 2 + int.from_bytes(grey[frame + 2 : frame + 4], "big")
    components = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    three = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, size[1], size[0], 3) + components
    coded = grey[scan + 10 : -2]
    scans = b"".join(
        b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes([number, 0, 0, 63, 0]) + coded
        for number in (1, 2, 3)
    )
    return grey[:frame] + three + grey[behind_frame:scan] + scans + b"\xff\xd9"
