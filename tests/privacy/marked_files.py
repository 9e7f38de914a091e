"""Files that say who made them, where and when, in every place that people have forgotten."""

import io
import struct
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import pikepdf
import pillow_heif
from PIL import Image, PngImagePlugin

from tests.attachments.documents import compound

MARK = "TANDA-SITI-0812"
"""In every file, once for each place."""
MADE_AT = "2024-03-02T01:44:05"
"""When each says it was made."""
_BYTES = MARK.encode()
_XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{MARK}</dc:creator></x:xmpmeta>".encode()
_SINCE_1904 = 3_792_188_645
"""`MADE_AT` as MP4 has it."""


def traces() -> tuple[bytes, ...]:
    """What to look for in bytes that were served: the mark, however written, and the times."""
    return (
        _BYTES,
        MARK.encode("utf-16-le"),
        MARK.encode("utf-16-be"),
        b"2024:03:02",
        b"2024-03-02",
        b"20240302",
        struct.pack(">I", _SINCE_1904),
        struct.pack("<HH", *_ZIP_TIME),
    )


def marked_in(folder: Path) -> list[Path]:
    """The files in which there is a trace of who made them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if any(trace in path.read_bytes() for trace in traces())]


_ZIP_TIME = (1 << 11 | 44 << 5 | 2, 44 << 9 | 3 << 5 | 2)


def jpeg(size: tuple[int, int] = (64, 48)) -> bytes:
    """EXIF with a place, a comment, XMP, a profile's words, and bytes after the end."""
    written = io.BytesIO()
    _picture(size).save(
        written, "JPEG", exif=_exif(), comment=_BYTES, xmp=_XMP, icc_profile=_profile()
    )
    return written.getvalue() + _BYTES


def png() -> bytes:
    """Text chunks of each kind, EXIF, hidden pixels' neighbour, and bytes after the end."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARK)
    info.add_itxt("XML:com.adobe.xmp", _XMP.decode(), zip=False)
    info.add_text("Comment", MARK, zip=True)
    info.add(b"tIME", struct.pack(">HBBBBB", 2024, 3, 2, 1, 44, 5))
    written = io.BytesIO()
    _picture().save(written, "PNG", pnginfo=info, exif=_exif())
    return written.getvalue() + _BYTES


def webp() -> bytes:
    written = io.BytesIO()
    _picture().save(written, "WEBP", exif=_exif().tobytes(), xmp=_XMP)
    return written.getvalue()


def gif() -> bytes:
    written = io.BytesIO()
    _picture().save(written, "GIF", comment=_BYTES, save_all=True, append_images=[_picture()])
    return written.getvalue() + _BYTES


def heic() -> bytes:
    written = io.BytesIO()
    pillow_heif.from_pillow(_picture()).save(written, exif=_exif().tobytes(), xmp=_XMP)
    return written.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A comment's author, an embedded file, XFA, JavaScript, a picture with a place, a form's
    value, XMP, application data, document information and bytes after the end."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(300, 200))
        first = made.pages[0]
        photo = made.make_stream(
            jpeg(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=64,
            Height=48,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        first.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=photo))
        first.Contents = made.make_stream(b"% " + _BYTES + b"\nq 100 0 0 75 20 20 cm /Im Do Q")
        first.obj["/Annots"] = pikepdf.Array([made.make_indirect(_comment())])
        first.obj["/PieceInfo"] = pikepdf.Dictionary(Who=pikepdf.String(MARK))
        made.attachments["catatan.txt"] = pikepdf.AttachedFileSpec(
            made, _BYTES, filename=f"{MARK}.txt", description=MARK
        )
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(f"'{MARK}'"))
        made.Root.OpenAction = script
        made.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array(), XFA=made.make_stream(f"<who>{MARK}</who>".encode())
        )
        made.Root.Metadata = made.make_stream(_XMP)
        made.docinfo["/Author"] = MARK
        made.docinfo["/CreationDate"] = "D:20240302014405+07'00'"
        written = io.BytesIO()
        made.save(written, compress_streams=False)
    return written.getvalue() + b"\n% " + _BYTES


def docx() -> bytes:
    """Author in single quotes, a template's path, custom XML, a photo with a place, times."""
    return _zip(
        {
            "[Content_Types].xml": b'<Types><Override PartName="/word/document.xml" ContentType='
            b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
            b"</Types>",
            "word/document.xml": f"<w:document><w:ins w:author='{MARK}'/></w:document>".encode(),
            "word/_rels/settings.xml.rels": f'<R Target="file:///C:/Users/{MARK}/x.dotm"/>'.encode(),
            "customXml/item1.xml": f"<who>{MARK}</who>".encode(),
            "docProps/core.xml": f"<c><creator>{MARK}</creator>{MADE_AT}</c>".encode(),
            "word/media/image1.jpeg": jpeg(),
        }
    )


def xlsx() -> bytes:
    return _zip(
        {
            "[Content_Types].xml": b'<Types><Override PartName="/xl/workbook.xml" ContentType='
            b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            b"</Types>",
            "xl/workbook.xml": f'<w><absPath url="C:\\Users\\{MARK}\\"/></w>'.encode(),
        }
    )


def odt() -> bytes:
    return _zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": f"<office><dc:creator>{MARK}</dc:creator></office>".encode(),
            "meta.xml": f"<meta:initial-creator>{MARK}</meta:initial-creator>".encode(),
        }
    )


def doc() -> bytes:
    return compound({"WordDocument": _BYTES + MARK.encode("utf-16-le")})


def wav() -> bytes:
    """An INFO list, and a broadcast extension that says when."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x00\x10\x00\xf0" * 4000)
    artist = b"IART" + struct.pack("<I", 16) + _BYTES.ljust(16, b"\0")
    notes = b"LIST" + struct.pack("<I", len(artist) + 4) + b"INFO" + artist
    words = bytearray(602)
    words[256 : 256 + len(_BYTES)] = _BYTES
    words[320:330] = b"2024-03-02"
    body = written.getvalue()[8:] + notes + b"bext" + struct.pack("<I", 602) + words
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3() -> bytes:
    return _recording("mp3", sound="libmp3lame") + b"TAG" + _BYTES.ljust(125, b"\0")


def aac() -> bytes:
    """ADTS behind an ID3 tag, as phones' recorders write it."""
    body = b"\x00" + _BYTES
    frame = b"TPE1" + struct.pack(">I", len(body)) + b"\0\0" + body
    return b"ID3\x03\x00\x00\x00\x00\x00" + bytes([len(frame)]) + frame + _recording("adts", "aac")


def m4a() -> bytes:
    return _recording("ipod", sound="aac")


def ogg() -> bytes:
    return _recording("ogg", sound="libopus")


def amr() -> bytes:
    return _recording("amr", sound="libopencore_amrnb", rate=8000) + _BYTES


def mp4() -> bytes:
    """Creation times, a title, a place, and boxes of one's own."""
    own = b"uuid" + b"u" * 16 + _BYTES
    return _recording("mp4", "aac", "libx264") + struct.pack(">I", len(own) + 4) + own


def mov() -> bytes:
    return _recording("mov", "aac", "libx264")


def threegp() -> bytes:
    return _recording("3gp", "aac", "mpeg4")


def webm() -> bytes:
    return _recording("webm", "libopus", "libvpx")


PICTURES: dict[str, Callable[[], bytes]] = {
    f"{MARK}.jpg": jpeg,
    f"{MARK}.png": png,
    f"{MARK}.webp": webp,
    f"{MARK}.gif": gif,
    f"{MARK}.heic": heic,
}
PAGES: dict[str, Callable[[], bytes]] = {f"{MARK}.pdf": pdf}
RECORDINGS: dict[str, Callable[[], bytes]] = {
    f"{MARK}.wav": wav,
    f"{MARK}.mp3": mp3,
    f"{MARK}.aac": aac,
    f"{MARK}.m4a": m4a,
    f"{MARK}.ogg": ogg,
    f"{MARK}.amr": amr,
    f"{MARK}.mp4": mp4,
    f"{MARK}.mov": mov,
    f"{MARK}.3gp": threegp,
    f"{MARK}.webm": webm,
}
DOCUMENTS: dict[str, Callable[[], bytes]] = {
    f"{MARK}.docx": docx,
    f"{MARK}.xlsx": xlsx,
    f"{MARK}.odt": odt,
    f"{MARK}.doc": doc,
}


def _picture(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return picture


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x013B] = MARK
    exif[0x0132] = "2024:03:02 01:44:05"
    exif.get_ifd(0x8825)[0x001B] = b"ASCII\0\0\0" + _BYTES
    return exif


def _profile() -> bytes:
    """Not a profile that colours can be read by, but one that carries words."""
    return b"\0" * 128 + _BYTES


def _comment() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=pikepdf.Array([10, 10, 30, 30]),
        T=pikepdf.String(MARK),
        Contents=pikepdf.String(MARK),
        M=pikepdf.String("D:20240302014405"),
    )


def _zip(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2024, 3, 2, 1, 44, 4))
            entry.comment = _BYTES
            archive.writestr(entry, content)
        archive.comment = _BYTES
    return written.getvalue()


def _recording(form: str, sound: str, pictures: str | None = None, rate: int = 48_000) -> bytes:
    """A second of grey and a hum."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "recording"
        with av.open(str(path), "w", format=form) as made:
            for key in ("title", "artist", "comment", "location"):
                made.metadata[key] = MARK
            made.metadata["creation_time"] = f"{MADE_AT}Z"
            film = _film_track(made, pictures) if pictures else None
            hum = made.add_stream(sound, rate=rate, layout="mono")
            if film:
                _film(made, film)
            _hum(made, hum, rate)
        return path.read_bytes()


def _film_track(made: Any, codec: str) -> Any:
    track = made.add_stream(codec, rate=10)
    track.width, track.height, track.pix_fmt = 176, 144, "yuv420p"
    track.metadata["title"] = MARK
    return track


def _film(made: Any, track: Any) -> None:
    for place in range(10):
        frame = av.VideoFrame(176, 144, "rgb24")
        frame.planes[0].update(bytes([20 * place]) * frame.planes[0].buffer_size)
        frame.pts = place
        made.mux(track.encode(frame))
    made.mux(track.encode())


def _hum(made: Any, track: Any, rate: int) -> None:
    for place in range(10):
        frame = av.AudioFrame(format="s16", layout="mono", samples=rate // 10)
        frame.sample_rate, frame.pts = rate, place * rate // 10
        cycle = struct.pack("<16h", *([4000] * 8 + [-4000] * 8))
        size = frame.planes[0].buffer_size
        frame.planes[0].update((cycle * (size // len(cycle) + 1))[:size])
        made.mux(track.encode(frame))
    made.mux(track.encode(None))
