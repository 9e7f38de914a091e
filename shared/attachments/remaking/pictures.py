"""Pictures from their pixels: decoded, turned upright, flattened, and encoded with our settings."""

import io
from pathlib import Path

from PIL import Image, ImageCms

from shared.attachments.pictures import FORMATS
from shared.attachments.rejection import MAX_PIXELS, AttachmentRejected

KEPT_PIXELS = 24_000_000
"""Of the picture made: a page of A3 at 350 dpi. A larger one is halved until it fits."""

_LOSSLESS = frozenset({"PNG", "GIF"})
"""Drawings and screens stay sharp; everything else is a photo."""


def remake_picture(source: Path, target: Path, media_type: str) -> str:
    """JPEG or PNG, upright, in sRGB, without transparency (which can hide pixels); of an animation
    the first frame. Compression tables are ours too: a camera's say which camera."""
    expected = FORMATS[media_type]
    with Image.open(source, formats=[expected]) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise AttachmentRejected("too_complex", f"{opened.width}×{opened.height} pixels")
        _decode_smaller(opened)
        opened.load()
        orientation = opened.getexif().get(0x0112, 1)
        profile = opened.info.get("icc_profile")
        picture = _flat(_small_enough(opened), profile)
    picture = _upright(picture, orientation)
    picture.info.clear()
    if expected in _LOSSLESS:
        picture.save(target, format="PNG")
        return "image/png"
    picture.save(target, format="JPEG", quality=88, optimize=False)
    return "image/jpeg"


def _decode_smaller(opened: Image.Image) -> None:
    """JPEG can be decoded at a half, quarter or eighth, in that much less memory."""
    scale = 1
    while opened.width * opened.height // scale**2 > KEPT_PIXELS and scale < 8:
        scale *= 2
    if scale > 1:
        opened.draft(None, (opened.width // scale, opened.height // scale))


def _small_enough(picture: Image.Image) -> Image.Image:
    factor = 1
    while picture.width * picture.height // factor**2 > KEPT_PIXELS:
        factor += 1
    return picture.reduce(factor) if factor > 1 and picture.mode != "P" else picture


def _flat(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Grey or RGB on white, in sRGB."""
    if picture.mode in {"LA", "PA", "RGBA", "RGBa", "La"} or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
        picture = flat
    elif picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    if profile and picture.mode in {"RGB", "CMYK"}:
        picture = _in_srgb(picture, profile)
    return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    scaled = (
        picture.convert("I").point(lambda value: value / 256) if picture.mode != "F" else picture
    )
    return scaled.convert("L")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture  # a broken profile: the colours as they are
    return changed or picture


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
