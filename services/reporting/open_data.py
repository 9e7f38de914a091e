"""`GET /open-data/…`: all public reports of a year as CSV or JSON Lines, for everyone.

The files are cheap enough to be fetched every night: rows are read by number, some thousand at a
time, so that a slow reader holds neither a transaction nor memory.
"""

import asyncio
import csv
import io
import zlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import Row, select, text
from sqlmodel import col

from services.reporting.files.lines import no_formula
from services.reporting.files.names import region_names
from shared.clock import now
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, limited
from shared.http.transaction import CurrentDatabase, Transaction
from shared.labels import label
from shared.privacy.publication import as_public
from shared.settings import Settings

COLUMNS = (
    *("number", "submitted_at", "classification", "category_code", "category", "category_group"),
    *("title", "body", "channel", "handler_code", "handler", "parent_agency", "status", "tab"),
    *("region_code", "province", "regency", "district", "village", "latitude", "longitude"),
    *("verified_at", "first_follow_up_at", "ended_at"),
)
"""The columns in order; their labels (`open_data_column`) say what each holds."""
BATCH = 2_000
_LIMIT = Limit("open-data", 20, 3600)
_WIB = timezone(timedelta(hours=7))

router = APIRouter(
    prefix="/open-data", tags=["open data"], responses=problem_responses(422, 429, 503)
)


class OpenDataFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


class OpenDataColumn(BaseModel):
    name: str
    description: str


class OpenDataFile(BaseModel):
    year: int
    csv: str = Field(description="Where to download it; compressed with `Accept-Encoding: gzip`")
    jsonl: str


class OpenDataDescription(BaseModel):
    """The available files and their licence."""

    about: str
    licence: str
    licence_url: str | None = Field(description="null if the operator has not declared one")
    time_zone: str
    columns: list[OpenDataColumn]
    files: list[OpenDataFile]


@router.get("")
async def open_data(request: Request, session: Transaction) -> OpenDataDescription:
    """Return the columns, the licence and the available years."""
    settings: Settings = request.app.state.settings
    first: datetime | None = await session.scalar(
        select(col(Report.submitted_at)).order_by(col(Report.number)).limit(1)
    )
    this = now().astimezone(_WIB).year
    years = range(first.astimezone(_WIB).year if first else this, this + 1)
    return OpenDataDescription(
        about=label("open_data_note", "about"),
        licence=_licence(settings),
        licence_url=settings.open_data_licence_url,
        time_zone="Asia/Jakarta",
        columns=[
            OpenDataColumn(name=name, description=label("open_data_column", name))
            for name in COLUMNS
        ],
        files=[
            OpenDataFile(
                year=year,
                csv=f"/open-data/reports.csv?year={year}",
                jsonl=f"/open-data/reports.jsonl?year={year}",
            )
            for year in years
        ],
    )


@router.get(
    "/reports.{format}",
    response_class=StreamingResponse,
    dependencies=[Depends(limited(_LIMIT))],
    responses={
        200: {
            "description": "One report a line",
            "content": {
                kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/jsonl")
            },
        }
    },
)
async def open_data_reports(
    format: OpenDataFormat,
    request: Request,
    database: CurrentDatabase,
    year: Annotated[
        int | None,
        Query(ge=2000, le=2100, description="The year of submission; this year by default"),
    ] = None,
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> StreamingResponse:
    """Download the public reports of a year, oldest first: verified, not archived, not secret, and
    without anyone's identity. The content is compressed for clients that accept gzip; a gzip stream
    that ends early is incomplete."""
    year = year or now().astimezone(_WIB).year
    content = _lines(database, format, year)
    headers = {
        "Cache-Control": "public, max-age=3600",
        "Content-Disposition": f'attachment; filename="lapor-{year}.{format}"',
        "Vary": "Accept-Encoding",
    }
    if licence := request.app.state.settings.open_data_licence_url:
        headers["Link"] = f'<{licence}>; rel="license"'
    if _takes_gzip(accept_encoding):
        content = _compressed(content)
        headers["Content-Encoding"] = "gzip"
    kind = "text/csv; charset=utf-8" if format is OpenDataFormat.CSV else "application/jsonl"
    return StreamingResponse(content, headers=headers, media_type=kind)


def _licence(settings: Settings) -> str:
    terms = settings.open_data_licence or label("open_data_note", "no_licence")
    return f"{terms} {label('open_data_note', 'please')}"


async def _lines(database: Database, format: OpenDataFormat, year: int) -> AsyncIterator[bytes]:
    encode = _csv if format is OpenDataFormat.CSV else _jsonl
    if format is OpenDataFormat.CSV:
        yield _csv_text([COLUMNS])
    start, end = (datetime(y, 1, 1, tzinfo=_WIB).astimezone(UTC) for y in (year, year + 1))
    after = 0
    while True:
        page = {"after": after, "start": start, "end": end, "limit": BATCH}
        async with database.autocommit() as connection:
            rows = (await connection.execute(_ROWS, page)).all()
        if rows:
            yield await asyncio.to_thread(encode, rows)
        if len(rows) < BATCH:
            return
        after = rows[-1].number


async def _compressed(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    gzip = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    async for part in content:
        if packed := await asyncio.to_thread(gzip.compress, part):
            yield packed
    yield gzip.flush()


def _csv(rows: Sequence[Row[Any]]) -> bytes:
    return _csv_text([_shown(value) for value in _values(row).values()] for row in rows)


def _csv_text(lines: Any) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue().encode()


def _jsonl(rows: Sequence[Row[Any]]) -> bytes:
    return b"".join(orjson.dumps(_values(row), option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _values(row: Row[Any]) -> dict[str, Any]:
    shown = as_public(row._mapping, row.anonymous)
    shown |= zip(_REGION_LEVELS, region_names(shown["region_code"]), strict=True)
    return {name: _local(shown[name]) for name in COLUMNS}


def _local(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(_WIB).isoformat(timespec="minutes")
    return value


def _shown(value: Any) -> Any:
    return no_formula(value) if isinstance(value, str) else value


def _takes_gzip(accept_encoding: str) -> bool:
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


_REGION_LEVELS = ("province", "regency", "district", "village")
_ROWS = text("""
SELECT r.number, r.submitted_at, r.classification, c.code AS category_code, c.name AS category,
       p.name AS category_group, t.title, t.body, r.channel, a.code AS handler_code,
       a.name AS handler, coalesce(b.name, a.name) AS parent_agency, r.status, r.tab,
       r.region_code, r.anonymous, t.latitude, t.longitude, r.verified_at,
       h.first_follow_up_at, CASE WHEN r.tab = 'closed' THEN r.ended_at END AS ended_at
FROM lifecycle.report r
JOIN lifecycle.report_text t ON t.number = r.number
JOIN routing.agency_directory a ON a.id = r.handler_id
LEFT JOIN routing.agency_directory b ON b.id = a.parent_id
LEFT JOIN routing.published_category c ON c.id = r.category_id
LEFT JOIN routing.published_category p ON p.id = c.parent_id
LEFT JOIN LATERAL (
    SELECT min(at) AS first_follow_up_at FROM lifecycle.history
    WHERE number = r.number AND action = 'follow_up'
) h ON true
WHERE r.number > :after AND r.submitted_at >= :start AND r.submitted_at < :end
  AND NOT r.secret AND t.title IS NOT NULL
  AND r.tab = ANY (ARRAY['awaiting_follow_up', 'in_process', 'closed'])
ORDER BY r.number LIMIT :limit
""")
