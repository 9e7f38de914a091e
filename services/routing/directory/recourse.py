"""Offices to which a refused reporter can turn, as pusat keeps them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, HttpUrl, StringConstraints
from sqlalchemy import func, select
from sqlmodel import col

from services.routing.directory.log import record, record_change
from services.routing.directory.unique_names import save
from services.routing.management_rights import Pusat
from services.routing.models import Category, Recourse
from shared.http.documentation import problem_responses
from shared.http.problems import FieldError, not_found, validation
from shared.http.transaction import Transaction
from shared.lifecycle.actions import ArchiveCategory, Classification
from shared.values.ids import CategoryId
from shared.values.words import Form, Name, NoteText


class NewRecourse(Form):
    """An office, and the reports for which it is named: those that match all values given of the
    last three fields; if none is given, all reports."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{1,39}$")]
    name: Name
    how: NoteText = Field(description="How to reach it, and with what")
    url: HttpUrl | None = None
    archive_category: ArchiveCategory | None = None
    classification: Classification | None = None
    category_id: CategoryId | None = None

    @property
    def for_all(self) -> bool:
        return (self.archive_category, self.classification, self.category_id) == (None, None, None)


class RecourseChange(Form):
    """Fields that are left out stay as they are. Offices that are not active are not named."""

    name: Name | None = None
    how: NoteText | None = Field(None, description="How to reach it, and with what")
    url: HttpUrl | None = None
    active: bool | None = None


class KeptRecourse(BaseModel):
    """Named to reporters whose report matches all of the last three fields that are not null."""

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
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.get("")
async def list_recourse(_: Pusat, session: Transaction) -> list[KeptRecourse]:
    """All offices, including those that are not named."""
    rows = await session.scalars(select(Recourse).order_by(col(Recourse.place)))
    return [KeptRecourse.model_validate(row, from_attributes=True) for row in rows]


@router.post("", status_code=201)
async def add_recourse(form: NewRecourse, staff: Pusat, session: Transaction) -> KeptRecourse:
    """Add an office: before the present ones if it is for some reporters, after them if for all."""
    if form.category_id is not None:
        category = await session.get(Category, form.category_id)
        if category is None or not category.active:
            raise validation(FieldError("category_id", "category_unknown"))
    places = func.min(Recourse.place) - 1, func.max(Recourse.place) + 1
    first, last = (await session.execute(select(*places))).one()
    place = (last if form.for_all else first) or 0
    row = Recourse(place=place, **form.model_dump(mode="json"))
    await save(session, row, "recourse_code_taken")
    details = row.model_dump(exclude={"active", "place"}, exclude_none=True)
    record(session, staff, staff.agency_id, "recourse", row.code, "create", **details)
    return KeptRecourse.model_validate(row, from_attributes=True)


@router.patch("/{office}")
async def change_recourse(
    office: str, form: RecourseChange, staff: Pusat, session: Transaction
) -> KeptRecourse:
    """Change the words of an office, or stop naming it."""
    row = await session.get(Recourse, office, with_for_update=True)
    if row is None:
        raise not_found()
    before = row.model_dump(include=set(RecourseChange.model_fields))
    after = before | form.model_dump(mode="json", exclude_none=True)
    if record_change(session, staff, "recourse", office, before, after):
        row.sqlmodel_update(after)
        session.add(row)
        await session.flush()
    return KeptRecourse.model_validate(row, from_attributes=True)
