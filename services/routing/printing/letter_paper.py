"""An agency's answer as a letter to the reporter."""

from services.routing.reading.history import Written
from services.routing.reading.view import ReportView
from shared.documents.a4 import A4, Block, Facts, Letterhead, Paragraph
from shared.labels.dates import long_day
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone

UNNAMED = "Pelapor"


def addressee(report: ReportView) -> str:
    """Who asked not to be named is not named on paper either: others open letters."""
    if report.anonymous or report.secret:
        return UNNAMED
    return report.reporter.name or UNNAMED


def answer_of(report: ReportView, message: str) -> Written | None:
    """The follow-up of this id, if it still stands and the report is not read by a copy: a letter
    is written by who answers, not by who reads along."""
    answers = (words for words in report.written if str(words.id) == message)
    answer = next(answers, None)
    if answer is None or answer.action is not Action.FOLLOW_UP:
        return None
    return None if answer.rectified or report.by_copy else answer


def letter_paper(report: ReportView, answer: Written, head: Letterhead, zone: Zone) -> A4:
    """The answer's own words; no name of an officer, whom the reporter's page does not name
    either."""
    outcome = [text for text in (answer.outcome_label, answer.unmet_reason_label) if text]
    blocks: list[Block] = [
        Facts(
            rows=[
                ("Nomor laporan", f"#{report.number}"),
                ("Perihal", report.title),
                ("Tanggal tanggapan", long_day(answer.at.astimezone(zone.offset).date())),
                *([("Sifat", "Rahasia")] if answer.secret or report.secret else []),
            ]
        ),
        Paragraph(text=f"Yth. {addressee(report)}"),
        Paragraph(text=f"Kami menanggapi laporan Anda nomor #{report.number} sebagai berikut."),
        Paragraph(text=answer.words),
        *([Paragraph(text=f"Hasil tindak lanjut: {': '.join(outcome)}.")] if outcome else []),
        Paragraph(text=f"Hormat kami,\n{head.name}"),
        Paragraph(
            text="Tanggapan ini juga dapat dibaca di halaman laporan Anda, dengan nomor laporan dan"
            " kode akses. Di sana Anda dapat menanggapinya.",
            quiet=True,
        ),
    ]
    return A4(
        title="Tanggapan atas laporan Anda",
        footer=f"Laporan #{report.number}",
        letterhead=head,
        blocks=blocks,
    )
