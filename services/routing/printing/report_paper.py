"""A report on paper, as its staff read it."""

from services.routing.reading.countdown import Countdown
from services.routing.reading.history import HistoryLine, Written
from services.routing.reading.people import ShownActor
from services.routing.reading.step_facts import StepFact
from services.routing.reading.view import ReportView
from shared.documents.a4 import A4, Block, Facts, Heading, Paragraph
from shared.http.tokens import Staff
from shared.labels import countdown, label, relabelled
from shared.labels.catalogue import INDONESIAN, Language, Phrase
from shared.labels.dates import moment
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone

MOST_LINES = 500
"""Most lines of the history on one paper."""
MOST_SAID = 1_000
"""Most messages and notes on one paper."""
_READ_AGAIN = frozenset({"reporter", "public"})
_VALUES = (
    *("outcome", "unmet_reason", "follow_up_kind", "deferral", "archive_category"),
    *("objection_reason", "request", "brought_by", "clock"),
)
"""Kinds of labels that can be values of a step's facts."""


def shows_identity(report: ReportView) -> bool:
    """Whether the paper for this person says who reported."""
    reporter = report.reporter
    return any((reporter.name, reporter.phone, reporter.email))


def report_paper(
    report: ReportView, zone: Zone, reader: Staff, language: Language = INDONESIAN
) -> A4:
    """Everything that the panel's page shows, marked as internal, with the name of who printed it.
    Labels are in the reader's language; texts that people wrote are not translated."""
    overseer = reader.role.only_reads
    return A4(
        title=_label(language, "title", number=report.number, title=report.title)[:1_000],
        language=language,
        footer=_label(language, "footer", number=report.number),
        blocks=[
            Paragraph(text=_label(language, "printed_by", name=reader.name), quiet=True),
            Facts(rows=_particulars(report, zone, language, overseer=overseer)),
            Heading(text=label("role", "reporter", language)),
            *_reporter(report, language, overseer=overseer),
            Heading(text=label("field", "body", language)),
            Paragraph(text=report.body),
            *_original(report, language),
            *_files(report, language),
            *_conversation(report.written, zone, language),
            Heading(text=label("field", "history", language)),
            *_history(report.history, zone, language),
        ],
    )


def _particulars(
    report: ReportView, zone: Zone, language: Language, *, overseer: bool
) -> list[tuple[str, str]]:
    flags = [
        *([label("flag", "anonymous", language)] if report.anonymous else []),
        *([label("flag", "secret", language)] if report.secret else []),
        *([label("flag", "priority", language)] if report.priority else []),
        *([label("mark", "held", language)] if report.held else []),
        *([label("paper", "overseer_reads", language)] if overseer else []),
        *([label("mark", "copy", language)] if report.by_copy and not overseer else []),
    ]
    place = report.place
    where = [text for text in (place.text, place.region) if text]
    rows = [
        (label("paper", "status", language), relabelled(report.status.label, language, "status")),
        (label("paper", "flags", language), ", ".join(flags)),
        (label("paper", "submitted", language), moment(report.submitted_at, zone, language)),
        (
            label("field", "channel", language),
            relabelled(report.channel_label, language, "channel"),
        ),
        (label("paper", "handled_by", language), report.handler.name),
        (label("paper", "chain", language), " › ".join(agency.name for agency in report.chain)),
        (
            label("field", "classification", language),
            relabelled(report.classification_label, language, "classification"),
        ),
        (label("field", "category", language), report.category.name if report.category else ""),
        (label("field", "tags", language), ", ".join(tag.name for tag in report.tags)),
        (label("field", "place", language), "\n".join(where)),
        (label("paper", "due", language), _left(report.countdown, language)),
        (label("paper", "assigned", language), report.assignee.name if report.assignee else ""),
        (label("paper", "copies", language), ", ".join(agency.name for agency in report.copies)),
    ]
    return [row for row in rows if row[1]]


def _reporter(report: ReportView, language: Language, *, overseer: bool) -> list[Block]:
    """The reporter, or why they are hidden. Overseers see what a copy shows, with another
    reason."""
    reporter = report.reporter
    if reporter.hidden:
        reads_as_copy = overseer and reporter.hidden == "copy"
        why = "overseer" if reads_as_copy else reporter.hidden
        return [Paragraph(text=label("paper_hidden", why, language))]
    rows = [
        (label("paper", "name", language), reporter.name),
        (label("paper", "phone", language), reporter.phone),
        (label("paper", "email", language), reporter.email),
    ]
    return [Facts(rows=[(name, value) for name, value in rows if value])]


def _original(report: ReportView, language: Language) -> list[Block]:
    """The text as it was sent, if verification changed it."""
    if not report.title_difference and not report.body_difference:
        return []
    return [
        Heading(text=label("paper", "original", language)),
        Paragraph(text=f"{report.original_title}\n\n{report.original_body}"),
    ]


def _files(report: ReportView, language: Language) -> list[Block]:
    if not report.attachments:
        return []
    names = "\n".join(file.name for file in report.attachments)
    return [Heading(text=label("field", "attachments", language)), Paragraph(text=names)]


def _conversation(
    written: list[Written], zone: Zone, language: Language = INDONESIAN
) -> list[Block]:
    with_words = [words for words in written if words.words]
    if not with_words:
        return []
    blocks: list[Block] = [Heading(text=label("paper", "conversation", language))]
    if (left_out := len(with_words) - MOST_SAID) > 0:
        earlier = _label(language, "older_words", count=left_out)
        blocks.append(Paragraph(text=earlier, quiet=True))
    for words in with_words[-MOST_SAID:]:
        # A request has a kind too, which its own name says.
        follow_up = words.kind if words.action == Action.FOLLOW_UP else None
        kind = (
            label("follow_up_kind", follow_up, language)
            if follow_up
            else relabelled(words.label, language, "action")
        )
        outcome = [
            relabelled(text, language, "outcome", "unmet_reason")
            for text in (words.outcome_label, words.unmet_reason_label)
            if text
        ]
        marks = [
            *([label("flag", "secret", language)] if words.secret else []),
            *([label("paper", "rectified", language)] if words.rectified else []),
            *(
                []
                if _READ_AGAIN & {str(reader) for reader in words.read_by}
                else [label("paper", "internal", language)]
            ),
        ]
        line = " · ".join(
            [_actor(words.author, language), kind, *outcome, _at(words, zone, language), *marks]
        )
        blocks += [Paragraph(text=line, quiet=True), Paragraph(text=words.words)]
    return blocks


def _history(lines: list[HistoryLine], zone: Zone, language: Language = INDONESIAN) -> list[Block]:
    """The newest lines only: readings can go on without end, paper cannot."""
    left_out = len(lines) - MOST_LINES
    earlier = _label(language, "older_lines", count=left_out)
    return [
        *([Paragraph(text=earlier, quiet=True)] if left_out > 0 else []),
        Facts(rows=[_step(line, zone, language) for line in lines[-MOST_LINES:]]),
    ]


def _step(line: HistoryLine, zone: Zone, language: Language) -> tuple[str, str]:
    number = _label(language, "entry", entry=line.entry) + "\n" if line.entry else ""
    refused = f" ({_label(language, 'not_done', reason=line.refusal)})" if line.refusal else ""
    status = relabelled(line.to_status_label, language, "status")
    became = f" → {status}" if line.changed and status else ""
    facts = "".join(f"\n{_fact(fact, language)}" for fact in line.facts)
    name = relabelled(line.label, language, "action", "reading")
    step = f"{name}{refused}{became}{facts}\n{_actor(line.actor, language)}"
    return f"{number}{_at(line, zone, language)}", step


def _at(entry: Written | HistoryLine, zone: Zone, language: Language) -> str:
    at = moment(entry.at, zone, language)
    return f"{at} ({label('paper', 'to_the_hour', language)})" if entry.to_the_hour else at


def _fact(fact: StepFact, language: Language) -> str:
    """What something was and became is people's own words; another value may be a label."""
    name = relabelled(fact.label, language, "fact")
    if fact.was:
        return f"{name}: {fact.was} → {fact.value}"
    return f"{name}: {relabelled(fact.value, language, *_VALUES)}"


def _actor(actor: ShownActor, language: Language) -> str:
    name = f"{actor.staff.name}, " if actor.staff else ""
    where = f", {actor.agency.name}" if actor.agency else ""
    system = f" {actor.system}" if actor.system else ""
    return f"{name}{relabelled(actor.label, language, 'role')}{where}{system}"


def _left(clock: Countdown | None, language: Language) -> str:
    if clock is None:
        return ""
    if clock.unanswered:
        return label("mark", "question_unanswered", language)
    return countdown(clock.days, language)


def _label(language: Language, code: str, **values: object) -> str:
    return Phrase("paper_said", code, values).in_language(language)
