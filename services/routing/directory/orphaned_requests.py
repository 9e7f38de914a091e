"""Finds pending requests that would be orphaned: their deciding agency would no longer be above."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.routing.models import Agency
from shared.command_requests.directory import Agency as KnownAgency
from shared.database.lifecycle import Report
from shared.database.report_lists import RequestRow
from shared.http.problems import conflict

_Handler, _Decider = aliased(Agency), aliased(Agency)
_Pending = Select[int, str]


async def check_moving(session: AsyncSession, agency_id: int, above: Sequence[int]) -> None:
    """Raise a 409 if a pending request would be orphaned when the agency moves, with all below it.
    That is one for an agency that will no longer be above: its admins could not even read the
    report."""
    pending = _pending_elsewhere(above).where(
        col(_Handler.path).contains([agency_id]), ~col(_Decider.path).contains([agency_id])
    )
    await _refuse(session, pending)


async def check_taking(session: AsyncSession, giver_id: int, taker: KnownAgency) -> None:
    """As `check_moving`, for the reports that another agency takes over."""
    pending = _pending_elsewhere(taker.path).where(
        col(_Handler.id) == giver_id, col(_Decider.id) != giver_id
    )
    await _refuse(session, pending)


async def _refuse(session: AsyncSession, pending: _Pending) -> None:
    first = (await session.execute(pending.limit(1))).first()
    if first is not None:
        raise conflict("requests_left_behind", number=first.number, agency=first.name)


def _pending_elsewhere(above: Sequence[int]) -> _Pending:
    """Pending requests that an agency outside `above` is to decide, by number."""
    return (
        select(col(RequestRow.number), col(_Decider.name))
        .join(Report, col(Report.number) == col(RequestRow.number))
        .join(_Decider, col(_Decider.id) == col(RequestRow.decider_id))
        .join(_Handler, col(_Handler.id) == col(Report.handler_id))
        .where(col(RequestRow.decision).is_(None), col(_Decider.id).not_in(above))
        .order_by(col(RequestRow.number))
    )
