"""The published reports, for everybody to list and search."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import RowMapping, Select, String, any_, func, literal_column, select
from sqlmodel import col

from services.intake.reading.rows import PUBLISHED
from services.intake.reading.views import PublicItem
from shared.database.lifecycle import Report, ReportText
from shared.database.rows import full_name
from shared.database.views import AgencyEntry, CategoryEntry
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.actions import Classification
from shared.lifecycle.statuses import TAB_OF, Tab
from shared.privacy.publication import PUBLIC_REGION, public_time
from shared.values.text import SEARCH_LIMIT

router = APIRouter(tags=["Reading"])

Id = Annotated[int | None, Query(gt=0, lt=2**31)]


class Position(BaseModel):
    number: int = Field(ge=0, lt=2**63)


@router.get("/reports")
async def list_published_reports(
    session: Transaction,
    q: Annotated[
        str | None, Query(max_length=SEARCH_LIMIT, description="Words in title and text")
    ] = None,
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
    words = q.replace("\x00", "").strip() if q else None
    before = position.number if position else 2**63 - 1
    reports: Select[*tuple[Any, ...]] = (
        select(
            col(Report.number),
            col(ReportText.title),
            col(Report.status),
            col(Report.classification),
            col(CategoryEntry.name).label("category"),
            col(AgencyEntry.name).label("handler"),
            _REGION.label("region_code"),
            col(Report.submitted_at),
        )
        .join(ReportText, col(ReportText.number) == col(Report.number))
        .join(AgencyEntry, col(AgencyEntry.id) == col(Report.handler_id))
        .outerjoin(CategoryEntry, col(CategoryEntry.id) == col(Report.category_id))
        .where(~col(Report.secret), col(Report.tab).in_(_TABS), col(ReportText.title).is_not(None))
        .where(col(Report.number) < before)
        .order_by(col(Report.number).desc())
        .limit(limit + 1)
    )
    if words:
        query = func.websearch_to_tsquery(literal_column("'indonesian'"), words)
        reports = reports.where(col(ReportText.search).bool_op("@@")(query))
    if tab is not None:
        reports = reports.where(col(Report.tab) == tab)
    if classification is not None:
        reports = reports.where(col(Report.classification) == classification)
    if category is not None:
        reports = reports.where(col(Report.category_id) == category)
    if agency is not None:
        reports = reports.where(any_(col(AgencyEntry.path)) == agency)
    if region:
        reports = reports.where(_REGION.startswith(region))
    rows = (await session.execute(reports)).mappings().all()
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
# The rule's own SQL; a table that is selected from goes by its full name.
_REGION = literal_column(PUBLIC_REGION.format(full_name(Report)), String())
