"""`GET /queue/choices`: what is shown around a queue, in every tab: views and filters."""

import asyncio
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlmodel import col

from services.routing.directory.choices import GroupedCategory, grouped_categories
from services.routing.directory.saved_views import ShownView, list_saved_views
from services.routing.directory.staff import Colleague, list_staff
from services.routing.reading.names import ShownAgency
from shared.database.views import AgencyEntry
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction
from shared.values import regions

MOST_AGENCIES: Final = 100


class QueueChoices(BaseModel):
    """For overseers the views and colleagues are empty."""

    views: list[ShownView]
    colleagues: list[Colleague]
    agencies: list[ShownAgency] = Field(
        description=f"All below the own one, by name; none where more than {MOST_AGENCIES}"
    )
    many_agencies: bool = Field(description="There are more below: they are searched for")
    categories: list[GroupedCategory]
    provinces: list[regions.Region]


router = APIRouter(tags=["queue"], responses=problem_responses(401, 403))


@router.get("/queue/choices")
async def queue_choices(staff: CurrentReader, session: Transaction) -> QueueChoices:
    """All choices of a queue's filters, and the saved views, in one answer."""
    reads_only = staff.role.only_reads
    below = (
        select(col(AgencyEntry.id), col(AgencyEntry.code), col(AgencyEntry.name))
        .where(col(AgencyEntry.active), col(AgencyEntry.path).contains([staff.agency_id]))
        .where(col(AgencyEntry.id) != staff.agency_id)
        .limit(MOST_AGENCIES + 1)
    )
    agencies = (await session.execute(below)).all()
    many = len(agencies) > MOST_AGENCIES
    return QueueChoices(
        views=[] if reads_only else (await list_saved_views(staff, session)).items,
        colleagues=[] if reads_only else (await list_staff(staff, session)).items,
        agencies=[
            ShownAgency(id=id, code=code, name=name)
            for id, code, name in sorted(() if many else agencies, key=lambda each: each.name)
        ],
        many_agencies=many,
        categories=await grouped_categories(session),
        provinces=await asyncio.to_thread(regions.children),
    )
