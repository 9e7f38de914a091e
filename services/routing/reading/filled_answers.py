"""Answer templates that can be used for a report, and their words filled in for it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.management_models import AnswerTemplate
from services.routing.models import Agency, Category
from services.routing.template_fields import FIELD
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.database.columns import now
from shared.database.lifecycle import Report, ReportText
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels.dates import long_day
from shared.lifecycle.calendar import day_of_deadline
from shared.lifecycle.clocks import ClockKind


class OfferedTemplate(BaseModel):
    id: UUID
    name: str
    agency_id: int
    agency_name: str


class OfferedTemplates(BaseModel):
    """Templates of the own agency and those above, for all reports or this report's category."""

    items: list[OfferedTemplate]
    filled: str | None = Field(
        description="The text of the requested template; null also if it is not (or no "
        "longer) offered"
    )


router = APIRouter(tags=["reports"], responses=problem_responses(401, 403, 404, 422))


@router.get("/reports/{number}/answer-templates")
async def offered_templates(
    number: ReportNumber,
    staff: CurrentStaff,
    session: Transaction,
    use: Annotated[UUID | None, Query(description="The template whose text is requested")] = None,
) -> OfferedTemplates:
    """The templates that an answer to this report can begin with; none for readers of a copy."""
    access = await staff_access(session, staff, number)
    if access.by_copy:
        return OfferedTemplates(items=[], filled=None)
    report = await _report(session, number)
    of_category = col(AnswerTemplate.category_id).in_((report.category_id, report.group_id))
    rows = await session.execute(
        select(AnswerTemplate, col(Agency.name))
        .join(Agency, col(Agency.id) == col(AnswerTemplate.agency_id))
        .where(
            col(AnswerTemplate.agency_id).in_(staff.agency_path),
            or_(col(AnswerTemplate.category_id).is_(None), of_category),
        )
        .order_by(col(AnswerTemplate.name), col(AnswerTemplate.id))
    )
    offered = [(row.AnswerTemplate, row.name) for row in rows]
    text = next((template.text for template, _ in offered if template.id == use), None)
    return OfferedTemplates(
        items=[
            OfferedTemplate(
                id=template.id,
                name=template.name,
                agency_id=template.agency_id,
                agency_name=agency_name,
            )
            for template, agency_name in offered
        ],
        filled=None if text is None else filled(text, _values(staff, access, report)),
    )


def filled(text: str, values: dict[str, str]) -> str:
    """The template's words with its fields filled in. Braces within the values are kept."""
    return FIELD.sub(lambda match: values[match[1]], text)


def _values(staff: Staff, access: ReportAccess, report: Any) -> dict[str, str]:
    """The values by field. The title of an anonymous or secret report is replaced by a general
    phrase: its words may reveal who wrote it, or what only the reporter and staff may read."""
    state, zone = access.state, access.handler.zone
    hidden = state.anonymous or state.secret
    return {
        "nomor": str(state.number),
        "judul": _YOUR_REPORT if hidden else report.title,
        "kategori": report.category or _NOT_KNOWN,
        "instansi": access.handler.name,
        "petugas": staff.name,
        "tanggal": long_day(now().astimezone(zone.offset).date()),
        "tenggat": _deadline(access),
    }


def _deadline(access: ReportAccess) -> str:
    """The day on which settlement is due or, if that clock does not run, the next step."""
    settlement = (c for c in access.state.clocks if c.kind is ClockKind.SETTLEMENT and c.deadline)
    clock = next(settlement, access.state.process_clock)
    if clock is None or clock.deadline is None:
        return _NOT_KNOWN
    return long_day(day_of_deadline(clock.deadline, clock.zone))


async def _report(session: AsyncSession, number: int) -> Any:
    found: Select[*tuple[Any, ...]] = (
        select(
            col(ReportText.title),
            col(Report.category_id),
            col(Category.parent_id).label("group_id"),
            col(Category.name).label("category"),
        )
        .join(ReportText, col(ReportText.number) == col(Report.number))
        .outerjoin(Category, col(Category.id) == col(Report.category_id))
        .where(col(Report.number) == number)
    )
    return (await session.execute(found)).one()


_YOUR_REPORT = "laporan Anda"
_NOT_KNOWN = "(belum ditetapkan)"
