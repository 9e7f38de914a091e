"""Categories in two levels, their tags, and priority programmes: kept by pusat, never deleted."""

from typing import Annotated, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.category_aliases import category_aliases
from services.routing.directory.log import record, record_change
from services.routing.directory.unique_names import save
from services.routing.management_rights import Pusat
from services.routing.models import Category, Programme, Tag
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.problems import FieldError, conflict, not_found, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.values.ids import CategoryId
from shared.values.words import Form, Name


class NewCategory(Form):
    """Without a parent it is a group; people choose its categories."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{1,63}$")]
    name: Name
    parent_id: CategoryId | None = None


class NewTag(Form):
    category_id: CategoryId
    name: Name


class NewProgramme(Form):
    name: Name


class Change(Form):
    """Fields left out stay as they are. What is not active is not offered; reports keep it."""

    name: Name | None = None
    active: bool | None = None


class KeptTag(BaseModel):
    id: int
    category_id: int
    name: str
    active: bool


class KeptCategory(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None
    active: bool


class CategoryByWords(KeptCategory):
    aliases: list[str] = Field(description="Everyday words by which it can be found")


class KeptProgramme(BaseModel):
    id: int
    name: str
    active: bool


class ReferenceData(BaseModel):
    """All reference data, including what is not active."""

    categories: list[CategoryByWords] = Field(description="Groups first")
    tags: list[KeptTag]
    programmes: list[KeptProgramme]


router = APIRouter(
    prefix="/management",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.get("/reference-data")
async def read_reference_data(_: Pusat, session: Transaction) -> ReferenceData:
    """What forms offer now, and what they offered before."""
    groups_first = col(Category.parent_id).nulls_first(), col(Category.name), col(Category.id)
    categories = await session.scalars(select(Category).order_by(*groups_first))
    tags = await session.scalars(select(Tag).order_by(col(Tag.name), col(Tag.id)))
    programmes = await session.scalars(select(Programme).order_by(col(Programme.name)))
    words = await category_aliases(session)
    return ReferenceData(
        categories=[
            CategoryByWords(**row.model_dump(), aliases=words.get(row.id, [])) for row in categories
        ],
        tags=[KeptTag.model_validate(row, from_attributes=True) for row in tags],
        programmes=[KeptProgramme.model_validate(row, from_attributes=True) for row in programmes],
    )


@router.post("/categories", status_code=201)
async def create_category(form: NewCategory, staff: Pusat, session: Transaction) -> KeptCategory:
    """Create a category of a group, or a group."""
    if form.parent_id is not None:
        parent = await session.get(Category, form.parent_id)
        if parent is None or not parent.active or parent.parent_id is not None:
            raise validation(FieldError("parent_id", "category_no_group"))
    await _check_name(session, Category, form.name, within=form.parent_id)
    return await _create(session, staff, "category", Category(**form.model_dump()), KeptCategory)


@router.patch("/categories/{category_id}")
async def change_category(
    category_id: Id, form: Change, staff: Pusat, session: Transaction
) -> KeptCategory:
    """Rename a category, or take it out of use; reports keep it. A group takes its categories
    along."""
    category = await session.get(Category, category_id)
    if form.name is not None and category is not None:
        await _check_name(session, Category, form.name, category.id, within=category.parent_id)
    return await _change(session, staff, "category", category, form, KeptCategory)


@router.post("/tags", status_code=201)
async def create_tag(form: NewTag, staff: Pusat, session: Transaction) -> KeptTag:
    """Add a tag to a category in use."""
    category = await session.get(Category, form.category_id)
    if category is None or not category.active:
        raise validation(FieldError("category_id", "category_unknown"))
    await _check_name(session, Tag, form.name, within=form.category_id)
    return await _create(session, staff, "tag", Tag(**form.model_dump()), KeptTag)


@router.patch("/tags/{tag_id}")
async def change_tag(tag_id: Id, form: Change, staff: Pusat, session: Transaction) -> KeptTag:
    """Rename a tag, or take it out of use; reports keep it."""
    tag = await session.get(Tag, tag_id)
    if form.name is not None and tag is not None:
        await _check_name(session, Tag, form.name, tag.id, within=tag.category_id)
    return await _change(session, staff, "tag", tag, form, KeptTag)


@router.post("/programmes", status_code=201)
async def create_programme(form: NewProgramme, staff: Pusat, session: Transaction) -> KeptProgramme:
    """Add a priority programme."""
    await _check_name(session, Programme, form.name)
    made = Programme(**form.model_dump())
    return await _create(session, staff, "programme", made, KeptProgramme)


@router.patch("/programmes/{programme_id}")
async def change_programme(
    programme_id: Id, form: Change, staff: Pusat, session: Transaction
) -> KeptProgramme:
    """Rename a priority programme, or take it out of use; reports keep it."""
    if form.name is not None:
        await _check_name(session, Programme, form.name, programme_id)
    programme = await session.get(Programme, programme_id)
    return await _change(session, staff, "programme", programme, form, KeptProgramme)


_TAKEN = {"category": "category_code_taken", "programme": "programme_name_taken"}
"""Kinds whose code or name must be unique, each with the code of the problem."""
Kept = TypeVar("Kept", bound=BaseModel)
_Row = Category | Tag | Programme


async def _create(
    session: AsyncSession, staff: Staff, kind: str, row: _Row, kept: type[Kept]
) -> Kept:
    await save(session, row, _TAKEN.get(kind, ""))
    details = row.model_dump(exclude={"id", "active"})
    record(session, staff, staff.agency_id, kind, row.id, "create", **details)
    return kept.model_validate(row, from_attributes=True)


async def _change(
    session: AsyncSession, staff: Staff, kind: str, row: _Row | None, form: Change, kept: type[Kept]
) -> Kept:
    if row is None:
        raise not_found(f"{kind}_not_found")
    before = {"name": row.name, "active": row.active}
    after = {**before, **form.model_dump(exclude_none=True)}
    if record_change(session, staff, kind, row.id, before, after):
        row.sqlmodel_update(after)
        await session.flush()
    return kept.model_validate(row, from_attributes=True)


async def _check_name(
    session: AsyncSession,
    row: type[_Row],
    name: str,
    of_id: int | None = None,
    within: int | None = None,
) -> None:
    """Raise a 409 if another one in the same place has this name: people could not distinguish
    them. The place is the group or the category, for the same kind."""
    same: Select[int] = select(col(row.id)).where(
        func.lower(col(row.name)) == func.lower(name), col(row.id) != (of_id or 0)
    )
    if row is Category:
        same = same.where(col(Category.parent_id).is_not_distinct_from(within))
    elif row is Tag:
        same = same.where(col(Tag.category_id) == within)
    if await session.scalar(same.limit(1)) is not None:
        raise conflict(f"{row.__tablename__}_name_taken")
