"""An agency as its admins see it: people, units, reports."""

from pydantic import BaseModel, Field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.agency_search import AgencyDetails, read_agency
from services.routing.directory.aliases import aliases_of
from services.routing.directory.leaders import Leader, leader_of
from services.routing.models import Agency, StaffMember
from services.routing.reading.names import ShownAgency
from shared.http.tokens import Staff
from shared.labels import label
from shared.privacy.identity import IdentityCipher


class AgencyPerson(BaseModel):
    id: int
    name: str
    role: str
    role_label: str


class ReportCounts(BaseModel):
    """Reports of the agency itself, and with all below it."""

    open: int
    overdue: int
    open_below: int
    overdue_below: int


class ManagedAgency(AgencyDetails):
    aliases: list[str] = Field(description="Other names by which people know it")
    people: list[AgencyPerson]
    units: list[ShownAgency] = Field(description="Active agencies directly below")
    reports: ReportCounts
    leader: Leader | None = Field(description="Who gets the weekly letter")


async def agency_details(
    session: AsyncSession, cipher: IdentityCipher, staff: Staff, agency_id: int
) -> ManagedAgency:
    """The agency; 404 if there is none."""
    known = await read_agency(agency_id, staff, session)
    people = await session.scalars(
        select(StaffMember)
        .where(col(StaffMember.agency_id) == agency_id, col(StaffMember.active))
        .order_by(col(StaffMember.name), col(StaffMember.id))
    )
    units = await session.scalars(
        select(Agency)
        .where(col(Agency.parent_id) == agency_id, col(Agency.active))
        .order_by(col(Agency.name), col(Agency.id))
    )
    counts = (await session.execute(_REPORTS, {"id": agency_id, "path": [agency_id]})).mappings()
    return ManagedAgency(
        **known.model_dump(),
        aliases=await aliases_of(session, agency_id),
        people=[
            AgencyPerson(**row.model_dump(), role_label=label("role", row.role)) for row in people
        ],
        units=[ShownAgency.model_validate(row, from_attributes=True) for row in units],
        reports=ReportCounts(**dict(counts.one())),
        leader=await leader_of(session, cipher, agency_id),
    )


# Sums over what may be thousands of agencies: one statement, once through the index of the queue.
_REPORTS = text("""
WITH counted AS (
    SELECT handler_id, count(*) AS open, count(*) FILTER (WHERE overdue) AS overdue
    FROM lifecycle.report
    WHERE tab IN ('unverified', 'deferred', 'awaiting_follow_up', 'in_process')
    AND handler_id = ANY (ARRAY(
        SELECT id FROM routing.agency WHERE path @> CAST(:path AS bigint[])))
    GROUP BY handler_id
)
SELECT coalesce(sum(open) FILTER (WHERE handler_id = :id), 0) AS open,
       coalesce(sum(overdue) FILTER (WHERE handler_id = :id), 0) AS overdue,
       coalesce(sum(open), 0) AS open_below, coalesce(sum(overdue), 0) AS overdue_below
FROM counted
""")
