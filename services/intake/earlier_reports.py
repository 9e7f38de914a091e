"""Puts an earlier report into the account of the person who has proven that it is theirs."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text, update
from sqlmodel import col

from services.intake.models import Submission
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.problems import forbidden, not_found
from shared.http.secret_tokens import token_hash
from shared.http.tokens import Reporter
from shared.http.transaction import Transaction
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])


class EarlierReportForm(Form):
    """`proof_token`: issued by notification for the proven contact, and the access code if it was
    needed."""

    proof_token: str = Field(max_length=100, repr=False)


class JoinedReport(BaseModel):
    number: int


@router.post("/reporters/me/reports", responses=problem_responses(401, 403, 404))
async def put_into_account(
    form: EarlierReportForm, reporter: CurrentReporter, session: Transaction
) -> JoinedReport:
    """Put an earlier report into one's own account; its access code does not change. 404: the token
    has expired or was used, or the report is already in an account."""
    if not isinstance(reporter, Reporter):
        raise forbidden()
    shown = {"shown": token_hash(form.proof_token)}
    proof = (await session.execute(_PROOF_OF, shown)).one_or_none()
    if proof is None or proof.account_id != reporter.account_id:
        raise not_found()
    free = col(Submission.number) == proof.number, col(Submission.reporter_id).is_(None)
    joined = update(Submission).where(*free).values(reporter_id=reporter.account_id)
    number = await session.scalar(joined.returning(col(Submission.number)))
    if number is None or not await session.scalar(_USE, shown):
        raise not_found()
    return JoinedReport(number=number)


_PROOF_OF = text(
    "SELECT account_id, number FROM notification.account_proof_of(CAST(:shown AS bytea), 'report')"
)
_USE = text("SELECT notification.use_account_proof(CAST(:shown AS bytea))")
