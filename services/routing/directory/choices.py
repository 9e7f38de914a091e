"""The choices that forms offer: categories, tags, programmes, and the fixed lists."""

import asyncio
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.routing.directory.category_aliases import category_aliases
from services.routing.models import ArchiveReason, Category, Programme, Tag
from shared.http.auth import CurrentReader, CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction
from shared.labels import labels
from shared.values import regions
from shared.values.ids import CategoryId

T = TypeVar("T")


class Choices(BaseModel, Generic[T]):
    items: list[T]


class CategoryChoice(BaseModel):
    """`name` includes the group (*Kependudukan › Akta Kelahiran*); groups are not offered."""

    id: int
    code: str
    name: str
    parent_id: int | None


class TagChoice(BaseModel):
    id: int
    category_id: int
    name: str


class ProgrammeChoice(BaseModel):
    id: int
    name: str


class GroupedCategory(BaseModel):
    """A category. `group` is the name of its group, or its own name if it has none. It can also be
    found by its `aliases`, which are everyday words."""

    id: int
    name: str
    group: str
    aliases: list[str]


class VerificationChoices(BaseModel):
    """The choices of a verification or an amendment. `tags` are those of one category."""

    categories: list[GroupedCategory]
    tags: list[TagChoice]
    programmes: list[ProgrammeChoice]
    regions: list[regions.RegionLevel]


class CodeChoice(BaseModel):
    code: str
    label: str


router = APIRouter(tags=["reference data"], responses=problem_responses(401, 403, 422))


@router.get("/categories")
async def list_categories(_: CurrentReader, session: Transaction) -> Choices[CategoryChoice]:
    """The categories a report can have."""
    rows = await session.execute(_OFFERED)
    items = [
        CategoryChoice(
            id=id, code=code, name=f"{above} › {name}" if above else name, parent_id=parent_id
        )
        for id, code, name, parent_id, above in rows
    ]
    return Choices(items=items)


@router.get("/tags")
async def list_tags(
    _: CurrentReader,
    session: Transaction,
    category: Annotated[CategoryId | None, Query(description="Only tags of this category")] = None,
) -> Choices[TagChoice]:
    """The tags of one category, or of all."""
    return Choices(items=await _tags(session, category))


@router.get("/programmes")
async def list_programmes(_: CurrentReader, session: Transaction) -> Choices[ProgrammeChoice]:
    """The government's priority programmes (*Program Prioritas*)."""
    return Choices(items=await _programmes(session))


@router.get("/verification-choices")
async def list_verification_choices(
    _: CurrentStaff,
    session: Transaction,
    category: Annotated[
        CategoryId | None, Query(description="Also returns the tags of this category")
    ] = None,
    region: Annotated[
        str | None,
        Query(max_length=13, description="Also returns the region levels down to this region"),
    ] = None,
) -> VerificationChoices:
    """All choices of a verification form, in one answer."""
    return VerificationChoices(
        categories=await grouped_categories(session),
        tags=await _tags(session, category) if category else [],
        programmes=await _programmes(session),
        regions=await asyncio.to_thread(regions.levels, region),
    )


@router.get("/archive-categories")
async def list_archive_categories(_: CurrentStaff, session: Transaction) -> Choices[CodeChoice]:
    """The reasons to archive a report (*Kategori Arsip*) that are offered now."""
    reasons = select(ArchiveReason).where(col(ArchiveReason.active))
    rows = await session.scalars(reasons.order_by(col(ArchiveReason.place)))
    return Choices(items=[CodeChoice(code=reason.code, label=reason.name) for reason in rows])


@router.get("/deferral-kinds")
async def list_deferral_kinds(_: CurrentStaff) -> Choices[CodeChoice]:
    """The two reasons to defer a report."""
    return _codes("deferral")


async def _tags(session: AsyncSession, category: int | None) -> list[TagChoice]:
    tags = select(Tag).where(col(Tag.active)).order_by(col(Tag.name), col(Tag.id))
    if category is not None:
        tags = tags.where(col(Tag.category_id) == category)
    rows = await session.scalars(tags)
    return [TagChoice.model_validate(tag, from_attributes=True) for tag in rows]


async def _programmes(session: AsyncSession) -> list[ProgrammeChoice]:
    programmes = select(Programme).where(col(Programme.active)).order_by(col(Programme.name))
    return [
        ProgrammeChoice(id=programme.id, name=programme.name)
        for programme in await session.scalars(programmes)
    ]


async def grouped_categories(session: AsyncSession) -> list[GroupedCategory]:
    """Categories, and groups that have no active categories."""
    rows = await session.execute(_GROUPED)
    words = await category_aliases(session)
    return [
        GroupedCategory(id=id, name=name, group=group, aliases=words.get(id, []))
        for id, name, group in rows
    ]


def _codes(kind: str) -> Choices[CodeChoice]:
    return Choices(
        items=[CodeChoice(code=code, label=words) for code, words in labels(kind).items()]
    )


# Built once: every queue needs it, and building the statement took longer than executing it.
_Group, _Within = aliased(Category), aliased(Category)
_INSIDE = select(_Within).where(col(_Within.parent_id) == col(Category.id))
_HEADING = func.coalesce(col(_Group.name), col(Category.name))
_UNDER_ACTIVE = col(Category.active), col(_Group.active).is_not(False)
_OFFERED = (
    select(
        col(Category.id),
        col(Category.code),
        col(Category.name),
        col(Category.parent_id),
        col(_Group.name),
    )
    .outerjoin(_Group, col(_Group.id) == col(Category.parent_id))
    .where(*_UNDER_ACTIVE, ~_INSIDE.exists())
    .order_by(col(_Group.name), col(Category.name))
)
_GROUPED = (
    select(col(Category.id), col(Category.name), _HEADING)
    .outerjoin(_Group, col(_Group.id) == col(Category.parent_id))
    .where(*_UNDER_ACTIVE, ~_INSIDE.where(col(_Within.active)).exists())
    .order_by(_HEADING, col(Category.name))
)
