"""What forms offer to choose from: categories, tags, programmes, and the fixed lists."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import regions
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction
from shared.labels import labels

T = TypeVar("T")


class Choices(BaseModel, Generic[T]):
    items: list[T]


class CategoryChoice(BaseModel):
    """`name` says the group too (*Kependudukan › Akta Kelahiran*); groups are not offered."""

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
    """A category; `group` is the name of its group, or its own where it stands in none."""

    id: int
    name: str
    group: str


class VerificationChoices(BaseModel):
    """What a verification or an amendment sets. `tags` are those of one category."""

    categories: list[GroupedCategory]
    tags: list[TagChoice]
    programmes: list[ProgrammeChoice]
    regions: list[regions.RegionLevel]


class CodeChoice(BaseModel):
    code: str
    label: str


router = APIRouter(tags=["reference data"], responses=problem_responses(401, 403, 422))


@router.get("/categories")
async def list_categories(_: CurrentStaff, session: Transaction) -> Choices[CategoryChoice]:
    """The categories a report can have."""
    return await _rows(session, CategoryChoice, _CATEGORIES)


@router.get("/tags")
async def list_tags(
    _: CurrentStaff,
    session: Transaction,
    category: Annotated[int | None, Query(description="Of this category only")] = None,
) -> Choices[TagChoice]:
    """The tags of a category, or of all."""
    return await _rows(session, TagChoice, _TAGS, {"category": category})


@router.get("/programmes")
async def list_programmes(_: CurrentStaff, session: Transaction) -> Choices[ProgrammeChoice]:
    """The government's priority programmes (*Program Prioritas*)."""
    return await _rows(session, ProgrammeChoice, _PROGRAMMES)


@router.get("/verification-choices")
async def list_verification_choices(
    _: CurrentStaff,
    session: Transaction,
    category: Annotated[
        int | None, Query(gt=0, lt=2**31, description="With the tags of this category")
    ] = None,
    region: Annotated[
        str | None, Query(max_length=13, description="With the levels down to this region")
    ] = None,
) -> VerificationChoices:
    """All that a form for a verification offers, in one answer."""
    tags = await _rows(session, TagChoice, _TAGS, {"category": category}) if category else None
    return VerificationChoices(
        categories=(await _rows(session, GroupedCategory, _GROUPED)).items,
        tags=tags.items if tags else [],
        programmes=(await _rows(session, ProgrammeChoice, _PROGRAMMES)).items,
        regions=await asyncio.to_thread(regions.levels, region),
    )


@router.get("/archive-categories")
async def list_archive_categories(_: CurrentStaff, session: Transaction) -> Choices[CodeChoice]:
    """The reasons to archive a report (*Kategori Arsip*) that are offered, of the guide's eight."""
    return await _rows(session, CodeChoice, _ARCHIVE_REASONS)


@router.get("/deferral-kinds")
async def list_deferral_kinds(_: CurrentStaff) -> Choices[CodeChoice]:
    """The two reasons to defer a report."""
    return _codes("deferral")


_Row = TypeVar("_Row", bound=BaseModel)


async def _rows(
    session: AsyncSession, row: type[_Row], statement: Any, given: dict[str, Any] | None = None
) -> Choices[_Row]:
    found: Sequence[Any] = (await session.execute(statement, given or {})).mappings().all()
    return Choices(items=[row.model_validate(dict(one)) for one in found])


def _codes(kind: str) -> Choices[CodeChoice]:
    return Choices(
        items=[CodeChoice(code=code, label=words) for code, words in labels(kind).items()]
    )


_CATEGORIES = text(
    "SELECT c.id, c.code, concat_ws(' › ', p.name, c.name) AS name, c.parent_id"
    " FROM routing.published_category c LEFT JOIN routing.category p ON p.id = c.parent_id"
    " WHERE c.active AND NOT EXISTS (SELECT FROM routing.category k WHERE k.parent_id = c.id)"
    " ORDER BY p.name, c.name"
)
_GROUPED = text(
    "SELECT c.id, c.name, coalesce(g.name, c.name) AS group"
    " FROM routing.published_category c"
    " LEFT JOIN routing.published_category g ON g.id = c.parent_id AND g.active"
    " WHERE c.active AND NOT EXISTS"
    "  (SELECT FROM routing.published_category k WHERE k.parent_id = c.id AND k.active)"
    " ORDER BY 3, 2"
)
_TAGS = text(
    "SELECT id, category_id, name FROM routing.tag"
    " WHERE active AND category_id = coalesce(CAST(:category AS int), category_id)"
    " ORDER BY name, id"
)
_ARCHIVE_REASONS = text(
    "SELECT code, name AS label FROM routing.archive_reason WHERE active ORDER BY place"
)
_PROGRAMMES = text("SELECT id, name FROM routing.programme WHERE active ORDER BY name")
