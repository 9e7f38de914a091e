"""Bell items since the previous working day's morning, for people who want them in the digest. They
are listed as report numbers by kind, if they still need an action. What is due, late or escalated
is listed in other sections as long as that is so."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.bell.waiting import Pending, item_columns, pending_of, waits
from services.notification.digest.figures import NAMED, DigestDays
from services.notification.messages.digest_text import NEWS
from services.notification.messages.staff_table import StaffKind
from services.notification.models import BellItem
from services.notification.outgoing.staff_reading import is_readable
from shared.database.lifecycle import Report
from shared.owed.responsibilities import Responsibilities
from shared.owed.statements import OwedKind, all_reports, parameters_of


class NewsOfKind(TypedDict):
    """How many reports there are, and the numbers of the first few."""

    count: int
    numbers: list[int]


News = Mapping[StaffKind, NewsOfKind]


@dataclass(frozen=True)
class Concerned:
    """A member of an agency's staff. `mine`: the people whose work they do, including
    themselves."""

    staff_id: int
    is_admin: bool
    mine: Collection[int]


async def news_of_bells(
    session: AsyncSession,
    agency_id: int,
    people: Sequence[Concerned],
    theirs: Mapping[bool, Responsibilities],
    at_work: Collection[int],
    days: DigestDays,
) -> Mapping[int, News]:
    """The news for each person of this agency, by staff id. It consists of unread bell items that
    still need an action from the person, of reports that they may read now.

    `theirs`: what admins (True) and other staff (False) of the agency owe. `at_work`: the agency's
    active people, who do what is assigned to them.
    """
    items = await _unread(session, agency_id, [person.staff_id for person in people], days)
    if not items:
        return {}
    numbers = sorted({item.number for item in items})
    pending = await pending_of(session, numbers)
    owed = {
        is_admin: await _owed_reports(session, theirs[is_admin], numbers)
        for is_admin in {person.is_admin for person in people}
    }
    news: dict[int, News] = {}
    for person in people:
        step = _Step(owed[person.is_admin], person.mine, at_work)
        waiting: dict[StaffKind, set[int]] = defaultdict(set)
        for item in items:
            if item.staff_id == person.staff_id and _still_waits(item, step, pending):
                waiting[StaffKind(item.kind)].add(item.number)
        news[person.staff_id] = {kind: _of_kind(waiting[kind]) for kind in waiting}
    return news


@dataclass(frozen=True)
class _Step:
    """The reports on which the person's agency owes a step, each with its assignee."""

    assignees: Mapping[int, int | None]
    mine: Collection[int]
    at_work: Collection[int]

    def is_owed(self, number: int) -> bool:
        """Whether the person owes the step. A colleague at work does what is assigned to them."""
        if number not in self.assignees:
            return False
        assignee = self.assignees[number]
        return assignee in self.mine or assignee not in self.at_work


def _still_waits(item: Row[*tuple[Any, ...]], step: _Step, pending: Pending) -> bool:
    """Whether the item belongs in the digest. Decisions always do, other items while this person
    has to act."""
    kind = StaffKind(item.kind)
    if kind is StaffKind.DECIDED:
        return True
    if kind in (StaffKind.NEW, StaffKind.REPLY) and not step.is_owed(item.number):
        return False
    if kind is StaffKind.ASSIGNED and item.assignee_id not in step.mine:
        return False
    return waits(item, pending)


def _of_kind(numbers: Collection[int]) -> NewsOfKind:
    return NewsOfKind(count=len(numbers), numbers=sorted(numbers)[:NAMED])


async def _unread(
    session: AsyncSession, agency_id: int, staff_ids: Collection[int], days: DigestDays
) -> Sequence[Row[*tuple[Any, ...]]]:
    if not staff_ids:
        return []
    unread = (
        select(
            *(col(BellItem.staff_id), col(Report.assignee_id)),
            *item_columns(),
        )
        .join(Report, col(Report.number) == col(BellItem.number))
        .where(
            col(BellItem.staff_id).in_(staff_ids),
            col(BellItem.read_at).is_(None),
            col(BellItem.kind).in_(NEWS),
            col(BellItem.created_at) >= days.morning_before,
            col(BellItem.created_at) < days.morning,
            is_readable(agency_id),
        )
        .distinct()
    )
    return (await session.execute(unread)).all()


async def _owed_reports(
    session: AsyncSession, theirs: Responsibilities, numbers: Sequence[int]
) -> dict[int, int | None]:
    """Those of these reports on which people of a role owe a step, each with its assignee."""
    parameters = parameters_of(theirs, 0, tuple(OwedKind)) | {"numbers": list(numbers)}
    rows = await session.execute(_OWED, parameters)
    return {row.number: row.assignee_id for row in rows}


_OWED = text(all_reports("r.number = ANY (CAST(:numbers AS bigint[]))"))
