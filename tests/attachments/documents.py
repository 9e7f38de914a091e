"""Documents that act, each in a way that offices know; what acts holds the mark."""

import io
import struct
import zipfile
from collections.abc import Callable

import pikepdf

ACTS = b"BERBAHAYA-4711"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MS = "http://schemas.microsoft.com/office/2006/relationships"
OOXML = "application/vnd.openxmlformats-officedocument."
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)

Relation = tuple[str, str, str]
"""Id, type (its last word, or all of it) and target; external where the target is an address."""


def package(
    main: str,
    main_type: str,
    parts: dict[str, bytes],
    relations: dict[str, list[Relation]],
    types: dict[str, str] | None = None,
) -> bytes:
    """An OOXML package. `relations` by part, `types` by part."""
    overrides = {main: main_type, **(types or {})}
    declared = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items()
    )
    files = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{declared}</Types>"
        ).encode(),
        "_rels/.rels": _rels([("rId1", "officeDocument", main), *relations.get("", [])]),
        **parts,
    }
    for part, of_part in relations.items():
        if part:
            folder, _, name = part.rpartition("/")
            files[f"{folder}/_rels/{name}.rels"] = _rels(of_part)
    return zipped(files)


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def everything_in(content: bytes) -> bytes:
    """The bytes, and what is packed in them."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content + b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        plain = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as document:
            document.save(plain, compress_streams=False, stream_decode_level=_ALL)
        return content + plain.getvalue()
    return content


def _rels(relations: list[Relation]) -> bytes:
    each = "".join(
        f'<Relationship Id="{id}" Type="{kind if "/" in kind else f"{_REL}/{kind}"}"'
        f' Target="{target}"{_mode(target)}/>'
        for id, kind, target in relations
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{each}</Relationships>'.encode()


def _mode(target: str) -> str:
    outside = ":" in target or target.startswith("\\")
    return ' TargetMode="External"' if outside else ""


def letter(
    body: str,
    relations: list[Relation] | None = None,
    parts: dict[str, bytes] | None = None,
    *,
    main_type: str = f"{OOXML}wordprocessingml.document.main+xml",
    of_parts: dict[str, list[Relation]] | None = None,
) -> bytes:
    """A .docx with one paragraph that says "Isi" and whatever is given."""
    document = (
        f'<w:document xmlns:w="{W}" xmlns:r="{_REL}"'
        ' xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>Isi</w:t></w:r></w:p>{body}</w:body></w:document>"
    )
    parts_of_file = {"word/document.xml": document.encode(), **(parts or {})}
    related = {"word/document.xml": relations or [], **(of_parts or {})}
    return package("word/document.xml", main_type, parts_of_file, related)


def workbook(
    cells: str = "",
    relations: list[Relation] | None = None,
    parts: dict[str, bytes] | None = None,
    *,
    more: str = "",
    book: str = "",
    main_type: str = f"{OOXML}spreadsheetml.sheet.main+xml",
    of_book: list[Relation] | None = None,
) -> bytes:
    """An .xlsx whose one sheet has 7 in A1 and whatever is given."""
    sheet = (
        f'<worksheet xmlns="{S}" xmlns:r="{_REL}"><sheetData><row r="1"><c r="A1"><v>7</v></c>'
        f"{cells}</row></sheetData>{more}</worksheet>"
    )
    main = (
        f'<workbook xmlns="{S}" xmlns:r="{_REL}"><sheets><sheet name="Data" sheetId="1"'
        f' r:id="rIdS"/></sheets>{book}</workbook>'
    )
    return package(
        "xl/workbook.xml",
        main_type,
        {"xl/workbook.xml": main.encode(), "xl/sheet1.xml": sheet.encode(), **(parts or {})},
        {
            "xl/workbook.xml": [("rIdS", "worksheet", "sheet1.xml"), *(of_book or [])],
            "xl/sheet1.xml": relations or [],
        },
        {"xl/sheet1.xml": f"{OOXML}spreadsheetml.worksheet+xml"},
    )


def open_text(
    body: str, parts: dict[str, bytes] | None = None, *, head: str = "", kind: str = "text"
) -> bytes:
    """An .odt with one paragraph that says "Isi" and whatever is given."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (
            *(("office", "office"), ("text", "text"), ("draw", "drawing"), ("table", "table")),
            *(("script", "script"), ("manifest", "manifest"), ("form", "form")),
            ("meta", "meta"),
        )
    )
    links = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    content = (
        f"<office:document-content {spaces} {links}>{head}<office:body><office:text>"
        f"<text:p>Isi</text:p>{body}</office:text></office:body></office:document-content>"
    )
    names = ["content.xml", *(parts or {})]
    entries = "".join(f'<manifest:file-entry manifest:full-path="{name}"/>' for name in names)
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": content.encode(),
            "META-INF/manifest.xml": f"<manifest:manifest {spaces}>{entries}"
            "</manifest:manifest>".encode(),
            **(parts or {}),
        }
    )


def pdf(plant: Callable[[pikepdf.Pdf, pikepdf.Page], object]) -> bytes:
    """A PDF of one page with words, after `plant` has been at it."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 200))
        page = document.pages[0]
        page.Contents = document.make_stream(b"BT (Isi) Tj ET")
        plant(document, page)
        target = io.BytesIO()
        document.save(target)
    return target.getvalue()


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file (MS-CFB) whose root has these streams; "a/b" lies in a storage a."""
    storages = sorted({name.split("/")[0] for name in streams if "/" in name})
    names = ["Root Entry", *storages, *streams]
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    data, chains, starts = b"", [], {}
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += bytes(-len(padded) % 512)
        first, count = len(data) // 512, len(padded) // 512
        starts[name] = (first, len(padded))
        chains += [*range(first + 1, first + count), end]
        data += padded
    folder_first = len(data) // 512
    entries = b""
    place = {name: number for number, name in enumerate(names)}
    for name in names:
        top = [n for n in names[1:] if "/" not in n]
        inside = [n for n in streams if n.startswith(f"{name}/")]
        siblings = (
            top if name in top else [n for n in streams if n.split("/")[0] == name.split("/")[0]]
        )
        after = siblings[siblings.index(name) + 1 :] if name in siblings else []
        child = top if name == "Root Entry" else inside
        short = name.rsplit("/", 1)[-1].encode("utf-16-le")
        kind = 5 if name == "Root Entry" else 2 if name in streams else 1
        start, size = starts.get(name, (0 if kind == 1 else end, 0))
        entries += (
            short.ljust(64, b"\0")
            + struct.pack("<HBB", len(short) + 2, kind, 1)
            + struct.pack("<III", free, place[after[0]] if after else free,
                          place[child[0]] if child else free)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )  # fmt: skip
    entries += bytes(-len(entries) % 512)
    count = len(entries) // 512
    chains += [*range(folder_first + 1, folder_first + count), end]
    data += entries
    fat_at = len(data) // 512
    sectors = (len(chains) + 1 + 127) // 128
    chains += [0xFFFFFFFD] * sectors
    fat = b"".join(struct.pack("<I", sector) for sector in chains).ljust(sectors * 512, b"\xff")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<IIIIIIIII", 0, sectors, folder_first, 0, 4096, end, 0, end, 0)
    )  # fmt: skip
    places = [fat_at + n for n in range(sectors)]
    header += b"".join(struct.pack("<I", place) for place in places).ljust(436, b"\xff")
    return header + data + fat


def biff(*records: tuple[int, bytes]) -> bytes:
    """A stream of Excel records."""
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


_ALL = pikepdf.StreamDecodeLevel.all
