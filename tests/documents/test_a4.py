"""Documents on A4, read back as a reader of the file would."""

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from shared.attachments.sandbox import Sandbox
from shared.documents.a4 import A4, Facts, Heading, Letterhead, Paragraph, Table
from shared.documents.typesetting import to_pdf

A4_POINTS = (595, 842)


async def made(document: A4) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(await to_pdf(document, Sandbox()))


def words(pdf: pypdfium2.PdfDocument) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


async def test_a_document_has_title_language_tags_and_numbered_pages() -> None:
    rows = [[f"Dinas {i}", str(i)] for i in range(120)]
    pdf = await made(
        A4(
            title="Surat mingguan",
            letterhead=Letterhead(name="Pemerintah Kota Uji", address="Jalan Uji 1\nUji"),
            footer="Internal",
            blocks=[
                Heading(text="Yang terlambat"),
                Paragraph(text="Baris satu\nbaris dua\n\nParagraf dua"),
                Facts(rows=[("Nomor", "1234567")]),
                Table(columns=["Instansi", "Terlambat"], rows=rows, figures_from=1),
            ],
        )
    )
    assert pdf.is_tagged() and pdf.get_metadata_value("Title") == "Surat mingguan"
    assert {tuple(round(side) for side in page.get_size()) for page in pdf} == {A4_POINTS}
    text = words(pdf)
    assert len(pdf) > 2 and text.count("Terlambat") == len(pdf), "column names on every page"
    assert f"Halaman {len(pdf)} dari {len(pdf)}" in text and text.count("Internal") == len(pdf)
    for shown in ("Pemerintah Kota Uji", "Yang terlambat", "baris dua", "1234567", "Dinas 119"):
        assert shown in text


async def test_nothing_is_cut_off_of_the_longest_report_and_names() -> None:
    agency = "Dinas " + "PekerjaanUmum" * 38
    report = ("kata " * 3_000 + "w" * 4_000 + " 😀 🏚️ 漢字 \ue000 akhir.\n")[:20_000]
    pdf = await made(
        A4(
            title=agency,
            letterhead=Letterhead(name=agency, address=agency),
            footer="Tanggapan atas laporan 12345678",
            blocks=[
                Paragraph(text=report),
                Facts(rows=[(agency, agency)]),
                Table(columns=["a"] * 12, rows=[[agency] + ["1"] * 11], figures_from=1),
            ],
        )
    )
    for page in pdf:
        width, height = page.get_size()
        assert all(
            min(left, bottom) > 0 and right < width and top < height
            for left, bottom, right, top in (
                text.get_bounds() for text in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
            )
        )
    text = words(pdf)
    assert text.count("kata") == 3_000 and text.count("w") == 4_000 and "akhir." in text


@pytest.mark.parametrize(
    ("letters", "accessible"),
    [("Terima kasih 🙏😭 🏚️ ✓ ≤ ★", True), ("Jalan 漢字", False), ("ꦗꦮ", False)],
)
async def test_emoji_are_shown_and_what_no_font_has_costs_the_claim_alone(
    letters: str, accessible: bool
) -> None:
    pdf = await to_pdf(A4(title="Surat", blocks=[Paragraph(text=letters)]), Sandbox())
    with pikepdf.open(io.BytesIO(pdf)) as made:
        assert (made.open_metadata().get("pdfuaid:part") == "1") is accessible
    assert pypdfium2.PdfDocument(pdf).is_tagged()


async def test_arabic_runs_from_right_to_left_with_its_letters_joined() -> None:
    name = "محمد"
    pdf = await made(A4(title="Kepada", blocks=[Paragraph(text=f"Bapak {name} Hasan")]))
    text = words(pdf)
    assert name in text and "Hasan" in text
    joined = pdf[0].get_textpage()
    start = joined.get_text_range().index(name)
    lefts = [joined.get_charbox(start + at)[0] for at in range(len(name))]
    assert lefts == sorted(lefts, reverse=True)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_a_logo_stands_in_the_letterhead(kind: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(picture, kind)
    head = Letterhead(name="Kota Uji", logo=picture.getvalue())
    pdf = await made(A4(title="Surat", letterhead=head, blocks=[]))
    assert len(list(pdf[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) == 1


async def test_words_are_never_read_as_commands() -> None:
    wild = '#read("/etc/passwd") *tebal* $x$ \\ `kode` <label> @rujukan // komentar = judul'
    assert wild in words(await made(A4(title="Uji", blocks=[Paragraph(text=wild)])))
