"""The weekly letter, as mail and on paper. It has figures and the numbers of late reports, but no
words or title of a report and no reporter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from babel.numbers import format_decimal

from services.notification.messages.texts import MessageText
from shared.documents.a4 import A4, Facts, Heading, Letterhead, Paragraph, Table
from shared.labels.catalogue import Language, Phrase
from shared.labels.dates import long_day

LETTER: Final = "weekly_letter"
"""The template and event name of its message."""
PROVE_LEADER: Final = "prove_leader"
"""The template of the mail with the link that proves a leader's address. An unproven address gets
no other mail."""
PARTS: Final = (
    *("subject", "title", "intro", "figures", "received", "answered", "average", "late"),
    *("rating", "objected", "days", "none", "few", "rating_of", "late_heading", "late_line"),
    *("late_more", "no_late", "attached", "number", "category", "since", "unit", "no_category"),
    "footer",
)
FEW: Final = 5
"""A lower number of requests to reopen a report, except zero, is not shown."""
IN_MAIL = 20
"""How many late reports the mail lists; the document lists more."""


@dataclass(frozen=True)
class LateReport:
    """A report whose answer is late: since when, and at which unit. `category` is None if it has
    none yet."""

    number: int
    category: str | None
    since: date
    unit: str


@dataclass(frozen=True)
class WeekFigures:
    """The figures of a week, for an agency and all below it. `days`: until the first answer, on
    average. `rating`: the average of `rated` ratings this year; None if there are too few.
    `objected` is None if there are only a few objections."""

    received: int
    answered: int
    days: float | None
    late: int
    rated: int
    rating: float | None
    objected: int | None


@dataclass(frozen=True)
class Letter:
    """A letter: its recipient, its week (the Monday) and its contents."""

    agency: str
    leader: str
    title: str
    week: date
    figures: WeekFigures
    late: Sequence[LateReport]
    """The reports that have been late the longest, without secret ones; `figures.late` counts
    all."""


def text_of_letter(letter: Letter, language: Language) -> MessageText:
    """The text of the letter as mail."""
    lines = [f"{name}: {value}" for name, value in _figures(letter.figures, language)]
    late = [_late_line(report, language) for report in letter.late[:IN_MAIL]]
    return MessageText(
        subject=_part("subject", language),
        paragraphs=(
            _intro(letter, language),
            *lines,
            *([_part("late_heading", language), *late] if late else []),
            *([] if letter.figures.late else [_part("no_late", language)]),
            *_more(letter, len(late), language),
            _part("attached", language),
        ),
        link="",
        link_label="",
        sms="",
        footer="leader_",
    )


def document_of_letter(letter: Letter, language: Language) -> A4:
    """The letter on paper, with more of the late reports."""
    columns = [_part(name, language) for name in ("number", "category", "since", "unit")]
    late = [
        [
            str(report.number),
            report.category or _part("no_category", language),
            long_day(report.since, language),
            report.unit,
        ]
        for report in letter.late
    ]
    table = [Table(columns=columns, rows=late)] if late else []
    none = [] if letter.figures.late else [Paragraph(text=_part("no_late", language))]
    return A4(
        title=_part("title", language),
        language=language,
        letterhead=Letterhead(name=letter.agency),
        footer=_part("footer", language),
        blocks=[
            Paragraph(text=_intro(letter, language)),
            Heading(text=_part("figures", language)),
            Facts(rows=list(_figures(letter.figures, language))),
            Heading(text=_part("late_heading", language)),
            *table,
            *none,
            *(Paragraph(text=words) for words in _more(letter, len(late), language)),
        ],
    )


def text_of_leader_proof(agency: str, link: str, language: Language) -> MessageText:
    """The mail with the link that proves an address, and what it is for."""
    words = {"agency": agency}
    return MessageText(
        subject=Phrase("notification_part", "prove_leader_subject", {}).in_language(language),
        paragraphs=(
            Phrase("notification_part", "prove_leader", words).in_language(language),
            Phrase("notification_part", "staff_not_asked", {}).in_language(language),
        ),
        link=link,
        link_label=Phrase("notification_part", "prove_leader_label", {}).in_language(language),
        sms="",
    )


def _intro(letter: Letter, language: Language) -> str:
    return _part(
        "intro",
        language,
        leader=letter.leader,
        title=letter.title,
        agency=letter.agency,
        first=long_day(letter.week, language),
        last=long_day(letter.week + timedelta(days=6), language),
    )


def _figures(figures: WeekFigures, language: Language) -> Iterator[tuple[str, str]]:
    none = _part("none", language)
    days = rating = none
    if figures.days is not None:
        days = _part("days", language, days=_decimal(figures.days, language))
    if figures.rating is not None:
        average = _decimal(figures.rating, language)
        rating = _part("rating_of", language, rating=average, rated=figures.rated)
    few = _part("few", language, few=FEW)
    for name, value in (
        ("received", str(figures.received)),
        ("answered", str(figures.answered)),
        ("average", days),
        ("late", str(figures.late)),
        ("rating", rating),
        ("objected", few if figures.objected is None else str(figures.objected)),
    ):
        yield _part(name, language), value


def _late_line(report: LateReport, language: Language) -> str:
    return _part(
        "late_line",
        language,
        number=report.number,
        category=report.category or _part("no_category", language),
        since=long_day(report.since, language),
        unit=report.unit,
    )


def _more(letter: Letter, listed: int, language: Language) -> list[str]:
    others = letter.figures.late - listed
    return [_part("late_more", language, count=others)] if others > 0 else []


def _decimal(value: float, language: Language) -> str:
    return format_decimal(value, "0.0", locale=language)


def _part(part: str, language: Language, **values: Any) -> str:
    return Phrase("letter", part, values).in_language(language)
