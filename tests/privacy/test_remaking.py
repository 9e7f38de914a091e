"""What is made anew from a file shows what it showed and carries nothing else."""

import io
from array import array
from pathlib import Path

import av
import pikepdf
import pypdfium2
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from shared.attachments.recognition import recognise
from shared.attachments.rejection import AttachmentRejected
from shared.attachments.remaking.job import RECORDINGS, REMADE_AT_ONCE, remake
from tests.intake.sample_files import pixel
from tests.privacy import marked_files
from tests.privacy.marked_files import traces

REMADE = marked_files.PICTURES | marked_files.PAGES | marked_files.RECORDINGS


@pytest.mark.parametrize("name", REMADE)
def test_no_mark_of_whoever_made_a_file_is_in_what_is_remade(name: str, tmp_path: Path) -> None:
    content = REMADE[name]()
    assert any(trace in content for trace in traces()), "the sample carries nothing"
    made, media_type = _remade(content, tmp_path)
    assert [trace for trace in traces() if trace in made] == []
    assert media_type in REMADE_AT_ONCE | RECORDINGS


@pytest.mark.parametrize("name", marked_files.RECORDINGS)
def test_a_recording_names_neither_programs_nor_times_and_plays_as_long(
    name: str, tmp_path: Path
) -> None:
    content = marked_files.RECORDINGS[name]()
    made, media_type = _remade(content, tmp_path)
    assert [word for word in (b"Lavf", b"Lavc", b"x264", b"LAME") if word in made] == []
    with av.open(io.BytesIO(made)) as recording:
        assert "creation_time" not in recording.metadata
        assert recording.duration == pytest.approx(1_000_000, rel=0.15)
        assert [stream.type for stream in recording.streams] == (
            ["video", "audio"] if media_type == "video/mp4" else ["audio"]
        )
        assert _loudest(recording) > 0.02


def _loudest(recording: av.container.InputContainer) -> float:
    """Of all samples, from 0 to 1."""
    as_floats = av.AudioResampler(format="flt", layout="mono")
    return max(
        abs(sample)
        for frame in recording.decode(recording.streams.audio[0])
        for floats in as_floats.resample(frame)
        for sample in array("f", bytes(floats.planes[0])[: 4 * floats.samples])
    )


def test_a_photo_lies_the_right_way_up_and_keeps_its_colours(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    sent = io.BytesIO()
    marked_files._picture((80, 40)).save(sent, "JPEG", exif=exif)
    made, _ = _remade(sent.getvalue(), tmp_path)
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == (40, 80)
        red, blue = pixel(picture, (20, 10)), pixel(picture, (20, 70))
    assert red[0] > 200 and red[2] < 60
    assert blue[2] > 200 and blue[0] < 60
    assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_compression_tables_of_the_camera_are_not_carried_over(tmp_path: Path) -> None:
    tables = [[(7 * place) % 90 + 1 for place in range(64)] for _ in range(2)]
    sent = io.BytesIO()
    marked_files._picture().save(sent, "JPEG", qtables=tables)
    made, _ = _remade(sent.getvalue(), tmp_path)
    with Image.open(io.BytesIO(sent.getvalue())) as before, Image.open(io.BytesIO(made)) as after:
        assert isinstance(before, JpegImageFile) and isinstance(after, JpegImageFile)
        assert before.quantization != after.quantization


def test_pixels_hidden_by_transparency_are_gone(tmp_path: Path) -> None:
    hidden = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    sent = io.BytesIO()
    hidden.save(sent, "PNG")
    made, media_type = _remade(sent.getvalue(), tmp_path)
    with Image.open(io.BytesIO(made)) as picture:
        assert (media_type, picture.mode, picture.getpixel((5, 5))) == (
            "image/png",
            "RGB",
            (255, 255, 255),
        )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_kind_of_pixel_are_remade(mode: str, tmp_path: Path) -> None:
    sent = io.BytesIO()
    Image.new(mode, (30, 20), 0).save(sent, "JPEG" if mode == "CMYK" else "PNG")
    made, _ = _remade(sent.getvalue(), tmp_path)
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == (30, 20)


def test_a_photo_of_a_large_sensor_is_made_smaller_and_not_refused(tmp_path: Path) -> None:
    sent = io.BytesIO()
    Image.new("RGB", (9248, 6936), "green").save(sent, "JPEG", quality=30)
    made, _ = _remade(sent.getvalue(), tmp_path)
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == (4624, 3468)


def test_a_page_can_be_read_and_holds_one_picture_and_no_words(tmp_path: Path) -> None:
    made, media_type = _remade(marked_files.pdf(pages=3), tmp_path)
    assert media_type == "application/pdf"
    with pypdfium2.PdfDocument(made) as pages:
        assert len(pages) == 3
        assert pages[0].get_size() == pytest.approx((300, 200), abs=1)
        seen = pages[0].render(scale=1).to_pil().convert("RGB")
        assert pages[0].get_textpage().get_text_range() == ""
    red = seen.getpixel((35, 150))
    assert red[0] > 200 and red[2] < 60
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert "/Info" not in pdf.trailer
        assert all("/Annots" not in page for page in pdf.pages)
        [picture] = pdf.pages[0].Resources.XObject.values()
        assert picture.Width == 300 * 150 // 72


def test_forty_pages_are_remade_and_one_more_is_not(tmp_path: Path) -> None:
    assert _remade(marked_files.pdf(pages=40), tmp_path)[1] == "application/pdf"
    with pytest.raises(AttachmentRejected) as refusal:
        _remade(marked_files.pdf(pages=41), tmp_path)
    assert refusal.value.code == "type_not_allowed"


def test_a_locked_pdf_is_not_called_damaged(tmp_path: Path) -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(marked_files.pdf())) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="x", user="rahasia"))
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(locked.getvalue())
    with pytest.raises(AttachmentRejected) as refusal:
        remake(source, target, media_type="application/pdf")
    assert refusal.value.code == "type_not_allowed"


def test_a_video_held_upright_stays_upright_and_a_large_one_gets_smaller(tmp_path: Path) -> None:
    source = tmp_path / "wide.mp4"
    with av.open(str(source), "w") as made:
        stream = made.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for place in range(5):
            frame = av.VideoFrame(1920, 1080, "rgb24")
            frame.pts = place
            made.mux(stream.encode(frame))
        made.mux(stream.encode())
    turned = _with_rotation(source.read_bytes())
    made_anew, _ = _remade(turned, tmp_path)
    with av.open(io.BytesIO(made_anew)) as recording:
        stream = recording.streams.video[0]
        assert (stream.width, stream.height) == (720, 1280)
        assert next(recording.decode(stream)).rotation == 0


def test_a_recording_cut_off_is_remade_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = marked_files.webm()
    made, _ = _remade(whole[: len(whole) * 2 // 3], tmp_path)
    with av.open(io.BytesIO(made)) as recording:
        assert recording.streams.video[0].frames > 0


def _remade(content: bytes, folder: Path) -> tuple[bytes, str]:
    source, target = folder / "source", folder / "target"
    source.write_bytes(content)
    media_type = remake(source, target, media_type=recognise(content))
    return target.read_bytes(), media_type


def _with_rotation(video: bytes) -> bytes:
    """The track's matrix as a phone held upright writes it: a quarter turn clockwise."""
    plain = b"\x00\x01\x00\x00" + bytes(12) + b"\x00\x01\x00\x00" + bytes(12) + b"\x40\x00\x00\x00"
    turned = (
        bytes(4)
        + b"\x00\x01\x00\x00"
        + bytes(4)
        + b"\xff\xff\x00\x00"
        + bytes(8)
        + bytes(8)
        + b"\x40\x00\x00\x00"
    )
    assert len(plain) == len(turned) == 36
    at = video.index(b"tkhd")
    start = video.index(plain, at)
    return video[:start] + turned + video[start + 36 :]
