"""The parts of an A4 document: headings, paragraphs, facts and tables, in order."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_BLOCKS = 4_000
MAX_ROWS = 2_000
_Words = Annotated[str, Field(max_length=100_000)]


class _Block(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, ser_json_bytes="base64", val_json_bytes="base64"
    )


class Heading(_Block):
    """The beginning of a section, one level below the document's title."""

    kind: Literal["heading"] = "heading"
    text: _Words


class Paragraph(_Block):
    """Words as they were written, with their line breaks. Quiet ones are less important."""

    kind: Literal["paragraph"] = "paragraph"
    text: _Words
    quiet: bool = False


class Facts(_Block):
    """Names and values, one below another."""

    kind: Literal["facts"] = "facts"
    rows: Annotated[list[tuple[_Words, _Words]], Field(max_length=MAX_ROWS)]


class Table(_Block):
    """Cells in columns; each row is as long as `columns`, whose names are repeated on every page.

    Columns from `figures_from` on hold figures: they are narrow and aligned to the right.
    """

    kind: Literal["table"] = "table"
    columns: Annotated[list[_Words], Field(min_length=1, max_length=12)]
    rows: Annotated[list[list[_Words]], Field(max_length=MAX_ROWS)]
    figures_from: int = 12


class Letterhead(_Block):
    """The sender (kop surat), at the top of the first page. The logo is a PNG or JPEG."""

    name: _Words
    address: _Words = ""
    logo: bytes | None = None


Block = Annotated[Heading | Paragraph | Facts | Table, Field(discriminator="kind")]


class A4(BaseModel):
    """A document.

    The title is its first heading, and the name that readers of the file see; `footer` is on every
    page beside the page's number.
    """

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=1_000)]
    language: Literal["id", "en"] = "id"
    letterhead: Letterhead | None = None
    footer: Annotated[str, Field(max_length=80)] = ""
    blocks: Annotated[list[Block], Field(max_length=MAX_BLOCKS)]
