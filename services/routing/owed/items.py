"""Items of the list of what is owed: the report, its assignee, and the request to be decided."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import StaffMember
from services.routing.owed.pages import Owed
from services.routing.queue.rows import QueueRow, Seen, seen_reports
from services.routing.reading.arrival import requests_shown
from services.routing.reading.history_rows import steps_of
from services.routing.reading.people import ShownStaff, names_for
from services.routing.reading.requests import ShownRequest, pending_requests, requests_of
from services.routing.stand_ins import ShownStandIn, in_force_of, stood_in_for
from shared.clock import now
from shared.database.views import PublishedMessage
from shared.http.tokens import Staff
from shared.labels import label
from shared.owed.statements import OwedKind


class OwedAssignee(ShownStaff):
    """`mine`: it is the person who asks, or somebody for whom they stand in."""

    stand_in: ShownStandIn | None
    mine: bool


class OwedItem(BaseModel):
    """One step, decision or escalation. Its deadline is that of the report's `countdown` or the
    `request`."""

    kind: OwedKind
    kind_label: str
    late: bool
    report: QueueRow
    assignee: OwedAssignee | None
    request: ShownRequest | None = Field(description="The request to be decided, with its reason")


async def owed_items(session: AsyncSession, staff: Staff, owed: Sequence[Owed]) -> list[OwedItem]:
    """The items to show for these, in this order."""
    seen = await seen_reports(session, staff, {each.number for each in owed})
    requests = await _requests(session, seen, [UUID(each.ref) for each in owed if each.ref])
    assignees = await _assignees(session, staff, seen)
    moment = now()
    return [
        OwedItem(
            kind=each.kind,
            kind_label=label("owed", each.kind),
            late=each.due_at <= moment,
            report=seen[each.number].row,
            assignee=assignees.get(seen[each.number].row.assignee_id or 0),
            request=requests.get(each.ref),
        )
        for each in owed
        if each.number in seen and (not each.ref or each.ref in requests)
    ]


async def _requests(
    session: AsyncSession, seen: Mapping[int, Seen], ids: Sequence[UUID]
) -> dict[str, ShownRequest]:
    """The requests by id, as their reports' pages show them, without those decided meanwhile."""
    if not ids:
        return {}
    rows = await pending_requests(session, ids)
    hidden = {row["number"] for row in rows if seen[row["number"]].access.maker_hidden}
    steps = await steps_of(session, hidden) if hidden else {}
    rows = [
        shown
        for row in rows
        for shown in requests_shown([row], steps.get(row["number"], ()), seen[row["number"]].access)
    ]
    reasons = select(col(PublishedMessage.command_id), col(PublishedMessage.words)).where(
        col(PublishedMessage.command_id).in_(ids)
    )
    written = [{"id": id, "words": words} for id, words in await session.execute(reasons)]
    names = await names_for(
        session,
        [row["staff_id"] for row in rows],
        [row[name] for row in rows for name in ("agency_id", "decider_id", "suggested_agency_id")],
    )
    return {
        str(row["id"]): requests_of([row], written, names, seen[row["number"]].access)[0]
        for row in rows
    }


async def _assignees(
    session: AsyncSession, staff: Staff, seen: Mapping[int, Seen]
) -> dict[int, OwedAssignee]:
    ids = {report.row.assignee_id for report in seen.values()} - {None}
    if not ids:
        return {}
    stood_in_for_ids = await stood_in_for(session, staff.id)
    away = await in_force_of(session, [id for id in ids if id])
    people = select(col(StaffMember.id), col(StaffMember.name)).where(col(StaffMember.id).in_(ids))
    return {
        id: OwedAssignee(id=id, name=name, stand_in=away.get(id), mine=id in stood_in_for_ids)
        for id, name in await session.execute(people)
    }
