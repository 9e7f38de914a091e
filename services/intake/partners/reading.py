"""What a partner system asks over HTTP about the reports it brought: number and access code."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy import text

from services.intake.partners.report import scope_of
from services.intake.resources import Intake
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.problems import forbidden, not_found
from shared.http.tokens import Partner
from shared.http.transaction import Transaction
from shared.labels import label

router = APIRouter(tags=["Partner systems"])


class PartnerReportAnswer(BaseModel):
    """What the partner's reporter needs: number and access code together open the report."""

    number: int
    external_id: str
    access_code: str | None = Field(
        description="For the reporter; it never travels over NATS. null once they renewed it"
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
    """A report by its id in the partner's own system. With a partner's HTTP token only."""
    if not isinstance(principal, Partner):
        raise forbidden()
    key = {"scope": scope_of(principal.system), "key": external_id}
    row = (await session.execute(_REPORT, key)).mappings().one_or_none()
    if row is None:
        raise not_found()
    return PartnerReportAnswer(
        number=row["number"],
        external_id=external_id,
        access_code=intake.cipher.decrypt(code) if (code := row["access_code"]) else None,
        link=f"{intake.settings.public_base_url}/laporan/{row['number']}",
        status=row["status"],
        status_label=label("status", row["status"]),
        version=row["version"],
        submitted_at=row["submitted_at"],
    )


_REPORT = text("""
SELECT s.number, CASE WHEN s.access_code_version = 1 THEN s.access_code END AS access_code,
       r.status, r.version, r.submitted_at
FROM intake.submission s JOIN lifecycle.report r ON r.number = s.number
WHERE s.scope = :scope AND s.idempotency_key = :key
""")
