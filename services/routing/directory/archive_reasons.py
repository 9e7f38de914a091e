"""Reasons to archive a report: the guide's eight. Pusat sets their words, and which are offered."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlmodel import col

from services.routing.directory.log import record_change
from services.routing.directory.reference_data import Change
from services.routing.management_rights import Pusat
from services.routing.models import ArchiveReason
from shared.http.documentation import problem_responses
from shared.http.problems import conflict
from shared.http.transaction import Transaction
from shared.lifecycle.actions import ArchiveCategory


class KeptReason(BaseModel):
    code: ArchiveCategory
    name: str
    active: bool


router = APIRouter(
    prefix="/management/archive-reasons",
    tags=["management"],
    responses=problem_responses(401, 403, 409, 422),
)


@router.get("")
async def list_archive_reasons(_: Pusat, session: Transaction) -> list[KeptReason]:
    """All eight reasons, including those not offered."""
    rows = await session.scalars(select(ArchiveReason).order_by(col(ArchiveReason.place)))
    return [KeptReason.model_validate(row, from_attributes=True) for row in rows]


@router.patch("/{reason}")
async def change_archive_reason(
    reason: ArchiveCategory, form: Change, staff: Pusat, session: Transaction
) -> KeptReason:
    """Change the words of a reason, or stop offering it; reports archived for it keep it. At least
    one reason must stay offered (409)."""
    await session.execute(_ONE_AT_A_TIME)
    reasons = {kept.code: kept for kept in await session.scalars(select(ArchiveReason))}
    row = reasons.pop(reason)
    before = {"name": row.name, "active": row.active}
    after = {**before, **form.model_dump(exclude_none=True)}
    if not after["active"] and not any(kept.active for kept in reasons.values()):
        raise conflict("last_archive_reason")
    if after["name"].lower() in {kept.name.lower() for kept in reasons.values()}:
        raise conflict("archive_reason_name_taken")
    if record_change(session, staff, "archive_reason", reason, before, after):
        row.sqlmodel_update(after)
        session.add(row)
        await session.flush()
    return KeptReason.model_validate(row, from_attributes=True)


_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext("archive_reason")))
