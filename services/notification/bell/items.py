"""The bell of a member of staff: items of reports that they may read now, unread items first."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Integer, Row, Select, event, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.bell import marking
from services.notification.bell.changes import BellChanges
from services.notification.messages.staff_table import StaffKind
from services.notification.messages.staff_texts import StaffFacts, facts_shown, sentence
from services.notification.models import BellItem
from services.notification.outgoing.staff_reading import are_reporter_times_hidden, is_readable
from shared.database.lifecycle import Report
from shared.database.views import AgencyEntry, StaffEntry
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.paging import Cursor, PageSize, decode_cursor, encode_cursor
from shared.http.problems import not_found
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels.catalogue import Language
from shared.lifecycle.calendar import Zone
from shared.values.words import Form

router = APIRouter(prefix="/me/bell", tags=["Staff"], responses=problem_responses(401, 403))

COUNTED = 99
"""The highest number of unread items that is counted exactly."""

ItemId = Annotated[int, Path(gt=0, lt=2**63)]


class BellEntry(BaseModel):
    """One thing that happened. `text` describes it without quoting the report; `at` is the time of
    the event. With `to_the_hour`, `at` is cut to the hour, because the exact time would reveal when
    the report came or when an anonymous reporter acted. This follows the report and the person as
    they are now."""

    id: int
    number: int
    kind: StaffKind
    text: str
    at: datetime
    to_the_hour: bool
    read: bool


class BellPage(BaseModel):
    items: list[BellEntry]
    unread: int = Field(description=f"At most {COUNTED + 1}: more are not counted")
    next: str | None = Field(description="The cursor of the next page; null on the last")


class ReadUpTo(Form):
    """The newest item that the person has seen. Later items stay unread."""

    id: int = Field(gt=0, lt=2**63)


class _Position(BaseModel):
    model_config = ConfigDict(extra="forbid")

    read: bool
    id: int


@router.get("", responses=problem_responses(422))
async def read_bell(
    request: Request,
    staff: CurrentStaff,
    session: Transaction,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> BellPage:
    """List the items of this person, unread first, then newest first. The texts are in the language
    of Accept-Language."""
    language = pick_language(request.headers.get("accept-language"))
    last = decode_cursor(cursor, _Position)
    read, id = col(BellItem.read_at).is_not(None), col(BellItem.id)
    items = _items_of(staff)
    if last is not None:
        items = items.where(tuple_(read, -id) > tuple_(last.read, -last.id))
    rows = (await session.execute(items.order_by(read, id.desc()).limit(limit + 1))).all()
    own = select(col(AgencyEntry.zone)).where(col(AgencyEntry.id) == staff.agency_id)
    zone = Zone(await session.scalar(own) or Zone.WIB)
    entries = [_shown(row, staff, zone, language) for row in rows[:limit]]
    more = len(rows) > limit
    position = _Position(read=entries[-1].read, id=entries[-1].id) if more else None
    return BellPage(
        items=entries,
        unread=await unread_of(session, staff),
        next=encode_cursor(position) if position else None,
    )


@router.post("/read", status_code=204)
async def mark_all_read(
    form: ReadUpTo, request: Request, staff: CurrentStaff, session: Transaction
) -> None:
    """Mark all items up to this one as read."""
    wake(request, session, staff)
    seen = col(BellItem.staff_id) == staff.id, col(BellItem.id) <= form.id
    await marking.mark_read(session, select(col(BellItem.id)).where(*seen))


@router.post("/{item_id}/read", responses=problem_responses(404))
async def mark_read(
    item_id: ItemId, request: Request, staff: CurrentStaff, session: Transaction
) -> BellEntry:
    """Mark one item as read; the answer says which report it is about. 404: the item is another
    person's, or its report is one that this person may no longer read."""
    row = (await session.execute(_items_of(staff).where(col(BellItem.id) == item_id))).one_or_none()
    if row is None:
        raise not_found()
    wake(request, session, staff)
    await marking.mark_read(session, select(col(BellItem.id)).where(col(BellItem.id) == item_id))
    language = pick_language(request.headers.get("accept-language"))
    return _shown(row, staff, Zone.WIB, language).model_copy(update={"read": True})


async def unread_of(session: AsyncSession, staff: Staff) -> int:
    """How many items are unread, at most `COUNTED` + 1."""
    unread = _of(staff, select(col(BellItem.id))).where(col(BellItem.read_at).is_(None))
    counted = select(func.count()).select_from(unread.limit(COUNTED + 1).subquery())
    return await session.scalar(counted) or 0


def _of(staff: Staff, items: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Limit the query to this person's items, of reports that they may read now."""
    of_person = items.join(Report, col(Report.number) == col(BellItem.number))
    return of_person.where(col(BellItem.staff_id) == staff.id, is_readable(staff.agency_id))


def _items_of(staff: Staff) -> Select[*tuple[Any, ...]]:
    """Select items, each with its agency's name and zone, whether the times of the reporter's
    actions are hidden from the person, and the name of the colleague whom they stand in for."""
    hidden = are_reporter_times_hidden(staff.agency_id, literal(str(staff.role)))
    of_agency = col(AgencyEntry.name), col(AgencyEntry.zone)
    items = select(BellItem, *of_agency, hidden, col(StaffEntry.name))
    named = _of(staff, items).join(AgencyEntry, _HANDLED_BY)
    return named.outerjoin(StaffEntry, _IN_PLACE_OF)


def wake(request: Request, session: AsyncSession, staff: Staff) -> None:
    """Make the person's other tabs count again once the transaction is committed."""
    changes: BellChanges = request.app.state.bell_changes

    def woken(_: object) -> None:
        changes.wake(staff.id)

    event.listen(session.sync_session, "after_commit", woken, once=True)


def _shown(row: Row[*tuple[Any, ...]], staff: Staff, zone: Zone, language: Language) -> BellEntry:
    item, handler, of_handler, hidden, absent = row
    assert isinstance(item, BellItem)
    assert item.id is not None
    role = staff.role
    facts = facts_shown(item.facts, role, Zone(of_handler), reporter_times_hidden=hidden)
    report = StaffFacts(item.number, handler, zone, absent)
    return BellEntry(
        id=item.id,
        number=item.number,
        kind=StaffKind(item.kind),
        text=sentence(item.template, facts, report, language),
        at=datetime.fromisoformat(facts["at"]),
        to_the_hour=bool(facts.get("to_the_hour")),
        read=item.read_at is not None,
    )


_HANDLED_BY = col(AgencyEntry.id) == col(BellItem.facts)["handler_id"].astext.cast(Integer)
_IN_PLACE_OF = col(StaffEntry.id) == col(BellItem.facts)["stands_in_for"].astext.cast(Integer)
