"""Pictures saved anew, so that nothing but the picture is left: no place, device, time, comment."""

import io
import threading
from typing import Any

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin
from pillow_heif import register_heif_opener

from shared.attachments.rejection import MAX_PIXELS, AttachmentRejected

# The limit is checked here, before decoding and for every picture; Pillow's own would warn first.
Image.MAX_IMAGE_PIXELS = None
register_heif_opener()

_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
}
# A decoded picture takes some 200 MB at the limit: a process decodes two at a time.
_decoding = threading.BoundedSemaphore(2)


def is_picture(media_type: str) -> bool:
    """Whether `clean_picture` is for this type."""
    return media_type in _FORMATS


def clean_picture(content: bytes, media_type: str) -> tuple[bytes, str]:
    """The picture without metadata, upright and in sRGB, and its media type.

    HEIC becomes JPEG, which every browser shows. Of an animation the first frame stays. Raises
    `AttachmentRejected`: `too_large` over 64 megapixels, `unreadable` when damaged. Computes for
    up to seconds: call it in a thread.
    """
    with _decoding:
        try:
            return _saved_anew(content, _FORMATS[media_type])
        except AttachmentRejected:
            raise
        except Exception as error:  # decoders raise nearly anything on damaged input
            name = type(error).__name__
            raise AttachmentRejected("unreadable", f"damaged picture ({name})") from error


def _saved_anew(content: bytes, expected: str) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(content), formats=[expected]) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise AttachmentRejected("too_large", f"{opened.width}×{opened.height} pixels")
        target = "JPEG" if expected == "HEIF" else expected
        options = _options(opened, target)
        opened.load()
        picture = _in_srgb(ImageOps.exif_transpose(opened), target)
    # What is left in `info` would be written again: GIF comments, profiles, PNG texts.
    picture.info.clear()
    written = io.BytesIO()
    picture.save(written, format=target, **options)
    return written.getvalue(), f"image/{target.lower()}"


def _options(opened: Image.Image, target: str) -> dict[str, Any]:
    if isinstance(opened, JpegImagePlugin.JpegImageFile) and opened.mode in {"L", "RGB"}:
        # Its own tables: saving again loses next to nothing and the size stays as it was.
        sampling = JpegImagePlugin.get_sampling(opened)
        return {"qtables": opened.quantization, "subsampling": sampling}
    return {"quality": 90} if target in {"JPEG", "WEBP"} else {}


def _in_srgb(picture: Image.Image, target: str) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, source, srgb, outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            changed = None  # a broken profile: the colours as they are
        picture = changed or picture
    if "transparency" in picture.info and target != "GIF":
        return picture.convert("RGBA")
    if target == "JPEG" and picture.mode not in {"L", "RGB"}:
        return picture.convert("RGB")
    return picture.copy()
