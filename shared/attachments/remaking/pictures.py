"""Makes pictures from pixels: decoded, turned upright, flattened, and encoded with our settings."""

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageCms

from shared.attachments.pictures import (
    FORMATS,
    MOST_MEMORY,
    bytes_a_pixel,
    check_pixels,
    coefficient_bytes,
    webp_pixels,
)

KEPT_PIXELS = 24_000_000
"""The most pixels of the new picture: a page of A3 at 350 dpi. A larger one is reduced by a whole
number."""

_STRIP_PIXELS = 1_000_000
"""Pixels that are flattened and reduced at a time, so that the whole picture is in memory only
once."""
_STRIP_MEMORY = 20_000_000
"""Bytes that the strips, their copies and the encoder take."""
_MADE_BYTES_A_PIXEL = 8
"""Bytes of a pixel in the decoded picture and in the new one together."""
_DECODER_BYTES_A_PIXEL = {"image/webp": 18, "image/heic": 10}
"""Bytes of a pixel that these decoders take altogether, measured with pictures of these types."""
_LOSSLESS = frozenset({"PNG", "GIF"})
"""Drawings and screens stay sharp; everything else is a photo."""


def memory_to_remake(content: bytes, media_type: str) -> int:
    """About how many bytes `remake_picture` takes, from the picture's head alone.

    Raises `AttachmentRejected`: `too_many_pixels` over 110 megapixels.
    """
    if media_type == "image/webp":
        # Its decoder takes the memory when it is opened.
        pixels, _ = webp_pixels(content)
        return pixels * _DECODER_BYTES_A_PIXEL[media_type] + _STRIP_MEMORY
    with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as opened:
        check_pixels(opened)
        coefficients = coefficient_bytes(opened)
        _decode_smaller(opened)
        pixels = opened.width * opened.height
        decoder = _DECODER_BYTES_A_PIXEL.get(media_type, bytes_a_pixel(opened.mode))
        return coefficients + pixels * decoder + 4 * min(pixels, KEPT_PIXELS) + _STRIP_MEMORY


def remake_picture(source: Path, target: Path, media_type: str) -> str:
    """Write a JPEG or PNG, of an animation the first frame; return its media type.

    Compression tables are ours too: those of a camera identify it.
    """
    picture = flat_picture(source, media_type)
    if FORMATS[media_type] in _LOSSLESS:
        large = picture.width * picture.height > 4_000_000  # would take longer than it may
        picture.save(target, format="PNG", compress_level=1 if large else 6)
        return "image/png"
    picture.save(target, format="JPEG", quality=88, optimize=False)
    return "image/jpeg"


def flat_picture(source: Path, media_type: str) -> Image.Image:
    """Only the pixels, in no more memory than `memory_to_remake` says.

    They are grey or RGB, upright, in sRGB, without transparency (which can hide pixels).
    """
    with Image.open(source, formats=[FORMATS[media_type]]) as opened:
        check_pixels(opened)
        _decode_smaller(opened)
        opened.load()
        orientation = opened.getexif().get(0x0112, 1)
        picture = _flat(opened)
        opened.close()  # its pixels too
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _decode_smaller(opened: Image.Image) -> None:
    """JPEG can be decoded at a half, quarter or eighth, in that much less memory."""
    pixels, coefficients, scale = opened.width * opened.height, coefficient_bytes(opened), 1
    while scale < 8 and (
        pixels // scale**2 > KEPT_PIXELS
        or coefficients + _MADE_BYTES_A_PIXEL * pixels // scale**2 > MOST_MEMORY - _STRIP_MEMORY
    ):
        scale *= 2
    if scale > 1:
        opened.draft(None, (opened.width // scale, opened.height // scale))


def _flat(opened: Image.Image) -> Image.Image:
    """Grey or RGB on white, in sRGB, of no more than `KEPT_PIXELS`."""
    factor = 1
    while opened.width * opened.height // factor**2 > KEPT_PIXELS:
        factor += 1
    flatten, mode = _flattening(opened)
    size = (-(-opened.width // factor), -(-opened.height // factor))
    made = Image.new(mode, size)
    rows = factor * max(1, _STRIP_PIXELS // (opened.width * factor))
    for top in range(0, opened.height, rows):
        strip = opened.crop((0, top, opened.width, min(top + rows, opened.height)))
        made.paste(flatten(strip).reduce(factor), (0, top // factor))
    return made


def _flattening(opened: Image.Image) -> tuple[Callable[[Image.Image], Image.Image], str]:
    """The function that makes a strip of this picture grey or RGB, and which of the two it
    makes."""
    if opened.mode.startswith("I"):
        return _eight_bits, "L"
    if opened.has_transparency_data:
        in_srgb = _to_srgb("RGB", opened.info.get("icc_profile"))
        return lambda strip: in_srgb(_on_white(strip)), "RGB"
    if opened.mode in {"1", "L"}:
        return lambda strip: strip.convert("L"), "L"
    mode = "CMYK" if opened.mode == "CMYK" else "RGB"
    in_srgb = _to_srgb(mode, opened.info.get("icc_profile"))
    return lambda strip: in_srgb(strip.convert(mode)), "RGB"


def _on_white(picture: Image.Image) -> Image.Image:
    with_alpha = picture.convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return flat


def _eight_bits(picture: Image.Image) -> Image.Image:
    return picture.convert("I").point(lambda value: value / 256).convert("L")


def _to_srgb(mode: str, profile: bytes | None) -> Callable[[Image.Image], Image.Image]:
    """The function that converts from the picture's profile.

    Without a profile, or with a broken one, the colours stay as they are.
    """
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(source, srgb, mode, "RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
        else:
            return lambda picture: ImageCms.applyTransform(picture, transform) or picture
    return lambda picture: picture.convert("RGB")


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
