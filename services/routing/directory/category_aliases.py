"""The everyday words for a category (*Kata lain*) by which it can be found; pusat keeps them."""

from fastapi import APIRouter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.aliases import Aliases, keep_aliases
from services.routing.directory.log import record_change
from services.routing.finding_models import CategoryAlias
from services.routing.management_rights import Pusat
from services.routing.models import Category
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.problems import not_found
from shared.http.transaction import Transaction

router = APIRouter(
    prefix="/management/categories",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 422),
)


@router.put("/{category_id}/aliases")
async def set_category_aliases(
    category_id: Id, form: Aliases, staff: Pusat, session: Transaction
) -> Aliases:
    """Set the other words for a category or group: abbreviations, what people call it."""
    category = await session.get(Category, category_id, with_for_update=True)
    if category is None:
        raise not_found("category_not_found")
    known = (await category_aliases(session)).get(category_id, [])
    before = {"name": category.name, "aliases": ", ".join(known)}
    after = {**before, "aliases": ", ".join(form.aliases)}
    if record_change(session, staff, "category", category_id, before, after):
        await keep_aliases(session, CategoryAlias, {"category_id": category_id}, known, form)
    return form


async def category_aliases(session: AsyncSession) -> dict[int, list[str]]:
    """The other words of each category, sorted; categories without any are left out."""
    alias = col(CategoryAlias.alias)
    by_category = select(col(CategoryAlias.category_id), func.array_agg(alias)).group_by(
        col(CategoryAlias.category_id)
    )
    return {id: sorted(words) for id, words in await session.execute(by_category)}
