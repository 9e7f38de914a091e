"""The tree of agencies, to look up and to choose from."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.reading.names import ShownAgency
from services.routing.reading.requests import request_rows
from shared.command_requests.report_access import staff_access
from shared.database.agency_search import agency_query
from shared.database.lifecycle import Report
from shared.database.views import AgencyEntry, AgencyWordsEntry
from shared.http.auth import CurrentReader, CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.paths import Id, ReportNumber
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.labels import label
from shared.values.ids import AgencyId
from shared.values.text import NAME_SEARCH_LIMIT


class AgencyRow(BaseModel):
    """`connected`: somebody active verifies there; `can_follow_up`: somebody active works there."""

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
    """`ancestors` lists the agencies from pusat down to the parent."""

    successor_id: int | None
    ancestors: list[ShownAgency]


class _Position(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    id: int


router = APIRouter(tags=["agencies"], responses=problem_responses(401, 403, 404, 422))


@router.get("/agencies")
async def list_agencies(
    _: CurrentReader,
    session: Transaction,
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=NAME_SEARCH_LIMIT,
            description="Words of its name, other names, code, place; abbreviated or mistyped",
        ),
    ] = None,
    below: Annotated[
        AgencyId | None, Query(description="Only this agency and those below it")
    ] = None,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[AgencyRow]:
    """Active agencies, by name."""
    last = decode_cursor(cursor, _Position)
    name, id = col(AgencyEntry.name), col(AgencyEntry.id)
    entries = select(AgencyEntry).where(col(AgencyEntry.active)).order_by(name, id).limit(limit + 1)
    if below is not None:
        entries = entries.where(col(AgencyEntry.path).contains([below]))
    if q and q.strip():
        asked = await _asked(session, q, entries)
        if asked is None:
            return Page(items=[], next=None)
        entries = _named(entries, asked)
    if last is not None:
        entries = entries.where(tuple_(name, id) > (last.name, last.id))
    rows = (await session.scalars(entries)).all()
    items = [_shown(row) for row in rows[:limit]]
    more = len(rows) > limit
    position = _Position(name=items[-1].name, id=items[-1].id) if more else None
    return Page(items=items, next=encode_cursor(position) if position else None)


@router.get("/agencies/{agency_id}")
async def read_agency(agency_id: Id, _: CurrentReader, session: Transaction) -> AgencyDetails:
    """One agency, even if it is no longer active."""
    row = await session.get(AgencyEntry, agency_id)
    if row is None:
        raise not_found("agency_unknown")
    *above, _own = row.path
    named = await _by_id(session, above)
    ancestors = [
        ShownAgency(id=a.id, code=a.code, name=a.name) for a in (named[id] for id in above)
    ]
    shown = _shown(row).model_dump()
    return AgencyDetails(**shown, successor_id=row.successor_id, ancestors=ancestors)


@router.get("/reports/{number}/suggested-agencies")
async def list_suggested_agencies(
    number: ReportNumber,
    staff: CurrentStaff,
    session: Transaction,
    own: Annotated[bool, Query(description="With the own agency, as the last")] = False,
) -> list[AgencyRow]:
    """The agencies that the report's reporter or a request named. Only those to which this person
    may hand it: active, and the own agency or one below it."""
    await staff_access(session, staff, number)
    addressed = select(col(Report.suggested_agency_id)).where(col(Report.number) == number)
    named = [await session.scalar(addressed)]
    named += [row["suggested_agency_id"] for row in await request_rows(session, number)]
    ids = [*dict.fromkeys(entry for entry in named if entry), *([staff.agency_id] if own else [])]
    entries = await _by_id(session, ids)
    agencies = [entries[id] for id in ids if id in entries]
    return [_shown(entry) for entry in agencies if entry.active and staff.agency_id in entry.path]


async def _asked(session: AsyncSession, words: str, entries: Select[AgencyEntry]) -> str | None:
    """The search for these words or, if it finds nothing, one that treats each word as mistyped."""
    asked = await agency_query(session, words)
    if asked is None or (await session.scalars(_named(entries, asked).limit(1))).first():
        return asked
    return await agency_query(session, words, generous=True)


def _named(entries: Select[AgencyEntry], asked: str) -> Select[AgencyEntry]:
    named = col(AgencyWordsEntry.words).bool_op("@@")(func.to_tsquery("simple", asked))
    of_words = select(col(AgencyWordsEntry.agency_id)).where(named)
    return entries.where(col(AgencyEntry.id).in_(of_words))


async def _by_id(session: AsyncSession, ids: Sequence[int]) -> dict[int, AgencyEntry]:
    rows = await session.scalars(select(AgencyEntry).where(col(AgencyEntry.id).in_(ids)))
    return {row.id: row for row in rows}


def _shown(row: AgencyEntry) -> AgencyRow:
    return AgencyRow(
        **row.model_dump(),
        kind_label=label("agency_kind", row.kind),
        connected=row.has_admin,
        can_follow_up=row.has_officer,
    )
