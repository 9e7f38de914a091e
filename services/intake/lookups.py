"""The choices that a form offers: regions, agencies, categories."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlmodel import col

from services.intake.report_form import PublicClassification
from shared.database.agency_search import find_agencies
from shared.database.views import AgencyEntry, CategoryEntry
from shared.http.documentation import problem_responses
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.labels import label
from shared.values import regions
from shared.values.ids import AgencyId

router = APIRouter(tags=["Choices"])


class RegionChoice(BaseModel):
    code: str
    name: str
    level: str
    path: str


class AgencyChoice(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None
    connected: bool = Field(description="Whether it has a person who can verify reports")


class CategoryChoice(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None
    aliases: list[str] = Field(description="Everyday words that people search for")


class ClassificationChoice(BaseModel):
    code: PublicClassification
    label: str


@router.get("/regions")
async def list_regions(
    q: Annotated[str | None, Query(min_length=2, max_length=100)] = None,
    parent: Annotated[str | None, Query(max_length=13)] = None,
    level: regions.Level | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> list[RegionChoice]:
    """List regions: provinces, or with `parent` the regions directly below it. With `q`, regions
    with such a name (villages only within a `parent` district or with `level=village`)."""
    if q is not None:
        choices = await asyncio.to_thread(
            regions.search, q, level=level, within=parent, limit=limit
        )
    else:
        choices = tuple(await asyncio.to_thread(regions.children, parent))
    return [_region(region) for region in choices]


@router.get("/region-levels")
async def list_region_levels(
    code: Annotated[
        str | None, Query(max_length=13, description="The code of the region chosen so far")
    ] = None,
) -> list[regions.RegionLevel]:
    """List the choices of a form that asks for a region level by level. These are the provinces,
    then the regencies of the chosen province, and so on, down to the level below the chosen
    region."""
    return await asyncio.to_thread(regions.levels, code)


@router.get("/regions/{code}", responses=problem_responses(404))
async def read_region(code: str) -> RegionChoice:
    """Read one region by its Kemendagri code, dotted or not."""
    region = await asyncio.to_thread(regions.find, code)
    if region is None:
        raise not_found()
    return _region(region)


@router.get("/agencies")
async def list_agencies(
    session: Transaction,
    q: Annotated[str | None, Query(min_length=2, max_length=100)] = None,
    parent: AgencyId | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> list[AgencyChoice]:
    """List agencies that can be addressed. With `q`: by words of their names, other names and
    places, even if shortened or misspelt, the best match first. Otherwise those directly below
    `parent` (default: below pusat)."""
    agencies = select(AgencyEntry).where(col(AgencyEntry.active)).limit(limit)
    if q is not None:
        found = await find_agencies(session, q, limit=limit)
        ids = [match.id for match in found.items]
        agencies = agencies.where(col(AgencyEntry.id).in_(ids))
        agencies = agencies.order_by(func.array_position(ids, col(AgencyEntry.id)))
    else:
        top = col(AgencyEntry.parent_id).is_(None), col(AgencyEntry.active)
        root = select(col(AgencyEntry.id)).where(*top).limit(1).scalar_subquery()
        above = root if parent is None else parent
        agencies = agencies.where(col(AgencyEntry.parent_id) == above)
        agencies = agencies.order_by(col(AgencyEntry.name))
    return [
        AgencyChoice(
            **entry.model_dump(),
            connected=entry.has_admin,
            kind_label=label("agency_kind", entry.kind),
        )
        for entry in await session.scalars(agencies)
    ]


@router.get("/categories")
async def list_categories(session: Transaction) -> list[CategoryChoice]:
    """List the categories in use."""
    categories = select(CategoryEntry).where(col(CategoryEntry.active))
    rows = await session.scalars(categories.order_by(col(CategoryEntry.name)))
    return [CategoryChoice(**row.model_dump()) for row in rows]


@router.get("/classifications")
async def list_classifications() -> list[ClassificationChoice]:
    """List the classifications that the public can choose. A verifier makes complaints more
    precise."""
    choices: tuple[PublicClassification, ...] = ("complaint", "aspiration", "information")
    return [
        ClassificationChoice(code=code, label=label("classification", code)) for code in choices
    ]


def _region(region: regions.Region) -> RegionChoice:
    return RegionChoice(code=region.code, name=region.name, level=region.level, path=region.path)
