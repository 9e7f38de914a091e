"""Lists and searches the published reports, for the public."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import RowMapping, Select, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.intake.reading.views import PublicItem
from shared.database.lifecycle import Report, ReportText
from shared.database.search_words import without_function_words
from shared.database.views import AgencyEntry, CategoryEntry
from shared.database.word_search import Searched, newest_matches
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.actions import Classification
from shared.lifecycle.statuses import TAB_OF, Tab
from shared.lifecycle.visibility import PUBLISHED
from shared.privacy.publication import PUBLIC_REGION, as_public
from shared.values.ids import AgencyId, CategoryId
from shared.values.text import SEARCH_LIMIT

router = APIRouter(tags=["Reading"])


class Position(BaseModel):
    number: int = Field(ge=0, lt=2**63)


@router.get("/reports")
async def list_published_reports(
    session: Transaction,
    q: Annotated[
        str | None,
        Query(
            max_length=SEARCH_LIMIT,
            description="Words to find in title and text; words that are in every report "
            "(*yang*) are ignored",
        ),
    ] = None,
    tab: Tab | None = None,
    classification: Classification | None = None,
    category: CategoryId | None = None,
    agency: Annotated[
        AgencyId | None,
        Query(description="Reports that this agency or one below it handles"),
    ] = None,
    region: Annotated[
        str | None,
        Query(
            pattern=r"^[0-9.]{2,13}$", description="A dotted region code, or the beginning of one"
        ),
    ] = None,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[PublicItem]:
    """List reports that are verified and neither archived nor secret, newest first. With a search
    or a filter, each page looks at a limited number of reports: it may be short or even empty and
    still have a `next` page."""
    position = decode_cursor(cursor, Position)
    before = position.number if position else None
    filters: dict[str, Any] = {
        "tab": tab,
        "classification": classification,
        "category": category,
        "agency": agency,
        "region": f"{region}%" if region else None,
    }
    asked = {name: value for name, value in filters.items() if value is not None}
    where = " AND ".join([_PUBLIC, *(_FILTERS[name] for name in asked)])
    parameters = {**asked, "tabs": _TABS}
    words = without_function_words(q.replace("\x00", "")) if q else ""
    if words:
        searched = Searched(where, parameters, words="t.title IS NOT NULL")
        matches = await newest_matches(session, words, searched, before, limit)
        shown = _SHOWN.where(col(_R.number).in_(matches.numbers))
        rows = (await session.execute(shown)).mappings().all()
        reached = matches.reached
    else:
        parameters |= {"before": before or 2**63 - 1, "first": 0, "most": limit + 1}
        if agency is not None and await session.scalar(_SMALL, parameters):
            where = _OF_FEW.format(where)
        elif asked:
            newest_number = await session.scalar(_NEWEST_BEFORE, parameters) or 0
            parameters["first"] = max(newest_number - LOOKED_AT, 0)
        newest = _SHOWN.where(text(where), text(_LOOKED_AT)).limit(limit + 1)
        newest_rows = await session.execute(newest, parameters)
        rows = newest_rows.mappings().all()
        if len(rows) > limit:
            reached = rows[limit - 1]["number"]
        else:
            older = {"before": parameters["first"]}
            oldest_seen = await session.scalar(_NEWEST_BEFORE, older) if older["before"] else None
            reached = None if oldest_seen is None else oldest_seen + 1
    return Page(
        items=[_item(row) for row in rows[:limit]],
        next=encode_cursor(Position(number=reached)) if reached is not None else None,
    )


def _item(row: RowMapping) -> PublicItem:
    shown = as_public(row, row["anonymous"])
    return PublicItem(**shown, status_label=label("status", shown["status"]))


_TABS = sorted({TAB_OF[status] for status in PUBLISHED})
_R, _T = aliased(Report, name="r"), aliased(ReportText, name="t")
_SHOWN: Select[*tuple[Any, ...]] = (
    select(
        col(_R.number),
        col(_T.title),
        col(_R.status),
        col(_R.classification),
        col(CategoryEntry.name).label("category"),
        col(AgencyEntry.name).label("handler"),
        col(_R.region_code),
        col(_R.anonymous),
        col(_R.submitted_at),
    )
    .join(_T, col(_T.number) == col(_R.number))
    .join(AgencyEntry, col(AgencyEntry.id) == col(_R.handler_id))
    .outerjoin(CategoryEntry, col(CategoryEntry.id) == col(_R.category_id))
    .where(col(_T.title).is_not(None))
    .order_by(col(_R.number).desc())
)
_PUBLIC = "NOT r.secret AND r.tab = ANY (:tabs)"
_FILTERS = {
    "tab": "r.tab = :tab",
    "classification": "r.classification = :classification",
    "category": "r.category_id = :category",
    "agency": (
        "r.handler_id IN (SELECT id FROM routing.agency_directory"
        " WHERE CAST(:agency AS int) = ANY (path))"
    ),
    "region": f"{PUBLIC_REGION.format('r')} LIKE :region",
}
LOOKED_AT: Final = 100_000
"""How many numbers one page with filters covers. Otherwise a rare or unknown value would be
searched in all reports, for seconds, on a connection that others wait for."""
_LOOKED_AT = "r.number >= :first AND r.number < :before"
_NEWEST_BEFORE = text("SELECT max(number) FROM lifecycle.report WHERE number < :before")
FEW: Final = 30
"""Up to this many agencies in a subtree, each is asked for its newest reports. For larger subtrees,
a search of all reports finds them soon."""
_SMALL = text(
    "SELECT count(*) <= :few FROM (SELECT FROM routing.agency_directory"
    " WHERE CAST(:agency AS int) = ANY (path) LIMIT :few + 1) below"
).bindparams(few=FEW)
# Uses the index `report_newest`. In order of number, a page of an agency with few of ten million
# reports would read all of them.
_OF_FEW = """
r.number = ANY (ARRAY(
    SELECT newest.number
    FROM routing.agency_directory d, unnest(CAST(:tabs AS text[])) tabs (tab), LATERAL (
        SELECT r.number FROM lifecycle.report r JOIN lifecycle.report_text t USING (number)
        WHERE r.handler_id = d.id AND r.tab = tabs.tab AND r.number < :before
          AND t.title IS NOT NULL AND {}
        ORDER BY r.number DESC LIMIT :most) newest
    WHERE CAST(:agency AS int) = ANY (d.path)))
"""
