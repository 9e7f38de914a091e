"""The text of a message in the recipient's language. It quotes nothing from a report except a title
that the public may read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.notification.messages.channel_choice import ZONE_OF_ACCOUNTS
from shared.labels.catalogue import Language, Phrase, message
from shared.labels.dates import deadline, due_day, moment, short_deadline, short_due_day
from shared.lifecycle.calendar import Zone
from shared.values.gsm import in_gsm, septets

PROMISED = ("due_at", "question_until")
"""Dates shown as a day: after them something is late or a reminder is sent, but nothing is
refused."""
FINAL = ("auto_close_at", "rating_until")
"""Dates shown with the hour unless they end a day: after them the reporter can no longer act."""
DATES = (*PROMISED, *FINAL)
ONE_SMS = 160
"""The length of one text message, in septets."""


@dataclass(frozen=True)
class MessageText:
    """The text of one message. `sms` is the text message; `paragraphs` and `link` are for mail.
    `footer` is a prefix: it selects the phrases that say why the mail came and how to stop it."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str
    link_label: str
    sms: str
    footer: Literal["", "staff_", "leader_"] = ""


CodePurpose = Literal["contact", "by_sms", "recovery", "password", "contact_of_account"]
"""The purpose of a code. It proves a contact of a report, on its page or by a reply by SMS; it
gives a new access code or password; or it proves a contact that belongs to no report."""


@dataclass(frozen=True)
class ReportFacts:
    """What a message may say about a report. `title` is None unless the public can read it and the
    report is neither anonymous nor secret."""

    number: int
    title: str | None
    discreet: bool
    handler: str
    zone: Zone
    recourse: bool = False
    """Whether its page names other offices that the reporter can turn to."""


def text_of(
    template: str,
    facts: Mapping[str, Any],
    report: ReportFacts,
    portal: str,
    language: Language,
) -> MessageText:
    """The message about a report for this template. The subject reveals nothing. The text message
    of an anonymous or secret report reveals nothing either: its phone may be shared."""
    values = {
        "number": report.number,
        "handler": report.handler,
        "at": moment(datetime.fromisoformat(facts["at"]), report.zone, language),
        **_dates(facts, report.zone, language, due_day, deadline),
        "reason": _reason(facts.get("reason_class"), language),
    }
    link = f"{portal}/laporan/{report.number}"
    about = [_part("about", language, number=report.number)]
    if report.title is not None:
        about = [_part("about_title", language, number=report.number, title=report.title)]
    if report.discreet:
        sms = _part("sms_discreet", language)
    else:
        short = _dates(facts, report.zone, language, short_due_day, short_deadline)
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
    """The message that carries a code: its purpose, and a warning not to share it. Without the
    `number` of the report, as for an anonymous or secret one, it mentions neither a report nor what
    the code opens."""
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
    """The notice that a new contact is to replace this one; the link `stop` prevents it."""
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
    """As `text_of_contact_change`, for the contact of a report."""
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


def _dates(
    facts: Mapping[str, Any],
    zone: Zone,
    language: Language,
    promised: Callable[[datetime, Zone, Language], str],
    final: Callable[[datetime, Zone, Language], str],
) -> dict[str, str]:
    """The dates, written as on the report's page."""
    none = _part("no_date", language)
    return {
        name: in_words(datetime.fromisoformat(facts[name]), zone, language)
        if facts.get(name)
        else none
        for names, in_words in ((PROMISED, promised), (FINAL, final))
        for name in names
    }


def _in_one_sms(template: str, values: Mapping[str, Any], language: Language) -> str:
    """The text message, with the agency's name shortened to fit."""
    name = in_gsm(values["handler"])

    def text(handler: str) -> str:
        return Phrase("notification_sms", template, {**values, "handler": handler}).in_language(
            language
        )

    beyond = septets(in_gsm(text(name))) - ONE_SMS
    return text(name if beyond <= 0 else f"{name[: -beyond - 3].rstrip()}...")


def _reason(reason_class: str | None, language: Language) -> str:
    """Why an identity was read: only the class of the reason."""
    return message("reveal_reason", reason_class, language) if reason_class else ""


def _part(part: str, language: Language, **values: Any) -> str:
    return Phrase("notification_part", part, values).in_language(language)
