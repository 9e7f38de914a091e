"""What a message says, in the recipient's language: no words of a report, and of a title only
what the public may read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.notification.messages.channel_choice import ZONE_OF_ACCOUNTS
from shared.labels.catalogue import Language, Phrase, message
from shared.labels.dates import deadline, moment, short_deadline
from shared.lifecycle.calendar import Zone
from shared.values.gsm import in_gsm, septets

DATES = ("due_at", "auto_close_at", "question_until", "rating_until")
ONE_SMS = 160
"""Septets."""


@dataclass(frozen=True)
class MessageText:
    """Of one message. `sms` is what a text message says; `paragraphs` and `link` are of mail.
    `footer` goes before the names of the parts that say why it came and how to end it."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str
    link_label: str
    sms: str
    footer: Literal["", "staff_", "leader_"] = ""


CodePurpose = Literal["contact", "by_sms", "recovery", "password", "contact_of_account"]
"""What a code is for: to prove a contact of a report, on its page or sent back by SMS; to get
another access code, or password; to prove a contact beside reports."""


@dataclass(frozen=True)
class ReportFacts:
    """What a message may say of a report. `title` is None unless the public reads it, and the
    reporter is named there."""

    number: int
    title: str | None
    discreet: bool
    handler: str
    zone: Zone
    recourse: bool = False
    """Its page names offices to go to besides."""


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
        "reason": _reason(facts.get("reason_class"), language),
    }
    link = f"{portal}/laporan/{report.number}"
    about = [_part("about", language, number=report.number)]
    if report.title is not None:
        about = [_part("about_title", language, number=report.number, title=report.title)]
    if report.discreet:
        sms = _part("sms_discreet", language)
    else:
        short = {
            name: _date(facts.get(name), report.zone, language, short_deadline) for name in DATES
        }
        sms = _in_one_sms(template, values | short | {"link": link}, language)
    return MessageText(
        subject=_part("subject", language),
        paragraphs=(
            *about,
            Phrase("notification", template, values).in_language(language),
            *([_part("recourse", language)] if report.recourse else []),
            _part("how_to_open", language),
        ),
        link=link,
        link_label=_part("open_report", language),
        sms=sms,
    )


def text_of_code(
    code: str, language: Language, purpose: CodePurpose, number: int | None = None
) -> MessageText:
    """What carries a code: what it is for, and that nobody else may have it. `number` of the
    report; without one, as of an anonymous or secret report, nothing of it is said: neither that
    there is a report, nor what the code opens."""
    values = {"code": code, "number": number}
    named = purpose if number is not None or purpose == "password" else "contact_of_account"
    return MessageText(
        subject=_part("code_subject", language),
        paragraphs=(
            Phrase("notification_code", named, values).in_language(language),
            _part("code_warning", language),
        ),
        link="",
        link_label="",
        sms=Phrase("notification_code_sms", named, values).in_language(language),
    )


def text_of_contact_change(facts: Mapping[str, Any], stop: str) -> MessageText:
    """The notice that another contact is to take the place of this one; `stop` keeps it."""
    language: Language = facts["language"]
    at = moment(datetime.fromisoformat(facts["at"]), ZONE_OF_ACCOUNTS, language)
    return _notice(
        language,
        stop,
        paragraphs=(
            _part("contact_change", language, at=at),
            _part("contact_change_warning", language),
        ),
        sms=_part("contact_change_sms", language, at=at, link=stop),
    )


def text_of_report_contact_change(
    facts: Mapping[str, Any], report: ReportFacts, stop: str
) -> MessageText:
    """As `text_of_contact_change`, of the contact of a report."""
    language: Language = facts["language"]
    at = moment(datetime.fromisoformat(facts["at"]), report.zone, language)
    sms = _part("report_contact_change_sms", language, number=report.number, at=at, link=stop)
    return _notice(
        language,
        stop,
        paragraphs=(
            _part("report_contact_change", language, number=report.number, at=at),
            _part("report_contact_change_warning", language),
        ),
        sms=_part("sms_discreet", language) if report.discreet else sms,
    )


def _notice(language: Language, stop: str, *, paragraphs: tuple[str, ...], sms: str) -> MessageText:
    return MessageText(
        subject=_part("subject", language),
        paragraphs=paragraphs,
        link=stop,
        link_label=_part("contact_change_stop", language),
        sms=sms,
    )


def _date(
    value: str | None,
    zone: Zone,
    language: Language,
    in_words: Callable[[datetime, Zone, Language], str] = deadline,
) -> str:
    if value is None:
        return _part("no_date", language)
    return in_words(datetime.fromisoformat(value), zone, language)


def _in_one_sms(template: str, values: Mapping[str, Any], language: Language) -> str:
    """The text message, with as much of the agency's name as one has room for."""
    name = in_gsm(values["handler"])

    def text(handler: str) -> str:
        return Phrase("notification_sms", template, {**values, "handler": handler}).in_language(
            language
        )

    beyond = septets(in_gsm(text(name))) - ONE_SMS
    return text(name if beyond <= 0 else f"{name[: -beyond - 3].rstrip()}...")


def _reason(reason_class: str | None, language: Language) -> str:
    """Why an identity was read: the class alone."""
    return message("reveal_reason", reason_class, language) if reason_class else ""


def _part(part: str, language: Language, **values: Any) -> str:
    return Phrase("notification_part", part, values).in_language(language)
