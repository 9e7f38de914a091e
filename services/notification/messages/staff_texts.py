"""The text of a message to staff: a report number, what happened, and a link for signing in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.notification.messages.staff_table import FOR_STAND_INS
from services.notification.messages.texts import MessageText
from shared.labels.catalogue import Language, Phrase, message
from shared.labels.dates import deadline, long_day, moment
from shared.lifecycle.calendar import Zone, day_of_deadline
from shared.lifecycle.people import Role
from shared.privacy.publication import public_time

PASSWORD_LINK, PROVE_EMAIL = "password_link", "prove_email"
ACCOUNT_TEMPLATES = (PASSWORD_LINK, PROVE_EMAIL)
"""Messages about the account, which nobody can switch off. Only the first may go to an address that
was entered but not proven."""


@dataclass(frozen=True)
class StaffFacts:
    """What a message tells staff about a report. These are its number, its handler, and deadlines
    in the reader's zone. No words and no title: these can be read after signing in. `absent`: the
    colleague in whose place they are told."""

    number: int
    handler: str
    zone: Zone
    absent: str | None


def facts_shown(
    facts: Mapping[str, Any], role: Role, zone: Zone, *, reporter_times_hidden: bool
) -> Mapping[str, Any]:
    """The facts of a message that somebody with this role may see.

    An exact time could reveal when the report came, which only pusat may know, or when its reporter
    acted, where that is hidden: the second shows who was there at that moment. Such times are cut
    to the hour and shown as a day, the same day that the reporter sees. Where the reporter's times
    are hidden, the person who decided is not named if they also entered the report. `zone`: of the
    agency that owes the step. Facts that are cut already stay as they are; facts that do not say
    whether their times reveal something are cut.
    """
    if reporter_times_hidden:
        unnamed = {"by", "by_agency"} if facts.get("with_arrival") else set()
        named = {name: fact for name, fact in facts.items() if name not in unnamed}
        time_shows = facts.get("tells_of_reporter", True)
        return _to_the_hour(named, zone, _DEADLINES, at=time_shows)
    if role.reads_arrivals:
        return facts
    deadlines = ["due_at"] if facts.get("due_tells_arrival", True) else []
    return _to_the_hour(facts, zone, deadlines, at=facts.get("tells_arrival", True))


def _to_the_hour(
    facts: Mapping[str, Any], zone: Zone, deadlines: Iterable[str], *, at: bool
) -> dict[str, Any]:
    cut = dict(facts)
    if at:
        happened = datetime.fromisoformat(facts["at"])
        cut |= {"at": public_time(happened).isoformat(), "to_the_hour": True}
    for name in deadlines:
        if facts.get(name):
            due_at, on = datetime.fromisoformat(facts[name]), _DEADLINES[name]
            cut[name] = public_time(due_at).isoformat()
            cut[on] = facts.get(on) or day_of_deadline(due_at, zone).isoformat()
    return cut


_DEADLINES = {"due_at": "due_on", "decide_by": "decide_on"}
"""The deadlines of the step and of a request, each with the fact that holds only its day."""


def sentence(
    template: str, facts: Mapping[str, Any], report: StaffFacts, language: Language
) -> str:
    """One sentence that says what happened, for the bell and the mail."""
    values = {
        "handler": report.handler,
        "at": _at(facts, report.zone, language),
        "due_at": _deadline("due_at", facts, report.zone, language) or _part("no_date", language),
        "decide_by": _decide_by(facts, report.zone, language),
        "request": _request(facts, language),
        "decided_by": _decided_by(facts, language),
        "absent": report.absent,
    }
    return Phrase("staff_notification", _worded(template, report), values).in_language(language)


def _worded(template: str, report: StaffFacts) -> str:
    return FOR_STAND_INS.get(template, template) if report.absent else template


def _request(facts: Mapping[str, Any], language: Language) -> str:
    """The kind of request; older messages did not store it."""
    kind = facts.get("request")
    return message("request", kind, language) if kind else _part("some_request", language)


def _decided_by(facts: Mapping[str, Any], language: Language) -> str:
    """The role and agency of the person who decided, without a name."""
    role = message("role", facts.get("by") or "staff", language)
    return ", ".join(filter(None, (role, facts.get("by_agency"))))


def _at(facts: Mapping[str, Any], zone: Zone, language: Language) -> str:
    at = datetime.fromisoformat(facts["at"])
    if facts.get("to_the_hour"):
        return long_day(at.astimezone(zone.offset).date(), language)
    return moment(at, zone, language)


def _decide_by(facts: Mapping[str, Any], zone: Zone, language: Language) -> str:
    """The date by which a request must be decided; empty if it was not stored."""
    day = _deadline("decide_by", facts, zone, language)
    return _part("decide_by", language, day=day) if day else ""


def _deadline(name: str, facts: Mapping[str, Any], zone: Zone, language: Language) -> str | None:
    """A deadline as the panel shows it; only the day if its time was cut."""
    if facts.get(name) is None:
        return None
    if due_on := facts.get(_DEADLINES[name]):
        return long_day(date.fromisoformat(due_on), language)
    return deadline(datetime.fromisoformat(facts[name]), zone, language)


def text_for_staff(
    template: str,
    facts: Mapping[str, Any],
    report: StaffFacts,
    portal: str,
    language: Language,
) -> MessageText:
    """The mail about a report. The subject contains only its number and the topic."""
    number = report.number
    news = message("staff_subject", _worded(template, report), language)
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
    """A mail with only a link and its purpose."""
    return MessageText(
        subject=_part(f"{template}_subject", language),
        paragraphs=(_part(template, language), _part("staff_not_asked", language)),
        link=link,
        link_label=_part(f"{template}_label", language),
        sms="",
    )


def _part(part: str, language: Language, **values: Any) -> str:
    return Phrase("notification_part", part, values).in_language(language)
