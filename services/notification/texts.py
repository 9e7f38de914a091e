"""What a message says, in the recipient's language: no words of a report, and of a title only
what the public may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.labels.catalogue import Language, Phrase
from shared.labels.dates import deadline, moment
from shared.lifecycle.calendar import Zone

DATES = ("due_at", "auto_close_at", "question_until")


@dataclass(frozen=True)
class MessageText:
    """Of one message. `sms` is what a text message says; `paragraphs` and `link` are of mail."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str
    link_label: str
    sms: str


@dataclass(frozen=True)
class ReportFacts:
    """What a message may say of a report. `title` is None unless the public reads it, and the
    reporter is named there."""

    number: int
    title: str | None
    discreet: bool
    handler: str
    zone: Zone


def text_of(
    template: str,
    facts: Mapping[str, Any],
    report: ReportFacts,
    portal: str,
    language: Language,
) -> MessageText:
    """The message of a report by its template. The subject says nothing; neither does a text
    message of an anonymous or secret report: its phone may be somebody else's too."""
    values = {
        "number": report.number,
        "handler": report.handler,
        "at": moment(datetime.fromisoformat(facts["at"]), report.zone, language),
        **{name: _date(facts.get(name), report.zone, language) for name in DATES},
    }
    link = f"{portal}/laporan/{report.number}"
    about = [_part("about", language, number=report.number)]
    if report.title is not None:
        about = [_part("about_title", language, number=report.number, title=report.title)]
    if report.discreet:
        sms = _part("sms_discreet", language)
    else:
        sms = Phrase("notification_sms", template, values | {"link": link}).in_language(language)
    return MessageText(
        subject=_part("subject", language),
        paragraphs=(
            *about,
            Phrase("notification", template, values).in_language(language),
            _part("how_to_open", language),
        ),
        link=link,
        link_label=_part("open_report", language),
        sms=sms,
    )


def text_of_code(code: str, language: Language) -> MessageText:
    """What carries a code: to whom it belongs, and that nobody else may have it."""
    return MessageText(
        subject=_part("code_subject", language),
        paragraphs=(
            _part("code", language, code=code),
            _part("code_warning", language),
        ),
        link="",
        link_label="",
        sms=_part("code_sms", language, code=code),
    )


def _date(value: str | None, zone: Zone, language: Language) -> str:
    if value is None:
        return _part("no_date", language)
    return deadline(datetime.fromisoformat(value), zone, language)


def _part(part: str, language: Language, **values: Any) -> str:
    return Phrase("notification_part", part, values).in_language(language)
