"""An agency's answer as a letter to the reporter."""

from services.routing.reading.history import Written
from services.routing.reading.view import ReportView
from shared.documents.a4 import A4, Block, Facts, Letterhead, Paragraph
from shared.labels.dates import long_day
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone

UNNAMED = "Pelapor"


def addressee(report: ReportView) -> str:
    """The name on the letter. A reporter who asked not to be named is not named here either: other
    people open letters."""
    if report.anonymous or report.secret:
        return UNNAMED
    return report.reporter.name or UNNAMED


def answer_of(report: ReportView, message: str) -> Written | None:
    """The follow-up with this id, unless it was taken back or the reader has a copy: only the
    agency that answers writes letters. None if there is no such follow-up."""
    answers = (words for words in report.written if str(words.id) == message)
    answer = next(answers, None)
    if answer is None or answer.action is not Action.FOLLOW_UP:
        return None
    return None if answer.rectified or report.by_copy else answer


def letter_paper(report: ReportView, answer: Written, head: Letterhead, zone: Zone) -> A4:
    """The letter with the answer's own words. Like the reporter's page, it names no officer."""
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
