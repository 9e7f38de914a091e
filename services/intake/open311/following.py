"""`GET requests`: published reports; by number, the status of every report that is not secret."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.open311.rendering import ERRORS, Format, SpecRoute, content_of, rendered
from services.intake.reading.rows import is_published
from shared import clock
from shared.http.problems import FieldError, not_found, validation
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.statuses import ENDED, TAB_OF, Status, Tab
from shared.lifecycle.visibility import PUBLISHED
from shared.privacy.publication import PUBLIC_TIME, as_public
from shared.values import regions

SPAN = timedelta(days=90)
_W3C = re.compile(r"\d{4}-\d{2}-\d{2}(T|$)", re.ASCII)
MOST = 1000
"""Limits of the standard: one answer covers at most 90 days and 1,000 requests."""

router = APIRouter(prefix="/open311/v2", tags=["Open311"], route_class=SpecRoute)

_List = Annotated[str | None, Query(max_length=12_000, description="Separated by commas")]
_Time = Annotated[str | None, Query(max_length=40, description="Time of submission, in W3C format")]
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The requests",
        "content": content_of({"type": "array", "items": {"type": "object"}}),
    },
    **ERRORS,
}


@router.get("/requests.{format}", response_class=Response, responses=_ANSWER)
async def open311_requests(
    format: Format,
    session: Transaction,
    service_request_id: _List = None,
    service_code: _List = None,
    start_date: _Time = None,
    end_date: _Time = None,
    status: Annotated[_List, Query(description="`open`, `closed`, or both")] = None,
    page_size: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Response:
    """List published reports, newest first; by default those of the last 90 days. With
    `service_request_id`, the reports with these numbers, and other filters are ignored. For the
    next page, use the last one's `requested_datetime` as `end_date`."""
    if service_request_id is not None:
        numbers = [number for part in _parts(service_request_id) if (number := _number(part))]
        rows = await _of_numbers(session, numbers[:MOST])
    else:
        start, end = _period(start_date, end_date)
        first, last = await _bounds(session, start, end)
        parameters = {
            "first": first,
            "last": last,
            "start": start,
            "end": end,
            "tabs": _tabs(status),
            "codes": _parts(service_code) if service_code else None,
            "limit": page_size,
        }
        rows = list((await session.execute(_LISTED, parameters)).mappings())
    return rendered("service_requests", [_request(row) for row in rows], format)


@router.get("/requests/{service_request_id}.{format}", response_class=Response, responses=_ANSWER)
async def open311_request(
    service_request_id: Annotated[str, Path(max_length=40)], format: Format, session: Transaction
) -> Response:
    """Read one report: what the public may read of it. 404: the report is secret or unknown."""
    number = _number(service_request_id)
    rows = await _of_numbers(session, [number]) if number else []
    if not rows:
        raise not_found()
    return rendered("service_requests", [_request(row) for row in rows], format)


@router.get("/tokens/{token}.{format}", response_class=Response, responses=_ANSWER)
async def open311_token(
    token: Annotated[str, Path(max_length=40)], format: Format, session: Transaction
) -> Response:
    """Read the report number of a token. The token is the number itself, as reports get theirs at
    once. 404: the report is secret or unknown."""
    number = _number(token)
    if not number or not await _of_numbers(session, [number]):
        raise not_found()
    answer = {"token": token, "service_request_id": str(number)}
    return rendered("service_requests", [answer], format)


def _request(row: RowMapping) -> dict[str, Any]:
    """The report with the standard's field names. Before verification it has only the status."""
    shown = as_public(row, row["anonymous"])
    published = is_published(row)
    status = label("status", shown["status"])
    words = row["words"] if published else label("notice", "unpublished")
    return {
        "service_request_id": str(shown["number"]),
        "status": "closed" if Status(shown["status"]) in ENDED else "open",
        "status_notes": f"{status}: {words}" if words else status,
        "service_name": shown["category"] if published else None,
        "service_code": shown["category_code"] if published else None,
        "description": f"{shown['title']}\n\n{shown['body']}" if published else None,
        "agency_responsible": shown["handler"] if published else None,
        "service_notice": None,
        "requested_datetime": shown["submitted_at"],
        "updated_datetime": shown["changed_at"],
        "expected_datetime": shown["due_at"] if published else None,
        **(_where(shown) if published else _NOWHERE),
        "zipcode": None,
        "media_url": None,
    }


def _where(shown: Mapping[str, Any]) -> dict[str, Any]:
    code = shown["region_code"]
    region = regions.find(code) if code else None
    words = (shown["place"], region and region.path)
    return {
        "address": ", ".join(part for part in words if part) or None,
        "address_id": code,
        "lat": shown["latitude"],
        "long": shown["longitude"],
    }


def _parts(value: str) -> list[str]:
    return [part for raw in value.split(",") if (part := raw.replace("\x00", "").strip())]


def _number(value: str) -> int | None:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
    return number or None


def _tabs(status: str | None) -> list[Tab]:
    open_closed = set(_parts(status)) if status else {"open", "closed"}
    if not open_closed <= {"open", "closed"}:
        expected = {"expected": "`open`, `closed`, or both"}
        raise validation(FieldError("status", "literal_error", expected))
    return sorted(
        {TAB_OF[s] for s in PUBLISHED if ("closed" if s in ENDED else "open") in open_closed}
    )


def _period(start_date: str | None, end_date: str | None) -> tuple[datetime, datetime]:
    """The period, at most 90 days. If the two dates are further apart, the end counts."""
    start, end = _time("start_date", start_date), _time("end_date", end_date)
    if end is None:
        now = clock.now()
        end = min(start + SPAN, now) if start else now
    return (max(start, end - SPAN) if start else end - SPAN), end


def _time(name: str, value: str | None) -> datetime | None:
    """Read a time; a `+` that was not escaped arrives as a space."""
    if not value:
        return None
    if not _W3C.match(value.strip()):
        raise validation(FieldError(name, "datetime_parsing"))
    try:
        time = datetime.fromisoformat(value.strip().replace(" ", "+"))
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise validation(FieldError(name, "datetime_parsing")) from None


async def _bounds(session: AsyncSession, start: datetime, end: datetime) -> tuple[int, int]:
    """The lowest and highest numbers that reports of the period can have. Numbers grow with time,
    except for reports accepted at the same moment, and times are shown to the hour."""
    first = (await session.execute(_NUMBER_AT, {"at": start - _SAME})).scalar_one_or_none()
    last = (await session.execute(_NUMBER_AT, {"at": end + _SAME})).scalar_one_or_none()
    return first or 0, last or 0


async def _of_numbers(session: AsyncSession, numbers: list[int]) -> list[RowMapping]:
    return list((await session.execute(_NUMBERED, {"numbers": numbers})).mappings())


_NOWHERE = dict.fromkeys(("address", "address_id", "lat", "long"))
_SAME = timedelta(minutes=70)
# A binary search on the primary key: an index by time would cost something for every report.
_NUMBER_AT = text("""
WITH RECURSIVE search (low, high) AS (
    SELECT min(number), max(number) + 1 FROM lifecycle.report
    UNION ALL
    SELECT CASE WHEN earlier THEN middle + 1 ELSE low END,
           CASE WHEN earlier THEN high ELSE middle END
    FROM (
        SELECT low, high, middle, (
            SELECT r.submitted_at < :at FROM lifecycle.report r
            WHERE r.number >= middle ORDER BY r.number LIMIT 1) AS earlier
        FROM (SELECT low, high, (low + high) / 2 AS middle FROM search WHERE low < high) halved
    ) asked
)
SELECT low FROM search WHERE low >= high
""")
_READ = """
SELECT r.number, r.status, r.secret, r.anonymous, r.submitted_at, r.due_at, r.region_code,
       t.title, t.body, t.place, t.latitude, t.longitude, c.code AS category_code,
       c.name AS category, a.name AS handler, said.words,
       coalesce(changed.at, r.submitted_at) AS changed_at
FROM chosen r
JOIN lifecycle.report_text t ON t.number = r.number
JOIN routing.agency_directory a ON a.id = r.handler_id
LEFT JOIN routing.published_category c ON c.id = r.category_id
LEFT JOIN LATERAL (
    SELECT max(h.at) AS at FROM lifecycle.history h
    WHERE h.number = r.number AND h.visibility = 'public'
) changed ON true
LEFT JOIN LATERAL (
    SELECT m.words FROM lifecycle.history h
    JOIN followup.published_message m ON m.command_id = h.ref
    WHERE h.number = r.number AND h.action = 'follow_up' AND NOT m.secret AND NOT m.rectified
    ORDER BY h.entry DESC LIMIT 1
) said ON true
ORDER BY r.number DESC
"""
_NUMBERED = text(f"""
WITH chosen AS MATERIALIZED (
    SELECT * FROM lifecycle.report WHERE number = ANY (:numbers) AND NOT secret
) {_READ}""")  # noqa: S608
_LISTED = text(f"""
WITH chosen AS MATERIALIZED (
    SELECT r.* FROM lifecycle.report r
    JOIN lifecycle.report_text t ON t.number = r.number AND t.title IS NOT NULL
    WHERE r.number BETWEEN :first AND :last AND NOT r.secret AND r.tab = ANY (:tabs)
      AND {PUBLIC_TIME.format("r.submitted_at")} BETWEEN :start AND :end
      AND (CAST(:codes AS text[]) IS NULL OR r.category_id = ANY (
           SELECT c.id FROM routing.published_category c WHERE c.code = ANY (:codes)))
    ORDER BY r.number DESC LIMIT :limit
) {_READ}""")  # noqa: S608
