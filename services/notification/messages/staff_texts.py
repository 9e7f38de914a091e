"""What a message to staff says: a number, what happened, a link that asks for sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.notification.messages.texts import MessageText
from shared.labels.catalogue import Language, Phrase, message
from shared.labels.dates import deadline, long_day, moment
from shared.lifecycle.calendar import Zone, day_of_deadline
from shared.privacy.publication import public_time

PASSWORD_LINK, PROVE_EMAIL = "password_link", "prove_email"
ACCOUNT_TEMPLATES = (PASSWORD_LINK, PROVE_EMAIL)
"""Messages about the account, which nobody can switch off; the first alone may go to an address
that was entered and not proven."""


@dataclass(frozen=True)
class StaffFacts:
    """What staff are told of a report: its number, who has it, and by when in the reader's zone;
    no word and no title, which are behind the sign-in."""

    number: int
    handler: str
    zone: Zone


def without_minutes(facts: Mapping[str, Any], zone: Zone) -> dict[str, Any]:
    """The facts as they are told to somebody from whom it is hidden when the report came, and when
    its reporter did what: such times are kept to the hour, as the second tells who was at it then,
    and said by their day, which is the one that its reporter reads. `zone`: of the agency that owes
    the step. What was cut stays as it is; facts that do not say whether their time tells it are
    taken to do so."""
    cut = dict(facts)
    if facts.get("tells_of_reporter", True):
        at = datetime.fromisoformat(facts["at"])
        cut |= {"at": public_time(at).isoformat(), "to_the_hour": True}
    if facts.get("due_at"):
        due_at = datetime.fromisoformat(facts["due_at"])
        cut["due_at"] = public_time(due_at).isoformat()
        cut["due_on"] = facts.get("due_on") or day_of_deadline(due_at, zone).isoformat()
    return cut


def sentence(
    template: str, facts: Mapping[str, Any], report: StaffFacts, language: Language
) -> str:
    """What happened, in one sentence: in the bell, and in mail."""
    values = {
        "handler": report.handler,
        "at": _at(facts, report.zone, language),
        "due_at": _due_at(facts, report.zone, language),
        "request": _request(facts, language),
        "decided_by": _decided_by(facts, language),
    }
    return Phrase("staff_notification", template, values).in_language(language)


def _request(facts: Mapping[str, Any], language: Language) -> str:
    """Which one; what was written before that was kept does not say."""
    kind = facts.get("request")
    return message("request", kind, language) if kind else _part("some_request", language)


def _decided_by(facts: Mapping[str, Any], language: Language) -> str:
    """In which role, at which agency: nobody's name."""
    role = message("role", facts.get("by") or "staff", language)
    return ", ".join(filter(None, (role, facts.get("by_agency"))))


def _at(facts: Mapping[str, Any], zone: Zone, language: Language) -> str:
    at = datetime.fromisoformat(facts["at"])
    if facts.get("to_the_hour"):
        return long_day(at.astimezone(zone.offset).date(), language)
    return moment(at, zone, language)


def _due_at(facts: Mapping[str, Any], zone: Zone, language: Language) -> str:
    """As its reporter reads it; of an anonymous report the day alone."""
    if facts.get("due_at") is None:
        return _part("no_date", language)
    if due_on := facts.get("due_on"):
        return long_day(date.fromisoformat(due_on), language)
    return deadline(datetime.fromisoformat(facts["due_at"]), zone, language)


def text_for_staff(
    template: str,
    facts: Mapping[str, Any],
    report: StaffFacts,
    portal: str,
    language: Language,
) -> MessageText:
    """The mail about a report. Its subject says which and what its sentence is about, no more."""
    number = report.number
    news = message("staff_subject", template, language)
    return MessageText(
        subject=_part("staff_subject", language, number=number, news=news),
        paragraphs=(
            _part("about", language, number=number),
            sentence(template, facts, report, language),
        ),
        link=f"{portal}/panel/laporan/{number}",
        link_label=_part("open_report", language),
        sms="",
        footer="staff_",
    )


def text_of_account(template: str, link: str, language: Language) -> MessageText:
    """A link, and what it is for; nothing else."""
    return MessageText(
        subject=_part(f"{template}_subject", language),
        paragraphs=(_part(template, language), _part("staff_not_asked", language)),
        link=link,
        link_label=_part(f"{template}_label", language),
        sms="",
    )


def _part(part: str, language: Language, **values: Any) -> str:
    return Phrase("notification_part", part, values).in_language(language)
