"""The other names of an agency (*Nama lain*) by which it can be found; its own admins keep them."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.log import changed, record
from services.routing.finding_models import AgencyAlias, CategoryAlias
from services.routing.management_rights import Managing, agency_in_reach
from services.routing.models import Agency
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.transaction import Transaction
from shared.values.text import ALIAS_LIMIT
from shared.values.words import Form, Name

MOST = 20
Alias = Annotated[Name, Field(max_length=ALIAS_LIMIT)]


class Aliases(Form):
    """All other names of the agency; they replace the present ones."""

    aliases: Annotated[list[Alias], AfterValidator(lambda names: sorted(set(names)))] = Field(
        max_length=MOST
    )


router = APIRouter(
    prefix="/management/agencies",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 422),
)


@router.put("/{agency_id}/aliases")
async def set_aliases(
    agency_id: Id, form: Aliases, staff: Managing, session: Transaction
) -> Aliases:
    """Set the other names of the own agency or of one below: abbreviations, former names."""
    await agency_in_reach(session, staff, agency_id)
    await session.get(Agency, agency_id, with_for_update={"key_share": True})
    before = await aliases_of(session, agency_id)
    differences = changed({"aliases": ", ".join(before)}, {"aliases": ", ".join(form.aliases)})
    if differences:
        await keep_aliases(session, AgencyAlias, {"agency_id": agency_id}, before, form)
        record(session, staff, agency_id, "agency", agency_id, "change", **differences)
    return form


async def keep_aliases(
    session: AsyncSession,
    names: type[AgencyAlias] | type[CategoryAlias],
    owner: Mapping[str, int],
    before: Sequence[str],
    form: Aliases,
) -> None:
    """Replace the other names with those of the form. `owner` is the column that names their owner,
    and the owner's id; the caller has locked the owner's row."""
    gone = set(before) - set(form.aliases)
    await session.execute(delete(names).filter_by(**owner).where(col(names.alias).in_(gone)))
    session.add_all(names(**owner, alias=name) for name in form.aliases if name not in before)
    await session.flush()


async def aliases_of(session: AsyncSession, agency_id: int) -> list[str]:
    """The other names of an agency, sorted."""
    names = select(col(AgencyAlias.alias)).where(col(AgencyAlias.agency_id) == agency_id)
    return sorted(await session.scalars(names))
