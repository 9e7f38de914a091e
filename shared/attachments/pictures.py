"""Saves pictures anew, so that nothing but the picture is left: no place, device, time, comment."""

import io
from typing import Any

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin
from pillow_heif import register_heif_opener

from shared.attachments.rejection import MAX_PIXELS, AttachmentRejected

# The limit is checked here, before decoding and for every picture; Pillow's own would warn first.
Image.MAX_IMAGE_PIXELS = None
register_heif_opener()

FULL_SCALE = 52_000_000
"""The most pixels of a JPEG that is kept in full size: larger ones are halved in width and height.
Sensors with more pixels combine four of them into one anyway."""

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
}
"""Pillow's name for each media type: pictures of other types are not opened."""
_BYTES_A_PIXEL = {"JPEG": 9, "MPO": 9, "GIF": 5, "HEIF": 11}
"""Bytes for decoding, turning and saving a pixel, measured with pictures of these types."""
_WEBP_BYTES_A_PIXEL, _WEBP_ALPHA_BYTES_A_PIXEL = 19, 40
_NARROW_MODES = {"1": 1, "L": 1, "P": 1, "I;16": 2}
MOST_MEMORY = 560 * 1024 * 1024
"""A JPEG is made smaller until it takes no more than this."""


def is_picture(media_type: str) -> bool:
    """Whether `clean_picture` is for this type."""
    return media_type in FORMATS


def memory_for(content: bytes, media_type: str) -> int:
    """About how many bytes `clean_picture` will take beside the content, from its head alone.

    Raises `AttachmentRejected`: `too_many_pixels` over 110 megapixels.
    """
    if media_type == "image/webp":
        # Its decoder takes the memory when it is opened.
        pixels, has_alpha = webp_pixels(content)
        return pixels * (_WEBP_ALPHA_BYTES_A_PIXEL if has_alpha else _WEBP_BYTES_A_PIXEL)
    with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as opened:
        check_pixels(opened)
        return _memory(opened, _scale(opened))


def check_pixels(opened: Image.Image) -> None:
    """Raise `AttachmentRejected` (`too_many_pixels`) for more than 110 megapixels."""
    if opened.width * opened.height > MAX_PIXELS:
        raise AttachmentRejected("too_many_pixels", f"{opened.width}×{opened.height} pixels")


def bytes_a_pixel(mode: str) -> int:
    """The bytes of a decoded pixel: Pillow packs nothing into bits, and stores three bands in four
    bytes."""
    return _NARROW_MODES.get(mode, 4)


def coefficient_bytes(opened: Image.Image) -> int:
    """The bytes that a JPEG with several scans takes beside its pixels.

    It is decoded as a whole at any scale, with two bytes for each coefficient.
    """
    if not isinstance(opened, JpegImagePlugin.JpegImageFile):
        return 0
    if not opened.info.get("progressive") and not _has_scans_by_component(opened):
        return 0
    samples = [across * down for _, across, down, _ in opened.layer]
    return 2 * opened.width * opened.height * sum(samples) // max(samples)


def webp_pixels(content: bytes) -> tuple[int, bool]:
    """The number of pixels in the picture's head, and whether they may be transparent."""
    width, height = _webp_size(content)
    kind, head = content[12:16], content[20:30]
    extended, lossless = kind == b"VP8X" and head[0] & 0x10, kind == b"VP8L" and head[4] & 0x10
    return width * height, bool(extended or lossless)


def clean_picture(content: bytes, media_type: str) -> tuple[bytes, str]:
    """The picture without metadata, upright and in sRGB, and its media type.

    HEIC becomes JPEG, which every browser shows. Of an animation the first frame stays. Raises
    nearly anything when damaged, MemoryError where the process may take no more.
    """
    expected = FORMATS[media_type]
    target = "JPEG" if expected == "HEIF" else expected
    with Image.open(io.BytesIO(content), formats=[expected]) as opened:
        options = _options(opened, target)
        if (scale := _scale(opened)) > 1:
            opened.draft(None, (opened.width // scale, opened.height // scale))
        opened.load()
        ImageOps.exif_transpose(opened, in_place=True)
        # The same pixels without the class of their format, which may remember more.
        picture = _in_srgb(opened._new(opened.im), target)
    # What is left in `info` would be written again: GIF comments, profiles, PNG texts.
    picture.info.clear()
    written = io.BytesIO()
    picture.save(written, format=target, **options)
    return written.getvalue(), f"image/{target.lower()}"


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height as the first chunk has them. (RFC 9649)"""
    kind, head = content[12:16], content[20:30]
    if kind == b"VP8X":
        across, down = head[4:7], head[7:10]
        return 1 + int.from_bytes(across, "little"), 1 + int.from_bytes(down, "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    across, down = head[6:8], head[8:10]
    return (int.from_bytes(across, "little") & 0x3FFF, int.from_bytes(down, "little") & 0x3FFF)


def _scale(opened: Image.Image) -> int:
    """The divisor of a JPEG's width and height for decoding: 1, 2 or 4."""
    if not isinstance(opened, JpegImagePlugin.JpegImageFile):
        return 1
    scale = 2 if opened.width * opened.height > FULL_SCALE else 1
    return scale if _memory(opened, scale) <= MOST_MEMORY else 2 * scale


def _memory(opened: Image.Image, scale: int) -> int:
    pixels = opened.width * opened.height
    if opened.format == "PNG":
        decoded = bytes_a_pixel(opened.mode)
        turned = decoded if "exif" in opened.info else 0
        with_alpha = 4 if "transparency" in opened.info else 0
        return pixels * (decoded + max(turned, with_alpha) + 1)
    each = _BYTES_A_PIXEL.get(opened.format or "", 9)
    return each * pixels // scale**2 + coefficient_bytes(opened)


def _has_scans_by_component(opened: JpegImagePlugin.JpegImageFile) -> bool:
    """Whether the first scan has fewer components than the picture. (ITU T.81, B.2.3)"""
    file = opened.fp
    assert file is not None
    before = file.tell()
    file.seek(2)
    while (marker := file.read(4))[:2] != b"\xff\xda" and len(marker) == 4:
        file.seek(int.from_bytes(marker[2:], "big") - 2, io.SEEK_CUR)
    first_scan = file.read(1)
    file.seek(before)
    return bool(first_scan) and first_scan[0] < len(opened.layer)


def _options(opened: Image.Image, target: str) -> dict[str, Any]:
    if isinstance(opened, JpegImagePlugin.JpegImageFile) and opened.mode in {"L", "RGB"}:
        # Its own tables: saving again loses next to nothing and the size stays as it was.
        sampling = JpegImagePlugin.get_sampling(opened)
        return {"qtables": opened.quantization, "subsampling": sampling}
    small = opened.width * opened.height < 4_000_000  # large ones would take longer than they may
    if target == "PNG":
        return {"compress_level": 6 if small else 1}
    if target == "WEBP":
        return {"quality": 90, "method": 4 if small else 0}
    return {"quality": 90} if target == "JPEG" else {}


def _in_srgb(picture: Image.Image, target: str) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            if picture.mode == "CMYK":
                changed = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
                picture = changed or picture
            else:
                ImageCms.profileToProfile(picture, source, srgb, inPlace=True)
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile: the colours as they are
    if "transparency" in picture.info and target != "GIF":
        return picture.convert("RGBA")
    if target == "JPEG" and picture.mode not in {"L", "RGB"}:
        return picture.convert("RGB")
    return picture
