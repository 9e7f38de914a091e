"""What a verification form needs besides the report: choices, similar reports, the checklist."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.desk_models import CheckedItem
from services.routing.directory.choices import VerificationChoices, list_verification_choices
from services.routing.similar.endpoints import SimilarReport, similar_reports
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import FieldError, forbidden, validation
from shared.http.transaction import Transaction
from shared.labels import labels
from shared.lifecycle.authority import Capacity
from shared.values.ids import CategoryId
from shared.values.words import Form


class VerificationAids(BaseModel):
    """`checked` are the codes of the checklist that somebody has ticked for this report."""

    choices: VerificationChoices
    similar: list[SimilarReport]
    checked: list[str]


class Checklist(Form):
    checked: Annotated[
        list[Annotated[str, Field(max_length=50)]],
        Field(max_length=20, description="All items that are ticked from now on"),
    ]


router = APIRouter(tags=["verification"], responses=problem_responses(401, 403, 404, 422))


@router.get("/reports/{number}/verification")
async def verification_aids(
    number: ReportNumber,
    staff: CurrentStaff,
    session: Transaction,
    category: Annotated[
        CategoryId | None, Query(description="Also returns the tags of this category")
    ] = None,
    region: Annotated[
        str | None,
        Query(max_length=13, description="Also returns the region levels down to this region"),
    ] = None,
) -> VerificationAids:
    """All that the verification form of this report offers and shows, in one answer."""
    access = await staff_access(session, staff, number)
    return VerificationAids(
        choices=await list_verification_choices(staff, session, category, region),
        similar=[] if access.by_copy else await similar_reports(session, staff, access),
        checked=[] if access.by_copy else await _checked(session, number),
    )


@router.put("/reports/{number}/checklist")
async def tick(
    number: ReportNumber, form: Checklist, staff: CurrentStaff, session: Transaction
) -> Checklist:
    """Save what the verifier has checked. It belongs to the report, for anyone who continues."""
    _may_verify(await staff_access(session, staff, number))
    if unknown := set(form.checked) - labels("checklist").keys():
        raise validation(FieldError("checked", "not_in_checklist", {"codes": sorted(unknown)}))
    there = set(await _checked(session, number))
    gone = col(CheckedItem.code).in_(there - set(form.checked))
    await session.execute(delete(CheckedItem).where(col(CheckedItem.number) == number, gone))
    session.add_all(
        CheckedItem(number=number, code=code, staff_id=staff.id)
        for code in sorted(set(form.checked) - there)
    )
    await session.flush()
    return Checklist(checked=await _checked(session, number))


def _may_verify(access: ReportAccess) -> None:
    if not access.capacities & {Capacity.HANDLER_ADMIN_OR_ABOVE, Capacity.DECIDER}:
        raise forbidden("not_authorised")


async def _checked(session: AsyncSession, number: int) -> list[str]:
    of_report = select(col(CheckedItem.code)).where(col(CheckedItem.number) == number)
    return list(await session.scalars(of_report.order_by(col(CheckedItem.code))))
