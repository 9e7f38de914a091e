"""`GET /reports/{number}/document`: the public version of a report as PDF."""

from datetime import datetime

from fastapi import APIRouter, Request, Response

from services.intake.reading.public import for_public
from services.intake.reading.rows import find_report
from services.intake.reading.views import PublicFollowUp, PublicReport, PublishedWords
from shared.documents.a4 import A4, Block, Facts, Heading, Paragraph
from shared.documents.serving import PDF_ANSWER, pdf_answer
from shared.http.callers import client_address
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, rate_limits
from shared.http.paths import ReportNumber
from shared.http.problems import not_found
from shared.http.transaction import CurrentDatabase
from shared.labels import label
from shared.labels.dates import short_day
from shared.lifecycle.calendar import Zone

router = APIRouter(tags=["Reading"])
_PER_ADDRESS = Limit("document", 30, 600)


@router.get(
    "/reports/{number}/document",
    response_class=Response,
    responses=PDF_ANSWER | problem_responses(404, 409, 422, 429, 503),
)
async def print_report(
    number: ReportNumber, database: CurrentDatabase, request: Request
) -> Response:
    """Download what the public reads of a report, as PDF on A4, for any caller. 404: nothing of it
    is published."""
    await rate_limits(request).take(_PER_ADDRESS, client_address(request))
    async with database.session() as session:
        row = await find_report(session, number)
        if row is None or row["secret"]:
            raise not_found()
        report = await for_public(session, row)
    if report.published is None:
        raise not_found()
    paper = public_paper(report, report.published)
    return await pdf_answer(paper, request.app.state.papers, f"laporan-{number}.pdf")


def public_paper(report: PublicReport, words: PublishedWords) -> A4:
    """The words of the public page, in the same order. Times are shown as days, as on the page."""
    where = [text for text in (words.place, words.region) if text]
    rows = [
        ("Status", report.status_label),
        ("Masuk", _day(report.submitted_at)),
        ("Ditangani oleh", words.handler),
        (label("field", "classification"), words.classification_label or ""),
        (label("field", "category"), words.category or ""),
        (label("field", "place"), "\n".join(where)),
    ]
    history = [(_day(line.at), line.status_label) for line in words.history]
    return A4(
        title=f"Laporan #{report.number}: {words.title}"[:1_000],
        footer=f"Versi publik. Laporan #{report.number}",
        blocks=[
            Facts(rows=[row for row in rows if row[1]]),
            Heading(text=label("field", "body")),
            Paragraph(text=words.body),
            *([Heading(text="Tindak lanjut instansi")] if words.follow_ups else []),
            *(block for each in words.follow_ups for block in _follow_up(each)),
            Heading(text=label("field", "history")),
            Facts(rows=history),
        ],
    )


def _follow_up(follow_up: PublicFollowUp) -> list[Block]:
    outcome = [text for text in (follow_up.outcome_label, follow_up.unmet_reason_label) if text]
    line = " · ".join([follow_up.agency, follow_up.kind_label, *outcome, _day(follow_up.at)])
    words = "Tindak lanjut ini diralat." if follow_up.rectified else follow_up.words or ""
    return [Paragraph(text=line, quiet=True), Paragraph(text=words)]


def _day(at: datetime) -> str:
    return short_day(at.astimezone(Zone.WIB.offset).date())
