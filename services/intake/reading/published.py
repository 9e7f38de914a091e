"""The published reports, for everybody to list and search."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import RowMapping, text

from services.intake.reading.rows import PUBLISHED
from services.intake.reading.views import PublicItem
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.actions import Classification
from shared.lifecycle.statuses import TAB_OF, Tab
from shared.publication import PUBLIC_REGION, public_time

router = APIRouter(tags=["Reading"])

Id = Annotated[int | None, Query(gt=0, lt=2**31)]


class Position(BaseModel):
    number: int = Field(ge=0, lt=2**63)


@router.get("/reports")
async def list_published_reports(
    session: Transaction,
    q: Annotated[str | None, Query(max_length=200, description="Words in title and text")] = None,
    tab: Tab | None = None,
    classification: Classification | None = None,
    category: Id = None,
    agency: Annotated[
        int | None, Query(gt=0, lt=2**31, description="Handled by it or below it")
    ] = None,
    region: Annotated[
        str | None, Query(pattern=r"^[0-9.]{2,13}$", description="Dotted code, or its beginning")
    ] = None,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[PublicItem]:
    """Verified and not archived or secret, newest first."""
    position = decode_cursor(cursor, Position)
    filters: dict[str, Any] = {
        "q": q.replace("\x00", "").strip() or None if q else None,
        "tab": tab,
        "classification": classification,
        "category": category,
        "agency": agency,
        "region": f"{region}%" if region else None,
    }
    given = {name: value for name, value in filters.items() if value is not None}
    where = "".join(f" AND {_FILTERS[name]}" for name in given)
    before = position.number if position else 2**63 - 1
    found = await session.execute(
        text(_LIST.format(where=where, region=_REGION)),
        {**given, "tabs": _TABS, "before": before, "limit": limit + 1},
    )
    rows = found.mappings().all()
    items = [_item(row) for row in rows]
    more = len(items) > limit
    items = items[:limit]
    return Page(
        items=items, next=encode_cursor(Position(number=items[-1].number)) if more else None
    )


def _item(row: RowMapping) -> PublicItem:
    shown = {**row, "submitted_at": public_time(row["submitted_at"])}
    return PublicItem(**shown, status_label=label("status", row["status"]))


_TABS = sorted({TAB_OF[status] for status in PUBLISHED})
_LIST = """
SELECT r.number, t.title, r.status, r.classification, c.name AS category, h.name AS handler,
       {region} AS region_code, r.submitted_at
FROM lifecycle.report r
JOIN lifecycle.report_text t ON t.number = r.number
JOIN routing.agency_directory h ON h.id = r.handler_id
LEFT JOIN routing.published_category c ON c.id = r.category_id
WHERE NOT r.secret AND r.tab = ANY (:tabs) AND t.title IS NOT NULL AND r.number < :before{where}
ORDER BY r.number DESC LIMIT :limit
"""
_REGION = PUBLIC_REGION.format("r")
_FILTERS = {
    "q": "t.search @@ websearch_to_tsquery('indonesian', :q)",
    "tab": "r.tab = :tab",
    "classification": "r.classification = :classification",
    "category": "r.category_id = :category",
    "agency": "CAST(:agency AS int) = ANY (h.path)",
    "region": f"{_REGION} LIKE :region",
}
