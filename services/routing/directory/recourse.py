"""Where else a reporter can go who was refused, as pusat keeps it."""

from fastapi import APIRouter
from pydantic import BaseModel, Field, HttpUrl
from sqlalchemy import select
from sqlmodel import col

from services.routing.directory.log import changed, record
from services.routing.management_rights import Pusat
from services.routing.models import Recourse
from shared.http.documentation import problem_responses
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.values.words import Form, Name, NoteText


class RecourseChange(Form):
    """What is left out stays. What is not active is named to nobody."""

    name: Name | None = None
    how: NoteText | None = Field(None, description="How to reach it, and with what")
    url: HttpUrl | None = None
    active: bool | None = None


class KeptRecourse(BaseModel):
    """Named to reporters whose report bears all that is not null of the last three."""

    code: str
    name: str
    how: str
    url: str | None
    active: bool
    archive_category: str | None
    classification: str | None
    category_id: int | None


router = APIRouter(
    prefix="/management/recourse",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 422),
)


@router.get("")
async def list_recourse(_: Pusat, session: Transaction) -> list[KeptRecourse]:
    """All offices, also those that are not named."""
    rows = await session.scalars(select(Recourse).order_by(col(Recourse.place)))
    return [KeptRecourse.model_validate(row, from_attributes=True) for row in rows]


@router.patch("/{office}")
async def change_recourse(
    office: str, form: RecourseChange, staff: Pusat, session: Transaction
) -> KeptRecourse:
    """Say it in other words, or name it no more."""
    row = await session.get(Recourse, office, with_for_update=True)
    if row is None:
        raise not_found()
    before = row.model_dump(include=set(RecourseChange.model_fields))
    after = before | form.model_dump(mode="json", exclude_none=True)
    if differences := changed(before, after):
        row.sqlmodel_update(after)
        session.add(row)
        changes = {f"{field}_changed": values for field, values in differences.items()}
        record(
            session, staff, staff.agency_id, "recourse", office, "change", name=row.name, **changes
        )
        await session.flush()
    return KeptRecourse.model_validate(row, from_attributes=True)
