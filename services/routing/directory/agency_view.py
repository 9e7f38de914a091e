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
from shared.lifecycle.statuses import OPEN_TABS
from shared.privacy.identity import IdentityCipher


class AgencyPerson(BaseModel):
    id: int
    name: str
    role: str
    role_label: str


class ReportCounts(BaseModel):
    """Reports of the agency itself, or including all agencies below it."""

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
    """The agency; 404 if it does not exist."""
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
    asked = {"id": agency_id, "path": [agency_id], "tabs": [tab.value for tab in OPEN_TABS]}
    counts = (await session.execute(_REPORTS, asked)).mappings()
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


# Open reports by the counts of tabs, late ones by the index that has only these: neither reads all
# reports of what may be thousands of agencies.
_REPORTS = text("""
WITH below AS MATERIALIZED (
    SELECT id FROM routing.agency WHERE path @> CAST(:path AS bigint[])
), counted AS (
    SELECT coalesce(sum(reports) FILTER (WHERE agency_id = :id), 0)::bigint AS open,
        coalesce(sum(reports), 0)::bigint AS open_below
    FROM lifecycle.tab_reports
    WHERE NOT given AND tab = ANY (CAST(:tabs AS text[])) AND agency_id IN (SELECT id FROM below)
), late AS (
    SELECT count(*) FILTER (WHERE handler_id = :id) AS overdue, count(*) AS overdue_below
    FROM lifecycle.report
    WHERE overdue AND ended_at IS NULL AND tab = ANY (CAST(:tabs AS text[]))
        AND handler_id IN (SELECT id FROM below)
)
SELECT open, overdue, open_below, overdue_below FROM counted, late
""")
