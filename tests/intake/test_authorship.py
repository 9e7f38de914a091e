"""Documents and sounds forget who made them, and stay what they were."""

import io
import zipfile
from collections.abc import Callable

import mutagen
import openpyxl
import pikepdf
import pytest
from mutagen.id3 import ID3, TPE1
from openpyxl.comments import Comment
from python_calamine import CalamineWorkbook

from tests.attachments.documents import W, everything_in, open_text
from tests.attachments.documents import letter as docx
from tests.intake.sample_files import MARK, XLSX, inspected, refused
from tests.privacy import marked_files
from tests.sample_pdf import PDF

NAME = MARK.decode()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def letter() -> bytes:
    """A PDF with words on a page, and an author."""
    with pikepdf.new() as pdf, pdf.open_metadata() as known:
        page = pdf.add_blank_page(page_size=(288, 216))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 29 108 Td (Jalan rusak) Tj ET")
        helvetica = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=helvetica))
        pdf.docinfo["/Author"] = pdf.docinfo["/Title"] = NAME
        known["dc:creator"] = [NAME]
        file = io.BytesIO()
        pdf.save(file, compress_streams=False)
    return file.getvalue()


def sheet() -> bytes:
    """A workbook with an author, one who changed it last and one who commented."""
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = NAME
    assert book.active is not None
    book.active["A1"] = 4711
    book.active["A1"].comment = Comment("Lihat ini", NAME)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text_document() -> bytes:
    changed = f"<w:p><w:ins w:author='{NAME}' w:id='1'><w:r><w:t>Isi</w:t></w:r></w:ins></w:p>"
    comments = (
        f'<w:comments xmlns:w="{W}"><w:comment w:initials="S" w:author="{NAME}"/></w:comments>'
    )
    parts = {"word/comments.xml": comments.encode(), "docProps/core.xml": b"<c>%s</c>" % MARK}
    return docx(changed, [("rId1", "comments", "comments.xml")], parts)


def open_document() -> bytes:
    by = f"<office:annotation><dc:creator>{NAME}</dc:creator></office:annotation>"
    meta = b"<m>%s</m>" % MARK
    return open_text(by, {"meta.xml": meta})


def song() -> bytes:
    """Frames of silence behind a tag."""
    file = io.BytesIO((b"\xff\xfb\x90\x00" + b"\x00" * 413) * 8)
    tags = ID3()
    tags.add(TPE1(encoding=3, text=NAME))
    tags.save(file, v1=2)
    return file.getvalue()


@pytest.mark.parametrize("make", [letter, sheet, text_document, open_document, song])
def test_the_author_is_gone(make: Callable[[], bytes]) -> None:
    before = make()
    assert MARK in everything_in(before)
    assert MARK not in everything_in(inspected(before).content)


def test_a_letter_keeps_its_page() -> None:
    with pikepdf.open(io.BytesIO(inspected(letter()).content)) as pdf:
        assert len(pdf.pages) == 1
        assert "/Contents" in pdf.pages[0].obj


def test_a_workbook_keeps_its_figures_for_other_programs() -> None:
    result = inspected(sheet())
    assert result.media_type == XLSX
    book = CalamineWorkbook.from_filelike(io.BytesIO(result.content))
    assert book.get_sheet_by_index(0).to_python() == [[4711]]
    again = openpyxl.load_workbook(io.BytesIO(result.content))
    assert again.active is not None
    assert again.active["A1"].comment.text == "Lihat ini"


def test_words_between_names_stay() -> None:
    for make, part in (
        (text_document, b"<w:t>Isi</w:t>"),
        (open_document, b"<text:p>Isi</text:p>"),
    ):
        assert part in everything_in(inspected(make()).content)


def test_an_open_document_still_begins_with_its_type() -> None:
    content = inspected(open_document()).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
    assert first.filename == "mimetype"


def test_sound_stays_sound() -> None:
    content = inspected(song()).content
    assert content.startswith(b"\xff\xfb")
    sound = mutagen.File(io.BytesIO(content))
    assert sound is not None
    assert sound.tags is None


def test_a_small_document_without_pages_is_taken() -> None:
    assert inspected(PDF).media_type == "application/pdf"


def test_a_document_that_cannot_be_read_is_refused() -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert refused(locked.getvalue()) == "unreadable"
    assert refused(b"%PDF-1.7\n" + b"\x00" * 200) == "unreadable"


def test_aac_behind_a_tag_is_taken_without_the_tag() -> None:
    result = inspected(marked_files.aac())
    assert result.media_type == "audio/aac"
    assert result.content.startswith(b"\xff")
    assert marked_files.MARK.encode() not in result.content
