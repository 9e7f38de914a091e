"""Partner systems read the number and access code of the reports they sent, over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlmodel import col

from services.intake.models import Submission
from services.intake.partners.report import scope_of
from services.intake.resources import Intake
from shared.database.lifecycle import Report
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.problems import forbidden, not_found
from shared.http.tokens import Partner
from shared.http.transaction import Transaction
from shared.labels import label

router = APIRouter(tags=["Partner systems"])


class PartnerReportAnswer(BaseModel):
    """For the partner's reporter: number and access code together open the report."""

    number: int
    external_id: str
    access_code: str | None = Field(
        description="The access code, for the reporter. It is never sent over NATS. null "
        "after the reporter has renewed it"
    )
    link: str = Field(description="Where the reporter follows the report")
    status: str
    status_label: str
    version: int
    submitted_at: datetime


@router.get("/partner/reports/{external_id:path}", responses=problem_responses(401, 403, 404))
async def read_partner_report(
    external_id: Annotated[str, Path(min_length=1, max_length=100)],
    principal: CurrentReporter,
    session: Transaction,
    intake: Intake,
) -> PartnerReportAnswer:
    """Read a report by its id in the partner's own system. Requires a partner's HTTP token."""
    if not isinstance(principal, Partner):
        raise forbidden()
    row = (await session.execute(_report(scope_of(principal.system), external_id))).one_or_none()
    if row is None:
        raise not_found()
    submission, report = row
    renewed = submission.access_code_version > 1
    return PartnerReportAnswer(
        number=report.number,
        external_id=external_id,
        access_code=None if renewed else intake.cipher.decrypt(submission.access_code),
        link=f"{intake.settings.public_base_url}/laporan/{report.number}",
        status=report.status,
        status_label=label("status", report.status),
        version=report.version,
        submitted_at=report.submitted_at,
    )


def _report(scope: str, key: str) -> Select[Submission, Report]:
    both = select(Submission, Report).join(Report, col(Report.number) == col(Submission.number))
    return both.where(col(Submission.scope) == scope, col(Submission.idempotency_key) == key)
