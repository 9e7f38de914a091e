"""Saved views of the queue (*Tampilan*): a tab with its filters, under a name.

A view belongs to one person, or is shared within their agency.
"""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.log import record
from services.routing.finding_models import SavedView
from services.routing.queue.filters import QueueQuery
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import FieldError, conflict, not_found, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.people import ADMINS
from shared.values.words import Form, Name

MOST = 30
"""How many views a person may have, and how many an agency may share."""
NAME = 60


class NewView(Form):
    """`query` holds parameters of `GET /queue`."""

    name: Annotated[Name, Field(max_length=NAME)]
    shared: bool = Field(False, description="Shared with everybody of the own agency")
    query: QueueQuery


class ShownView(BaseModel):
    """`removable`: this person may remove it."""

    id: UUID
    name: str
    shared: bool
    query: dict[str, str]
    removable: bool


class SavedViews(BaseModel):
    items: list[ShownView]


router = APIRouter(tags=["queue"], responses=problem_responses(401, 403, 404, 409, 422))


@router.get("/saved-views")
async def list_saved_views(staff: CurrentStaff, session: Transaction) -> SavedViews:
    """One's own views, and those shared within the own agency, by name."""
    views = (
        select(SavedView).where(_seen_by(staff)).order_by(col(SavedView.name), col(SavedView.id))
    )
    return SavedViews(items=[_shown(view, staff) for view in await session.scalars(views)])


@router.post("/saved-views", status_code=201)
async def save_view(form: NewView, staff: CurrentStaff, session: Transaction) -> ShownView:
    """Save a view under a name that no view shown to the person has."""
    await session.execute(_ONE_AT_A_TIME)
    same = select(col(SavedView.id)).where(_seen_by(staff), col(SavedView.name) == form.name)
    if await session.scalar(same) is not None:
        raise validation(FieldError("name", "taken"))
    if await _count(session, staff, shared=form.shared) >= MOST:
        raise conflict("too_many_saved_views")
    view = SavedView(
        id=uuid4(),
        staff_id=staff.id,
        agency_id=staff.agency_id,
        shared=form.shared,
        name=form.name,
        query=form.query.model_dump(
            mode="json", exclude_unset=True, exclude_none=True, exclude=_NOT_KEPT
        ),
    )
    session.add(view)
    if form.shared:
        record(session, staff, staff.agency_id, "saved_view", view.id, "share", name=form.name)
    await session.flush()
    return _shown(view, staff)


@router.delete("/saved-views/{view_id}", status_code=204)
async def remove_view(view_id: UUID, staff: CurrentStaff, session: Transaction) -> None:
    """Remove one's own view or, as an admin, one shared within the own agency."""
    found = select(SavedView).where(_seen_by(staff), col(SavedView.id) == view_id)
    view = await session.scalar(found)
    if view is None or not _removable(view, staff):
        raise not_found()
    if view.shared:
        record(session, staff, view.agency_id, "saved_view", view.id, "remove", name=view.name)
    await session.execute(delete(SavedView).where(col(SavedView.id) == view_id))


def _seen_by(staff: Staff) -> ColumnElement[bool]:
    own = (col(SavedView.staff_id) == staff.id) & ~col(SavedView.shared)
    return or_(own, (col(SavedView.agency_id) == staff.agency_id) & col(SavedView.shared))


def _removable(view: SavedView, staff: Staff) -> bool:
    return view.staff_id == staff.id or (view.shared and staff.role in ADMINS)


def _shown(view: SavedView, staff: Staff) -> ShownView:
    query = {name: _as_parameter(value) for name, value in view.query.items()}
    return ShownView(
        id=view.id,
        name=view.name,
        shared=view.shared,
        query=query,
        removable=_removable(view, staff),
    )


def _as_parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _count(session: AsyncSession, staff: Staff, *, shared: bool) -> int:
    views = select(func.count()).select_from(SavedView).where(col(SavedView.shared) == shared)
    of = (
        col(SavedView.agency_id) == staff.agency_id
        if shared
        else col(SavedView.staff_id) == staff.id
    )
    return await session.scalar(views.where(of)) or 0


_NOT_KEPT = {"q", "cursor", "limit"}
"""Never saved. People search for names and telephone numbers: search words are not stored."""
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext("saved views")))
"""Otherwise two requests could save a name twice, or exceed the limit."""
