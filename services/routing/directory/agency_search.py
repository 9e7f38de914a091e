"""The tree of agencies, to look up and to choose from."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from services.routing.reading.names import ShownAgency
from services.routing.reading.requests import request_rows
from shared.command_requests.report_access import staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.paths import AgencyId, ReportNumber
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.labels import label


class AgencyRow(BaseModel):
    """`connected`: somebody verifies there; `can_follow_up`: somebody works there at all."""

    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None
    path: list[int]
    zone: str
    active: bool
    connected: bool
    can_follow_up: bool


class AgencyDetails(AgencyRow):
    """`ancestors` go from pusat to the parent."""

    successor_id: int | None
    ancestors: list[ShownAgency]


class _Position(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    id: int


router = APIRouter(tags=["agencies"], responses=problem_responses(401, 403, 404, 422))


@router.get("/agencies")
async def list_agencies(
    _: CurrentStaff,
    session: Transaction,
    q: Annotated[
        str | None,
        Query(min_length=1, max_length=100, description="Words of its name, or its code"),
    ] = None,
    below: Annotated[int | None, Query(description="Only this agency and those below it")] = None,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[AgencyRow]:
    """Active agencies by name."""
    last = decode_cursor(cursor, _Position)
    parameters = {
        "words": [f"%{literally(word)}%" for word in (q or "").split()],
        "code": (q or "").strip().lower(),
        "path": [below] if below is not None else [],
        "name": last.name if last else "",
        "id": last.id if last else 0,
        "limit": limit + 1,
    }
    rows = (await session.execute(_PAGE, parameters)).mappings().all()
    items = [_shown(dict(row)) for row in rows[:limit]]
    more = len(rows) > limit
    position = _Position(name=items[-1].name, id=items[-1].id) if more else None
    return Page(items=items, next=encode_cursor(position) if position else None)


@router.get("/agencies/{agency_id}")
async def read_agency(agency_id: AgencyId, _: CurrentStaff, session: Transaction) -> AgencyDetails:
    """One agency, also one that is no longer active."""
    row = (await session.execute(_ONE, {"id": agency_id})).mappings().one_or_none()
    if row is None:
        raise not_found("agency_unknown")
    above = await session.execute(_ANCESTORS, {"ids": row["path"][:-1], "path": row["path"]})
    ancestors = [ShownAgency.model_validate(dict(one)) for one in above.mappings()]
    return AgencyDetails(
        **_shown(dict(row)).model_dump(), successor_id=row["successor_id"], ancestors=ancestors
    )


@router.get("/reports/{number}/suggested-agencies")
async def list_suggested_agencies(
    number: ReportNumber,
    staff: CurrentStaff,
    session: Transaction,
    own: Annotated[bool, Query(description="With the own agency, as the last")] = False,
) -> list[AgencyRow]:
    """The agencies that its reporter or a request named for a report, of those that this person
    may hand it to: active, the own agency or below it."""
    await staff_access(session, staff, number)
    named = [await session.scalar(_ADDRESSED, {"number": number})]
    named += [row["suggested_agency_id"] for row in await request_rows(session, number)]
    ids = [*dict.fromkeys(one for one in named if one), *([staff.agency_id] if own else [])]
    rows = await session.execute(_SUGGESTED, {"ids": ids, "within": [staff.agency_id]})
    return [_shown(dict(row)) for row in rows.mappings()]


def _shown(row: dict[str, object]) -> AgencyRow:
    return AgencyRow.model_validate({**row, "kind_label": label("agency_kind", str(row["kind"]))})


def literally(word: str) -> str:
    """For LIKE: what people type is no pattern."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


_COLUMNS = (
    "id, code, name, kind, parent_id, path, zone, active, successor_id,"
    " has_admin AS connected, has_officer AS can_follow_up"
)
_PAGE = text(
    f"SELECT {_COLUMNS} FROM routing.agency_directory"  # noqa: S608
    " WHERE active AND path @> CAST(:path AS bigint[])"
    " AND (name ILIKE ALL (CAST(:words AS text[])) OR code = :code)"
    " AND (name, id) > (:name, :id) ORDER BY name, id LIMIT :limit"
)
_ONE = text(f"SELECT {_COLUMNS} FROM routing.agency_directory WHERE id = :id")  # noqa: S608
_ADDRESSED = text("SELECT suggested_agency_id FROM lifecycle.report WHERE number = :number")
_SUGGESTED = text(
    f"SELECT {_COLUMNS} FROM routing.agency_directory"  # noqa: S608
    " WHERE active AND path @> CAST(:within AS bigint[]) AND id = ANY (CAST(:ids AS int[]))"
    " ORDER BY array_position(CAST(:ids AS int[]), id)"
)
_ANCESTORS = text(
    "SELECT id, code, name FROM routing.agency_directory WHERE id = ANY (:ids)"
    " ORDER BY array_position(CAST(:path AS int[]), id)"
)
