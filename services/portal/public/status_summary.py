"""The state of a report in one line for its reporter: who has it, what they owe, until when."""

from typing import NamedTuple

from services.portal.contracts.intake import ReporterReport
from services.portal.pages import countdown, deadline, due_day
from services.portal.translation import translated
from shared.clock import now
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import Status


class StatusSummary(NamedTuple):
    """The state of a report in words. `line` says who has it, `until` by when or what follows;
    `late` is true if that day has passed."""

    line: str
    until: str
    late: bool


def status_summary(report: ReporterReport) -> StatusSummary:
    """Return the first thing that a reporter reads. `report` is as intake returns it to its
    reporter."""
    handler, status = report.handler, Status(report.status)
    line = translated(_LINES[status]).format(handler=handler)
    if status is Status.FOLLOWED_UP and report.due_at:
        # After an initial response or a reopening, the agency owes the next step.
        line = translated("{handler} masih harus menyelesaikan laporan Anda.")
        line = line.format(handler=handler)
    late = bool(report.due_at and report.overdue) and status is not Status.AWAITING_INFORMATION
    return StatusSummary(line, _until(report), late)


def _until(report: ReporterReport) -> str:
    due, zone = report.due_at, Zone(report.zone)
    left = countdown(report.days_left) if report.days_left is not None else ""
    if Status(report.status) is Status.AWAITING_INFORMATION:
        if report.question_until is None or report.question_until < now():
            return translated("Laporan menunggu jawaban Anda.")
        words = translated("Laporan menunggu jawaban Anda, paling lambat {day}.")
        return words.format(day=due_day(report.question_until, zone))
    if due and report.overdue:
        words = translated("Seharusnya paling lambat {day}: {late}.")
        return words.format(day=due_day(due, zone), late=left or translated("terlambat"))
    if due:
        words = translated("Paling lambat {day}{left}.")
        return words.format(day=due_day(due, zone), left=f" ({left})" if left else "")
    if report.auto_close_at:
        words = translated(
            "Tanggapi, atau nyatakan puas. Tanpa tanggapan, laporan ditutup otomatis pada {day}."
        )
        return words.format(day=deadline(report.auto_close_at, zone))
    return ""


_LINES = {
    Status.UNVERIFIED: "{handler} sedang memeriksa laporan Anda.",
    Status.AGENCY_NOT_CONNECTED: (
        "Laporan Anda ada di {handler}, menunggu instansi yang berwenang terhubung."
    ),
    Status.AWAITING_INFORMATION: "Giliran Anda: {handler} meminta Anda melengkapi laporan.",
    Status.INFORMATION_TO_EVALUATE: "{handler} sedang memeriksa informasi tambahan dari Anda.",
    Status.ARCHIVED_BY_ADMIN: "Laporan ini diarsipkan oleh {handler}.",
    Status.ARCHIVED_BY_REPORTER: "Anda sudah menarik laporan ini.",
    Status.VERIFIED: "{handler} harus menindaklanjuti laporan Anda.",
    Status.FOLLOWED_UP: "{handler} sudah menindaklanjuti. Giliran Anda.",
    Status.REPLIED_BY_REPORTER: "{handler} harus menjawab tanggapan Anda.",
    Status.CLOSED_BY_SYSTEM: (
        "Laporan ini selesai: ditutup otomatis setelah tindak lanjut terakhir."
    ),
    Status.CLOSED_BY_ADMIN: "Laporan ini selesai: ditutup oleh admin.",
    Status.CLOSED_BY_REPORTER: "Laporan ini selesai: Anda menyatakan puas.",
}
