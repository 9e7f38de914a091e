"""A report as its staff read it, on paper."""

from services.routing.reading.history import HistoryLine, Written
from services.routing.reading.people import ShownActor
from services.routing.reading.step_facts import StepFact
from services.routing.reading.view import ReportView
from shared.documents.a4 import A4, Block, Facts, Heading, Paragraph
from shared.http.tokens import Staff
from shared.labels import label
from shared.labels.dates import moment
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import Role

_HIDDEN = {
    "anonymous": "Anonim: identitas pelapor disembunyikan.",
    "copy": "Tidak tampil pada salinan.",
    "below": "Ditangani instansi di bawah: identitas pelapor tidak tampil.",
    "overseer": "Pengawas membaca tanpa identitas pelapor.",
}
MOST_LINES = 500
"""Of the history, on one paper."""
MOST_SAID = 1_000
"""Of what was written to and fro."""
_READ_AGAIN = frozenset({"reporter", "public"})


def shows_identity(report: ReportView) -> bool:
    """Whether this person's paper says who reported."""
    reporter = report.reporter
    return any((reporter.name, reporter.phone, reporter.email))


def report_paper(report: ReportView, zone: Zone, reader: Staff) -> A4:
    """Everything that the page of the panel shows, marked as internal, with who printed it."""
    overseer = reader.role == Role.OVERSEER
    return A4(
        title=f"Laporan #{report.number}: {report.title}"[:1_000],
        footer=f"INTERNAL: bukan untuk publik. Laporan #{report.number}",
        blocks=[
            Paragraph(text=f"Dokumen internal. Dicetak oleh {reader.name}.", quiet=True),
            Facts(rows=_particulars(report, zone, overseer=overseer)),
            Heading(text="Pelapor"),
            *_reporter(report, overseer=overseer),
            Heading(text=label("field", "body")),
            Paragraph(text=report.body),
            *_original(report),
            *_files(report),
            *_conversation(report.written, zone),
            Heading(text=label("field", "history")),
            *_history(report.history, zone),
        ],
    )


def _particulars(report: ReportView, zone: Zone, *, overseer: bool) -> list[tuple[str, str]]:
    flags = [
        *([label("flag", "anonymous")] if report.anonymous else []),
        *([label("flag", "secret")] if report.secret else []),
        *([label("flag", "priority")] if report.priority else []),
        *([label("mark", "held")] if report.held else []),
        *(["Pengawas: hanya baca"] if overseer else []),
        *([label("mark", "copy")] if report.by_copy and not overseer else []),
    ]
    place = report.place
    where = [text for text in (place.text, place.region) if text]
    rows = [
        ("Status", report.status.label),
        ("Tanda", ", ".join(flags)),
        ("Masuk", moment(report.submitted_at, zone)),
        ("Saluran", report.channel_label or ""),
        ("Ditangani oleh", report.handler.name),
        ("Rantai delegasi", " › ".join(agency.name for agency in report.chain)),
        (label("field", "classification"), report.classification_label or ""),
        (label("field", "category"), report.category.name if report.category else ""),
        (label("field", "tags"), ", ".join(tag.name for tag in report.tags)),
        (label("field", "place"), "\n".join(where)),
        ("Batas waktu", report.countdown.text if report.countdown else ""),
        ("Ditugaskan", report.assignee.name if report.assignee else ""),
        ("Salinan", ", ".join(agency.name for agency in report.copies)),
    ]
    return [row for row in rows if row[1]]


def _reporter(report: ReportView, *, overseer: bool) -> list[Block]:
    """An overseer reads as a copy does, though there is none."""
    reporter = report.reporter
    if reporter.hidden:
        reads_as_copy = overseer and reporter.hidden == "copy"
        return [Paragraph(text=_HIDDEN["overseer" if reads_as_copy else reporter.hidden])]
    rows = [("Nama", reporter.name), ("Telepon", reporter.phone), ("Surel", reporter.email)]
    return [Facts(rows=[(name, value) for name, value in rows if value])]


def _original(report: ReportView) -> list[Block]:
    """As it was sent, where verification changed it."""
    if not report.title_difference and not report.body_difference:
        return []
    return [
        Heading(text="Tulisan asli pelapor"),
        Paragraph(text=f"{report.original_title}\n\n{report.original_body}"),
    ]


def _files(report: ReportView) -> list[Block]:
    if not report.attachments:
        return []
    names = "\n".join(file.name for file in report.attachments)
    return [Heading(text="Lampiran"), Paragraph(text=names)]


def _conversation(written: list[Written], zone: Zone) -> list[Block]:
    said = [words for words in written if words.words]
    if not said:
        return []
    blocks: list[Block] = [Heading(text="Percakapan dan catatan")]
    if (left_out := len(said) - MOST_SAID) > 0:
        earlier = f"{left_out} tulisan yang lebih lama tidak dicetak; semuanya ada di panel."
        blocks.append(Paragraph(text=earlier, quiet=True))
    for words in said[-MOST_SAID:]:
        # A request has a kind too, which its own name says.
        follow_up = words.kind if words.action == Action.FOLLOW_UP else None
        kind = label("follow_up_kind", follow_up) if follow_up else words.label
        outcome = [text for text in (words.outcome_label, words.unmet_reason_label) if text]
        marks = [
            *([label("flag", "secret")] if words.secret else []),
            *(["Diralat"] if words.rectified else []),
            *([] if _READ_AGAIN & {str(reader) for reader in words.read_by} else ["Internal"]),
        ]
        line = " · ".join([_actor(words.author), kind, *outcome, _at(words, zone), *marks])
        blocks += [Paragraph(text=line, quiet=True), Paragraph(text=words.words)]
    return blocks


def _history(lines: list[HistoryLine], zone: Zone) -> list[Block]:
    """The newest lines: readings have no end, and paper has."""
    left_out = len(lines) - MOST_LINES
    earlier = f"{left_out} baris riwayat yang lebih lama tidak dicetak; semuanya ada di panel."
    return [
        *([Paragraph(text=earlier, quiet=True)] if left_out > 0 else []),
        Facts(rows=[_step(line, zone) for line in lines[-MOST_LINES:]]),
    ]


def _step(line: HistoryLine, zone: Zone) -> tuple[str, str]:
    number = f"No. {line.entry}\n" if line.entry else ""
    refused = f" (tidak dilakukan: {line.refusal})" if line.refusal else ""
    became = f" → {line.to_status_label}" if line.changed and line.to_status_label else ""
    facts = "".join(f"\n{fact.label}: {_was(fact)}{fact.value}" for fact in line.facts)
    step = f"{line.label}{refused}{became}{facts}\n{_actor(line.actor)}"
    return f"{number}{_at(line, zone)}", step


def _at(said: Written | HistoryLine, zone: Zone) -> str:
    return f"{moment(said.at, zone)}{' (dibulatkan ke jam)' if said.to_the_hour else ''}"


def _was(fact: StepFact) -> str:
    return f"{fact.was} → " if fact.was else ""


def _actor(actor: ShownActor) -> str:
    name = f"{actor.staff.name}, " if actor.staff else ""
    where = f", {actor.agency.name}" if actor.agency else ""
    return f"{name}{actor.label}{where}{f' {actor.system}' if actor.system else ''}"
