"""Pictures that come with a report lose what they tell of place and device, and stay pictures."""

import io

import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from shared.http.messages import field_message
from tests.intake.sample_files import (
    MARK,
    exif,
    inspected,
    outcome,
    picture,
    pixel,
    saved,
)


@pytest.mark.parametrize("size", [(9248, 6936), (12_000, 9_000), (6936, 9248)])
def test_a_photo_of_the_largest_sensors_is_taken_at_half_its_width(size: tuple[int, int]) -> None:
    photo = Image.new("L", size, 128)
    photo.paste(255, (0, 0, size[0] // 2, size[1]))
    media_type = outcome(saved(photo, "JPEG", quality=20))
    assert media_type == "image/jpeg"
    with Image.open(io.BytesIO(inspected(saved(photo, "JPEG", quality=20)).content)) as kept:
        assert kept.size == (size[0] // 2, size[1] // 2)
        assert pixel(kept, (10, 10))[0] > 250
        assert pixel(kept, (kept.width - 10, 10))[0] < 140


def test_a_usual_photo_keeps_its_size() -> None:
    with Image.open(
        io.BytesIO(inspected(saved(Image.new("L", (8160, 6144)), "JPEG")).content)
    ) as it:
        assert it.size == (8160, 6144)


def test_more_pixels_than_any_phone_makes_are_refused_for_that() -> None:
    assert outcome(saved(Image.new("1", (11_000, 10_001)), "PNG")) == "too_many_pixels"
    words = field_message("file_too_many_pixels", "id", {"place": 1, "name": "a.png"}, "")
    assert "piksel" in words
    assert "10 MB" not in words


def test_a_photo_loses_its_place_and_stays_upright() -> None:
    original = saved(picture(), "JPEG", exif=exif(orientation=6), comment=MARK, quality=90)
    assert MARK in original
    result = inspected(original)
    assert result.media_type == "image/jpeg"
    assert MARK not in result.content
    assert b"Exif" not in result.content
    with Image.open(io.BytesIO(result.content)) as clean:
        assert not clean.getexif()
        assert clean.size == (20, 40)
        red, _, blue = pixel(clean, (10, 3))
        assert red > 200 > 60 > blue


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
        assert pixel(clean.convert("RGBA"), (0, 0))[3] == 0


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
            red, _, blue = pixel(clean.convert("RGB"), (3, 10))
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
            assert pixel(clean, (5, 10))[0] > 200


def test_a_print_photo_in_cmyk_becomes_one_for_screens() -> None:
    result = inspected(saved(picture().convert("CMYK"), "JPEG"))
    with Image.open(io.BytesIO(result.content)) as clean:
        assert clean.mode == "RGB"
