"""Pictures saved anew, so that nothing but the picture is left: no place, device, time, comment."""

import io
from typing import Any

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin
from pillow_heif import register_heif_opener

from shared.attachments.rejection import MAX_PIXELS, AttachmentRejected

# The limit is checked here, before decoding and for every picture; Pillow's own would warn first.
Image.MAX_IMAGE_PIXELS = None
register_heif_opener()

FULL_SCALE = 52_000_000
"""Pixels of a JPEG that is kept as large as it is: larger ones are halved each way. Sensors that
make more join four pixels to one anyway."""

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
}
"""Media type to Pillow's name: pictures of other kinds are not opened."""
_BYTES_A_PIXEL = {"JPEG": 9, "MPO": 9, "PNG": 5, "WEBP": 17, "GIF": 5, "HEIF": 11}
"""What decoding, turning and saving a pixel takes, seen with pictures of these kinds."""
MOST_MEMORY = 560 * 1024 * 1024
"""A JPEG is reduced until it takes no more."""


def is_picture(media_type: str) -> bool:
    """Whether `clean_picture` is for this type."""
    return media_type in FORMATS


def memory_for(content: bytes, media_type: str) -> int:
    """About how many bytes `clean_picture` will take beside the content, from its head alone.

    Raises `AttachmentRejected`: `too_many_pixels` over 110 megapixels.
    """
    if media_type == "image/webp":
        # Its decoder takes the memory when it is opened.
        width, height = _webp_size(content)
        return width * height * _BYTES_A_PIXEL["WEBP"]
    with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise AttachmentRejected("too_many_pixels", f"{opened.width}×{opened.height} pixels")
        return _memory(opened, _scale(opened))


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
    """By how much to divide width and height of a JPEG as it is decoded: 1, 2 or 4."""
    if not isinstance(opened, JpegImagePlugin.JpegImageFile):
        return 1
    scale = 2 if opened.width * opened.height > FULL_SCALE else 1
    return scale if _memory(opened, scale) <= MOST_MEMORY else 2 * scale


def _memory(opened: Image.Image, scale: int) -> int:
    pixels = opened.width * opened.height
    taken = _BYTES_A_PIXEL.get(opened.format or "", 9) * pixels // scale**2
    if isinstance(opened, JpegImagePlugin.JpegImageFile) and opened.info.get("progressive"):
        # Decoded as a whole at any scale: two bytes for each coefficient.
        samples = [across * down for _, across, down, _ in opened.layer]
        taken += 2 * pixels * sum(samples) // max(samples)
    return taken


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
