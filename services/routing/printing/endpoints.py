"""`GET …/document` and `…/letter`: a report, and an answer to its reporter, as PDF."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import AccessLogEntry, Letterhead
from services.routing.printing.letter_paper import UNNAMED, addressee, answer_of, letter_paper
from services.routing.printing.letterheads import head_of
from services.routing.printing.report_paper import report_paper, shows_identity
from services.routing.reading.report import report_view
from shared.command_requests.directory import agency
from shared.documents.serving import PDF_ANSWER, pdf_answer
from shared.http.auth import CurrentReader, CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.limits import Limit, rate_limits
from shared.http.paths import ReportNumber
from shared.http.problems import not_found
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase
from shared.lifecycle.calendar import Zone

router = APIRouter(
    tags=["reports"],
    default_response_class=Response,
    responses=PDF_ANSWER | problem_responses(401, 403, 404, 409, 422, 429, 503),
)
_PER_PERSON = Limit("paper", 30, 600)


@router.get("/reports/{number}/document")
async def print_report(
    number: ReportNumber, staff: CurrentReader, database: CurrentDatabase, request: Request
) -> Response:
    """The report as this person reads it, as a PDF on A4. Labels are in the language of
    Accept-Language. If it says who reported, this is logged."""
    language = pick_language(request.headers.get("accept-language"))
    await rate_limits(request).take(_PER_PERSON, str(staff.id))
    async with database.session() as session:
        cipher = request.app.state.identity
        report = await report_view(session, staff, number, cipher, language)
        if shows_identity(report):
            _log(session, staff, number, None)
        zone = await _zone(session, staff)
    paper = report_paper(report, zone, staff, language)
    return await pdf_answer(paper, request.app.state.papers, f"laporan-{number}-internal.pdf")


@router.get("/reports/{number}/follow-ups/{command_id}/letter")
async def print_letter(
    number: ReportNumber,
    command_id: UUID,
    staff: CurrentStaff,
    database: CurrentDatabase,
    request: Request,
) -> Response:
    """A follow-up as a letter to the reporter, as a PDF with its agency's letterhead. It is
    addressed to *Pelapor* if the report is anonymous or secret; if it names the reporter, this is
    logged."""
    await rate_limits(request).take(_PER_PERSON, str(staff.id))
    async with database.session() as session:
        report = await report_view(session, staff, number, request.app.state.identity)
        answer = answer_of(report, str(command_id))
        if answer is None or answer.author.agency is None:
            raise not_found("follow_up_not_found")
        if addressee(report) != UNNAMED:
            _log(session, staff, number, command_id)
        kept = await session.get(Letterhead, answer.author.agency.id)
        zone = await _zone(session, staff)
    head = await head_of(kept, request.app.state.attachments, answer.author.agency.name)
    paper = letter_paper(report, answer, head, zone)
    return await pdf_answer(paper, request.app.state.papers, f"tanggapan-{number}.pdf")


async def _zone(session: AsyncSession, staff: Staff) -> Zone:
    own = await agency(session, staff.agency_id)
    return own.zone if own else Zone.WIB


def _log(session: AsyncSession, staff: Staff, number: int, message_id: UUID | None) -> None:
    session.add(
        AccessLogEntry(
            number=number,
            kind="printed",
            staff_id=staff.id,
            agency_id=staff.agency_id,
            subject_id=message_id,
        )
    )
