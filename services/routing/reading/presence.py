"""Who else of the staff has a report open at this moment; kept for a minute, and only there."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.routing.desk_models import Presence
from services.routing.models import Agency, StaffMember
from shared.clock import now
from shared.command_requests.report_access import staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import forbidden
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import Role

LASTS: Final = timedelta(minutes=1)
SHOWN: Final = 5

router = APIRouter(tags=["reports"])


class OpenedBy(BaseModel):
    """A member of staff who has the report open."""

    name: str
    agency: str


@router.put("/reports/{number}/presence", responses=problem_responses(401, 403, 404, 422))
async def has_open(
    number: ReportNumber, staff: CurrentStaff, session: Transaction
) -> list[OpenedBy]:
    """Record that one has the report open, for a minute, and return who else has, the latest first.
    403 for readers of a copy: they can do nothing that would get in another's way."""
    access = await staff_access(session, staff, number)
    if access.by_copy:
        raise forbidden("not_authorised")
    at = now()
    # The next caller deletes what has expired.
    await session.execute(delete(Presence).where(col(Presence.seen_at) < at - LASTS))
    seen = insert(Presence).values(number=number, staff_id=staff.id, seen_at=at)
    await session.execute(
        seen.on_conflict_do_update(
            index_elements=["number", "staff_id"], set_={"seen_at": seen.excluded.seen_at}
        )
    )
    rows = await session.execute(
        select(col(StaffMember.name), col(StaffMember.role), col(Agency.name))
        .join(Presence, col(Presence.staff_id) == col(StaffMember.id))
        .join(Agency, col(Agency.id) == col(StaffMember.agency_id))
        .where(col(Presence.number) == number, col(Presence.staff_id) != staff.id)
        .order_by(col(Presence.seen_at).desc())
        .limit(SHOWN)
    )
    return [
        OpenedBy(name=_name_shown(staff, name, role), agency=agency) for name, role, agency in rows
    ]


def _name_shown(staff: Staff, name: str, role: str) -> str:
    """The name shown; people of pusat are named only to pusat: they may be there to reveal the
    reporter."""
    hidden = Role(role).is_central and not staff.role.is_central
    return label("role", role) if hidden else name
