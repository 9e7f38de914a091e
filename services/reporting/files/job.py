"""The job of the process that makes a file."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from services.reporting.files.conditions import Where, where
from services.reporting.files.selection import Selection
from shared.labels import label
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import Role


class Format(StrEnum):
    XLSX = "xlsx"
    PNG = "png"
    PDF = "pdf"
    SVG = "svg"
    CSV = "csv"
    CSV_SEMICOLONS = "csv_semicolons"
    """The form that Excel opens where the comma is the decimal mark, as in Indonesia."""
    JSONL = "jsonl"


CHARTS = frozenset({Format.PNG, Format.SVG, Format.PDF})


class CsvMarks(NamedTuple):
    """The separator between two values, and the decimal mark."""

    separator: str
    decimal: str


CSV_MARKS = {Format.CSV: CsvMarks(",", "."), Format.CSV_SEMICOLONS: CsvMarks(";", ",")}
MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.CSV_SEMICOLONS: "text/csv; charset=utf-8",
    Format.JSONL: "application/jsonl",
    Format.PNG: "image/png",
    Format.SVG: "image/svg+xml",
    Format.PDF: "application/pdf",
}


class Job(BaseModel):
    """One file to make. The agency is the selected one. The zone of all days and times is that of
    the reader's agency."""

    model_config = ConfigDict(frozen=True)

    database_url: str = Field(repr=False)
    selection: Selection
    format: Format
    agency_id: int
    agency_name: str
    zone: Zone
    reader_agency_id: int
    reader_name: str
    reader_role: Role
    at: datetime
    panel_url: str
    """The portal's address, for links to reports."""
    output: Path
    parts: str
    """The address of the folder that keeps the parts written so far."""

    @property
    def where(self) -> Where:
        return where(self.selection, self.agency_id, self.reader_agency_id, self.zone)


def file_name(selection: Selection, format: Format, at: datetime, zone: Zone) -> str:
    """Return a name like `lapor-terdisposisi-20260131-0930.xlsx`. Both kinds of CSV have the same
    extension, so their names differ: a program that opens one must not get the other by mistake."""
    tab = label("download_tab", selection.tab).lower()
    extension = Format.CSV if format in CSV_MARKS else format
    kind = "-titik-koma" if format is Format.CSV_SEMICOLONS else ""
    return f"lapor-{tab}-{at.astimezone(zone.offset):%Y%m%d-%H%M}{kind}.{extension}"
