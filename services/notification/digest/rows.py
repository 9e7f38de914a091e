"""Writes the morning digest as messages: one for each person and day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.digest.figures import (
    AgencyFigures,
    DigestDays,
    Group,
    agency_figures,
    for_an_admin,
    sections_of,
)
from services.notification.digest.names import DigestBatch
from services.notification.digest.news import Concerned, News, news_of_bells
from services.notification.messages.digest_text import DIGEST, NEWS
from services.notification.messages.staff_table import Delivery, StaffKind, delivery_of
from services.notification.metrics import count_message
from services.notification.models import Contact, Message, Preference
from shared.clock import now
from shared.command_requests.directory import works_on_reports
from shared.database.policy_in_force import load_calendar
from shared.database.views import AgencyEntry, StaffEntry, StandInEntry
from shared.lifecycle.people import ADMINS, Role
from shared.lifecycle.policy import PROOF_LASTS
from shared.owed.statements import OwedKind
from shared.resilience.periodic import is_away, note_failure


class Recipient(NamedTuple):
    """A member of staff with a proven address, and how they want each kind of message."""

    staff_id: int
    role: Role
    contact_id: UUID
    chosen: Mapping[str, str]

    def delivery(self, kind: StaffKind) -> Delivery:
        return delivery_of(kind, self.role, self.chosen)

    @property
    def wants_digest(self) -> bool:
        """Whether the person wants any kind of message in the digest."""
        return bool(self.in_digest(StaffKind))

    def in_digest(self, kinds: Iterable[StaffKind]) -> set[StaffKind]:
        return {kind for kind in kinds if self.delivery(kind) is Delivery.DIGEST}


async def write_digests(
    session: AsyncSession, batch: DigestBatch, agencies: Sequence[AgencyEntry]
) -> None:
    """Write the digests of the people of these agencies who owe something or have news. Digests
    that exist already are not written again. An agency whose data cannot be read is skipped."""
    ids = [agency.id for agency in agencies]
    recipients = await _recipients(session, ids)
    if not recipients:
        return
    calendar = await load_calendar(session)
    days = DigestDays.of(batch.day, batch.zone, calendar, now())
    staffed = [agency for agency in agencies if agency.id in recipients]
    at_work = await _at_work(session, [agency.id for agency in staffed])
    absent = await _absent(session)
    for agency in staffed:
        people = _People(recipients[agency.id], at_work[agency.id], absent)
        try:
            async with session.begin_nested():
                await _write_rows(session, await _rows(session, agency, people, batch, days))
        except Exception as error:
            if is_away(error):  # the batch is retried
                raise
            note_failure("digests", agency.id, error)


class _People(NamedTuple):
    """The people of an agency: those who can get a digest, those at work, and their stand-ins."""

    recipients: Sequence[Recipient]
    at_work: set[int]
    absent: Mapping[int, Sequence[int]]


async def _rows(
    session: AsyncSession,
    agency: AgencyEntry,
    people: _People,
    batch: DigestBatch,
    days: DigestDays,
) -> list[dict[str, Any]]:
    rows = []
    figures: dict[bool, AgencyFigures] = {}
    recipients = [recipient for recipient in people.recipients if recipient.wants_digest]
    concerned: list[Concerned] = []
    for recipient in recipients:
        is_admin = recipient.role in ADMINS
        if is_admin not in figures:
            figures[is_admin] = await agency_figures(session, agency, recipient.role, days)
        mine = _stood_in_for(recipient.staff_id, people.absent)
        concerned.append(Concerned(recipient.staff_id, is_admin, mine))
    wanting_news = [
        person
        for person, recipient in zip(concerned, recipients, strict=True)
        if recipient.in_digest(NEWS)
    ]
    theirs = {is_admin: of_role.theirs for is_admin, of_role in figures.items()}
    news = await news_of_bells(session, agency.id, wanting_news, theirs, people.at_work, days)
    for person, recipient in zip(concerned, recipients, strict=True):
        of_role = figures[person.is_admin]
        groups = [
            *_of_person(of_role.steps, person.mine, people.at_work),
            *await for_an_admin(session, of_role, recipient.staff_id, days),
        ]
        wanted = [group for group in groups if _is_wanted(group, recipient)]
        facts = {
            "sections": sections_of(wanted),
            "ordinary": of_role.ordinary or 0,
            "news": _wanted_news(news.get(recipient.staff_id, {}), recipient),
        }
        if any(facts.values()):
            rows.append(_row(recipient, agency.id, batch, facts))
    return rows


async def _write_rows(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    once = insert(Message).on_conflict_do_nothing(index_elements=["key"])
    written = once.returning(col(Message.channel), col(Message.state))
    for channel, state in await session.execute(written, rows):
        count_message(channel, state, None)


def _of_person(steps: Iterable[Group], mine: Collection[int], at_work: set[int]) -> Iterable[Group]:
    """The steps without those that are assigned to a colleague at work."""
    return (
        group for group in steps if group.assignee_id in mine or group.assignee_id not in at_work
    )


def _is_wanted(group: Group, recipient: Recipient) -> bool:
    late = group.section == "late"
    kinds = {_KIND[group.kind], StaffKind.LATE} if late else {_KIND[group.kind]}
    return any(recipient.delivery(kind) is not Delivery.NONE for kind in kinds)


def _wanted_news(news: News, recipient: Recipient) -> dict[str, Any]:
    return {kind.value: news[kind] for kind in recipient.in_digest(news)}


_KIND = {
    OwedKind.VERIFY: StaffKind.NEW,
    OwedKind.FOLLOW_UP: StaffKind.NEW,
    OwedKind.EVALUATE: StaffKind.REPLY,
    OwedKind.ANSWER: StaffKind.REPLY,
    OwedKind.DECIDE: StaffKind.REQUEST,
    OwedKind.OBJECTION: StaffKind.OBJECTION,
    OwedKind.ESCALATION: StaffKind.ESCALATED,
}


async def _recipients(
    session: AsyncSession, agency_ids: Sequence[int]
) -> dict[int, list[Recipient]]:
    """People with a proven address, by agency."""
    holder = func.concat("staff-", col(StaffEntry.id))
    rows = await session.execute(
        select(
            col(StaffEntry.agency_id),
            col(StaffEntry.id),
            col(StaffEntry.role),
            col(Contact.id),
            col(Preference.kinds),
        )
        .join(Contact, col(Contact.holder) == holder)
        .outerjoin(Preference, col(Preference.holder) == holder)
        .where(
            col(StaffEntry.agency_id).in_(agency_ids),
            works_on_reports(),
            col(Contact.channel) == "email",
            col(Contact.undeliverable_at).is_(None),
            col(Contact.proven_at) > now() - PROOF_LASTS,
            col(Preference.stopped_at).is_(None),
        )
    )
    recipients: dict[int, list[Recipient]] = defaultdict(list)
    for agency_id, staff_id, role, contact_id, chosen in rows:
        recipient = Recipient(staff_id, Role(role), contact_id, chosen or {})
        recipients[agency_id].append(recipient)
    return recipients


async def _at_work(session: AsyncSession, agency_ids: Sequence[int]) -> dict[int, set[int]]:
    """The active people of these agencies, by agency."""
    there = select(col(StaffEntry.agency_id), col(StaffEntry.id)).where(
        col(StaffEntry.agency_id).in_(agency_ids),
        works_on_reports(),
    )
    people: dict[int, set[int]] = defaultdict(set)
    for agency_id, staff_id in await session.execute(there):
        people[agency_id].add(staff_id)
    return people


async def _absent(session: AsyncSession) -> dict[int, list[int]]:
    """The people who are away today, by their stand-in."""
    in_force = select(col(StandInEntry.stand_in_id), col(StandInEntry.staff_id)).where(
        col(StandInEntry.begins_at) <= now(), col(StandInEntry.ends_at) > now()
    )
    absent: dict[int, list[int]] = defaultdict(list)
    for stand_in_id, staff_id in await session.execute(in_force):
        absent[stand_in_id].append(staff_id)
    return absent


def _stood_in_for(staff_id: int, absent: Mapping[int, Sequence[int]]) -> set[int]:
    """The person and all people they stand in for, directly or through another stand-in."""
    mine, waiting = {staff_id}, [staff_id]
    while waiting:
        more = set(absent.get(waiting.pop(), ())) - mine
        mine |= more
        waiting += more
    return mine


def _row(
    recipient: Recipient, agency_id: int, batch: DigestBatch, facts: dict[str, Any]
) -> dict[str, Any]:
    at = now()
    return {
        "id": uuid4(),
        "key": f"{DIGEST}.{recipient.staff_id}.{batch.day.isoformat()}",
        "number": None,
        "version": 0,
        "event": DIGEST,
        "template": DIGEST,
        "recipient": f"staff-{recipient.staff_id}",
        "channel": "email",
        "contact_id": recipient.contact_id,
        "facts": {
            "day": batch.day.isoformat(),
            "agency_id": agency_id,
            "role": recipient.role.value,
            **facts,
        },
        "state": "queued",
        "created_at": at,
        "not_before": at,
    }
