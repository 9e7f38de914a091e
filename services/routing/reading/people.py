"""Names of the staff, agencies and systems that appear in a report's history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import StaffMember
from services.routing.reading.names import ShownAgency, shown_agency
from services.routing.stand_ins import ShownStandIn
from shared.command_requests.directory import agencies
from shared.labels import label
from shared.lifecycle.people import ActorKind


class ShownStaff(BaseModel):
    id: int
    name: str


class ShownAssignee(ShownStaff):
    here: bool = Field(description="False for somebody who has left the handler, or the service")
    stand_in: ShownStandIn | None = Field(description="Who stands in for them today")


class ShownActor(BaseModel):
    """The person or system that did something. Neither a reporter nor the person who entered an
    anonymous report is ever named."""

    kind: ActorKind
    label: str
    staff: ShownStaff | None
    agency: ShownAgency | None
    system: str | None


@dataclass(frozen=True)
class Names:
    """The names that belong to ids."""

    staff: Mapping[int, str]
    agencies: Mapping[int, ShownAgency]

    def person(self, staff_id: int | None) -> ShownStaff | None:
        if staff_id is None:
            return None
        return ShownStaff(id=staff_id, name=self.staff.get(staff_id, "–"))

    def agency(self, agency_id: int | None) -> ShownAgency | None:
        return self.agencies.get(agency_id) if agency_id is not None else None

    def actor(self, row: Mapping[str, Any]) -> ShownActor:
        """The actor of a row with actor_kind, staff_id, agency_id and perhaps role and system."""
        kind = ActorKind(row["actor_kind"])
        role = row.get("role") or _AS_ROLE[kind]
        return ShownActor(
            kind=kind,
            label=label("role", role),
            staff=self.person(row["staff_id"]),
            agency=self.agency(row["agency_id"]),
            system=row.get("system"),
        )


async def names_for(
    session: AsyncSession, staff_ids: Iterable[int | None], agency_ids: Iterable[int | None]
) -> Names:
    people_ids = sorted({id for id in staff_ids if id is not None})
    names = select(col(StaffMember.id), col(StaffMember.name))
    people = await session.execute(names.where(col(StaffMember.id).in_(people_ids)))
    known = await agencies(session, sorted({id for id in agency_ids if id is not None}))
    return Names(
        {row.id: row.name for row in people},
        {agency.id: shown_agency(agency) for agency in known.values()},
    )


_AS_ROLE = {
    ActorKind.STAFF: "staff",
    ActorKind.REPORTER: "reporter",
    ActorKind.PARTNER: "partner_system",
    ActorKind.OPERATOR: "operator",
    ActorKind.SYSTEM: "system",
}
