"""Templates of answers (*templat jawaban*), kept by an agency's admins for it and its units."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.log import record, record_change
from services.routing.management_models import AnswerTemplate
from services.routing.management_rights import AgencyAdmin, agency_in_reach
from services.routing.models import Category
from services.routing.template_fields import FIELD, FIELDS
from shared.http.documentation import problem_responses
from shared.http.problems import FieldError, conflict, not_found, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.people import MANAGERS
from shared.values.ids import AgencyId, CategoryId
from shared.values.text import TEMPLATE_LIMIT, TEMPLATE_NAME_LIMIT
from shared.values.words import FollowUpText, Form, Name

MOST = 100
"""How many templates one agency may have."""


class TemplateForm(Form):
    name: Annotated[Name, Field(max_length=TEMPLATE_NAME_LIMIT)]
    text: Annotated[
        FollowUpText,
        Field(max_length=TEMPLATE_LIMIT, description=f"With {{fields}}: {', '.join(FIELDS)}"),
    ]
    category_id: CategoryId | None = Field(
        None, description="Only for reports of this category, or of the categories in this group"
    )


class KeptTemplate(BaseModel):
    id: UUID
    agency_id: int
    name: str
    text: str
    category_id: int | None


class KeptTemplates(BaseModel):
    items: list[KeptTemplate]


router = APIRouter(
    prefix="/management/answer-templates",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)
ManagedAgency = Annotated[
    AgencyId | None,
    Query(
        alias="agency_id",
        description="An agency below, for a person who manages it; by default the own agency",
    ),
]


@router.get("")
async def list_answer_templates(
    staff: AgencyAdmin, session: Transaction, agency: ManagedAgency = None
) -> KeptTemplates:
    """The templates that the agency keeps, by name."""
    agency_id = await _managed_agency_id(session, staff, agency or staff.agency_id)
    kept = select(AnswerTemplate).where(col(AnswerTemplate.agency_id) == agency_id)
    rows = await session.scalars(kept.order_by(col(AnswerTemplate.name)))
    return KeptTemplates(items=[_shown(row) for row in rows])


@router.post("", status_code=201)
async def add_answer_template(
    form: TemplateForm, staff: AgencyAdmin, session: Transaction, agency: ManagedAgency = None
) -> KeptTemplate:
    """Add a template."""
    agency_id = await _managed_agency_id(session, staff, agency or staff.agency_id)
    await _check(session, form, agency_id, None)
    if await _count(session, agency_id) >= MOST:
        raise conflict("too_many_answer_templates", most=MOST)
    row = AnswerTemplate(id=uuid4(), agency_id=agency_id, **form.model_dump())
    session.add(row)
    record(session, staff, agency_id, _KIND, row.id, "create", **form.model_dump())
    await session.flush()
    return _shown(row)


@router.get("/{template_id}")
async def read_answer_template(
    template_id: UUID, staff: AgencyAdmin, session: Transaction
) -> KeptTemplate:
    """One of the agency's templates."""
    return _shown(await _found(session, staff, template_id))


@router.put("/{template_id}")
async def change_answer_template(
    template_id: UUID, form: TemplateForm, staff: AgencyAdmin, session: Transaction
) -> KeptTemplate:
    """Replace a template with what is sent."""
    row = await _found(session, staff, template_id)
    await _check(session, form, row.agency_id, template_id)
    before, after = row.model_dump(include=set(TemplateForm.model_fields)), form.model_dump()
    where = row.agency_id
    if record_change(session, staff, _KIND, template_id, before, after, agency_id=where):
        row.sqlmodel_update(after)
        session.add(row)
        await session.flush()
    return _shown(row)


@router.delete("/{template_id}", status_code=204)
async def remove_answer_template(
    template_id: UUID, staff: AgencyAdmin, session: Transaction
) -> None:
    """Delete a template. Answers that were made from it stay as they are."""
    row = await _found(session, staff, template_id)
    record(session, staff, row.agency_id, _KIND, template_id, "remove", name=row.name)
    await session.delete(row)
    await session.flush()


async def _managed_agency_id(session: AsyncSession, staff: Staff, agency_id: int) -> int:
    """The agency, if this person may keep its templates: the own one or, for those who manage
    agencies, also one below. 404 for any other."""
    if agency_id != staff.agency_id:
        if staff.role not in MANAGERS:
            raise not_found("agency_not_found")
        await agency_in_reach(session, staff, agency_id)
    return agency_id


async def _found(session: AsyncSession, staff: Staff, template_id: UUID) -> AnswerTemplate:
    row = await session.get(AnswerTemplate, template_id, with_for_update=True)
    if row is None:
        raise not_found()
    await _managed_agency_id(session, staff, row.agency_id)
    return row


async def _check(
    session: AsyncSession, form: TemplateForm, agency_id: int, template_id: UUID | None
) -> None:
    """Raise a 422 for an unknown field, an unknown category, or a name already in use."""
    for match in FIELD.finditer(form.text):
        if match[0].strip("{}") not in FIELDS or match[0] != f"{{{match[1]}}}":
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            params = {"field": match[0], "known": known}
            raise validation(FieldError("text", "template_field_unknown", params))
    if form.category_id is not None:
        category = await session.get(Category, form.category_id)
        if category is None or not category.active:
            raise validation(FieldError("category_id", "category_unknown"))
    await session.execute(_ONE_AT_A_TIME)
    same = select(col(AnswerTemplate.id)).where(
        col(AnswerTemplate.agency_id) == agency_id, col(AnswerTemplate.name) == form.name
    )
    if await session.scalar(same) not in (None, template_id):
        raise validation(FieldError("name", "taken"))


async def _count(session: AsyncSession, agency_id: int) -> int:
    templates = select(func.count()).select_from(AnswerTemplate)
    return await session.scalar(templates.where(col(AnswerTemplate.agency_id) == agency_id)) or 0


def _shown(row: AnswerTemplate) -> KeptTemplate:
    return KeptTemplate.model_validate(row, from_attributes=True)


_KIND = "answer_template"
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext("answer templates")))
"""Otherwise two people could use a name twice, or exceed the limit."""
