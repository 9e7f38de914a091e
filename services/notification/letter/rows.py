"""Writes the letters of a week as messages: one for each agency and week."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.letter.figures import (
    WEEK,
    facts_of,
    late_reports,
    week_before,
    week_figures,
    without_single_ratings,
)
from services.notification.messages.letter_text import LETTER, WeekFigures
from services.notification.metrics import count_message
from services.notification.models import Contact, Message, Preference
from shared.clock import now
from shared.database.views import AgencyEntry, ReachableLeader
from shared.lifecycle.calendar import Zone
from shared.lifecycle.policy import PROOF_LASTS
from shared.resilience.periodic import is_away, note_failure

FORMER = 26
"""How many weeks back an earlier letter is looked for; messages are kept for half a year."""


async def write_letters(session: AsyncSession, day: date, agencies: Sequence[AgencyEntry]) -> None:
    """Write the letters of agencies whose leader has a proven address and did not stop them.
    Letters that exist already are not written again. An agency whose data cannot be read is
    skipped."""
    week = week_before(day)
    contacts = await _contacts(session, [agency.id for agency in agencies], week)
    if not contacts:
        return
    zone = Zone(agencies[0].zone)
    for agency_id, figures in (await _figures(session, list(contacts), week, zone)).items():
        try:
            async with session.begin_nested():
                late = await late_reports(session, agency_id, zone)
                former = [_key(agency_id, week - back * WEEK) for back in range(1, FORMER)]
                told = await without_single_ratings(session, figures, week, former)
                facts = facts_of(week, told, late)
                await _write(session, _row(agency_id, contacts[agency_id], week, facts))
        except Exception as error:
            if is_away(error):  # the batch is retried
                raise
            note_failure("letters", agency_id, error)


async def _figures(
    session: AsyncSession, agency_ids: Sequence[int], week: date, zone: Zone
) -> dict[int, WeekFigures]:
    """The figures of all agencies in one query. If it fails, each agency is read separately, so
    that one does not block the letters of the others."""
    try:
        async with session.begin_nested():
            return await week_figures(session, agency_ids, week, zone)
    except Exception as error:
        if is_away(error):  # the batch is retried
            raise
        if len(agency_ids) == 1:
            note_failure("letters", agency_ids[0], error)
            return {}
    figures: dict[int, WeekFigures] = {}
    for agency_id in agency_ids:
        figures |= await _figures(session, [agency_id], week, zone)
    return figures


async def _contacts(
    session: AsyncSession, agency_ids: Sequence[int], week: date
) -> dict[int, UUID]:
    keys = {_key(agency_id, week): agency_id for agency_id in agency_ids}
    there = await session.scalars(select(col(Message.key)).where(col(Message.key).in_(keys)))
    missing = set(agency_ids) - {keys[key] for key in there}
    rows = await session.execute(
        select(col(ReachableLeader.agency_id), col(Contact.id))
        .join(Contact, col(Contact.holder) == col(ReachableLeader.holder))
        .outerjoin(Preference, col(Preference.holder) == col(ReachableLeader.holder))
        .where(
            col(ReachableLeader.agency_id).in_(missing),
            col(Contact.channel) == "email",
            col(Contact.undeliverable_at).is_(None),
            col(Contact.proven_at) > now() - PROOF_LASTS,
            col(Preference.stopped_at).is_(None),
        )
        .order_by(col(ReachableLeader.agency_id))
    )
    return {row.agency_id: row.id for row in rows}


async def _write(session: AsyncSession, row: dict[str, Any]) -> None:
    once = insert(Message).on_conflict_do_nothing(index_elements=["key"])
    written = once.returning(col(Message.channel), col(Message.state))
    for channel, state in await session.execute(written, [row]):
        count_message(channel, state, None)


def _row(agency_id: int, contact_id: UUID, week: date, facts: dict[str, Any]) -> dict[str, Any]:
    at = now()
    return {
        "id": uuid4(),
        "key": _key(agency_id, week),
        "number": None,
        "version": 0,
        "event": LETTER,
        "template": LETTER,
        "recipient": f"leader-{agency_id}",
        "channel": "email",
        "contact_id": contact_id,
        "facts": facts,
        "state": "queued",
        "created_at": at,
        "not_before": at,
    }


def _key(agency_id: int, week: date) -> str:
    return f"{LETTER}.{agency_id}.{week.isoformat()}"
