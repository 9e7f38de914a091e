"""What reading a report takes from the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.attachments.naming import plain_name
from shared.http.tokens import Partner, Principal, ReportBearer, Reporter
from shared.lifecycle.statuses import CLOSED, WITH_AGENCY, Status

Row = RowMapping

PUBLISHED = WITH_AGENCY | CLOSED
"""The statuses in which the public reads the words: verified and not archived."""


async def find_report(session: AsyncSession, number: int) -> Row | None:
    """The report with its texts, and whose it is."""
    return (await session.execute(_REPORT, {"number": number})).mappings().one_or_none()


def is_own(row: Row, principal: Principal | None) -> bool:
    """Whether the caller is the report's reporter, holds its code, or is the system it came by."""
    match principal:
        case Reporter(account_id=account_id):
            return bool(row["reporter_id"] == account_id)
        case ReportBearer(number=number):
            return bool(row["number"] == number)
        case Partner(system=system):
            return bool(row["system"] == system)
        case _:
            return False


def is_published(row: Row) -> bool:
    """Whether the public reads more than the status."""
    return not row["secret"] and row["title"] is not None and Status(row["status"]) in PUBLISHED


async def attachments_of(session: AsyncSession, number: int) -> Sequence[Row]:
    return await _rows(session, _ATTACHMENTS, number)


def released(files: Sequence[Row]) -> list[dict[str, Any]]:
    """The files that the public may see, under names of ours: what a reporter called them is no
    corrected text, and often says who it is."""
    chosen = [dict(file) for file in files if file["released"] and file["served"]]
    return [
        {**file, "name": plain_name(place, file["media_type"])}
        for place, file in enumerate(chosen, 1)
    ]


async def attachments_of_messages(session: AsyncSession, number: int) -> Sequence[Row]:
    return await _rows(session, _MESSAGE_ATTACHMENTS, number)


async def history_of(session: AsyncSession, number: int) -> Sequence[Row]:
    """The lines that are not for staff alone."""
    return await _rows(session, _HISTORY, number)


async def words_of(session: AsyncSession, number: int) -> dict[UUID, Row]:
    """What was written with the commands that took effect, by command."""
    rows = [*await _rows(session, _MESSAGES, number), *await _rows(session, _NOTES, number)]
    return {row["command_id"]: row for row in rows}


async def _rows(session: AsyncSession, query: str, number: int) -> Sequence[Row]:
    return (await session.execute(text(query), {"number": number})).mappings().all()


_REPORT = text("""
SELECT r.number, r.version, r.status, r.tab, r.channel, r.classification, r.anonymous, r.secret,
       r.region_code, r.due_at, r.overdue, r.auto_close_at, r.submitted_at, r.system,
       r.external_id, r.linked_number, r.state, t.original_title, t.original_body, t.title,
       t.body, t.happened_at, t.place, t.latitude, t.longitude, s.reporter_id,
       h.name AS handler, c.name AS category
FROM lifecycle.report r
JOIN lifecycle.report_text t ON t.number = r.number
LEFT JOIN intake.submission s ON s.number = r.number
JOIN routing.agency_directory h ON h.id = r.handler_id
LEFT JOIN routing.published_category c ON c.id = r.category_id
WHERE r.number = :number
""")
_ATTACHMENTS = """
SELECT id, key, name, media_type, size, released, served, state FROM intake.published_attachment
WHERE number = :number ORDER BY name, id
"""
_MESSAGE_ATTACHMENTS = """
SELECT id, command_id, key, name, media_type, size, served, state
FROM followup.published_attachment
WHERE number = :number ORDER BY name, id
"""
_HISTORY = """
SELECT h.entry, h.at, h.action, h.actor_kind, h.role, h.from_status, h.to_status, h.visibility,
       h.ref, h.details, a.name AS agency
FROM lifecycle.history h LEFT JOIN routing.agency_directory a ON a.id = h.agency_id
WHERE h.number = :number AND h.visibility <> 'staff' ORDER BY h.entry
"""
_MESSAGES = """
SELECT m.command_id, m.action, m.kind, m.words, m.secret, m.rating, m.at, a.name AS agency
FROM followup.published_message m LEFT JOIN routing.agency_directory a ON a.id = m.agency_id
WHERE m.number = :number
"""
_NOTES = """
SELECT command_id, action, NULL AS kind, words, false AS secret, NULL AS rating, at,
       NULL AS agency
FROM routing.published_note WHERE number = :number
"""
