"""Tells a reporter by SMS where the report is, as on its page. The text has the handler, the
deadline, whether a request to open it again waits, and which commands are possible. Pure."""

from datetime import datetime
from typing import Final, Literal

from services.intake.sms.messages import WORDS_LIMIT, answer_about
from services.intake.sms.refusals import objection_waits
from shared.labels.catalogue import INDONESIAN, Phrase, message
from shared.labels.dates import short_deadline, short_due_day
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.values.gsm import in_gsm, septets

Where = Literal[
    "UNVERIFIED",
    "AGENCY_NOT_CONNECTED",
    "AWAITING_INFORMATION",
    "INFORMATION_TO_EVALUATE",
    "ARCHIVED_BY_ADMIN",
    "ARCHIVED_BY_REPORTER",
    "VERIFIED",
    "FOLLOWED_UP",
    "REPLIED_BY_REPORTER",
    "CLOSED_BY_SYSTEM",
    "CLOSED_BY_ADMIN",
    "CLOSED_BY_REPORTER",
    "still_owed",
    "whoever_has_it",
]
"""By status. `still_owed`: after an initial response, or opened again; `whoever_has_it` replaces an
agency's name that is too long."""
ByWhen = Literal["by", "late", "answer", "answer_by", "closes"]


def where_it_is(state: ReportState, handler: str, at: datetime) -> str:
    """The text, at most a long text message of three parts."""
    names: Final = in_gsm(handler), message("sms_where", "whoever_has_it")
    texts = [_text(state, name, at) for name in names]
    return next((text for text in texts if septets(text) <= WORDS_LIMIT), texts[-1])


def _text(state: ReportState, handler: str, at: datetime) -> str:
    still_owed = state.status is Status.FOLLOWED_UP and state.due_at is not None
    code = "still_owed" if still_owed else state.status.value
    values = {"number": state.number, "handler": handler}
    where = Phrase("sms_where", code, values).in_language(INDONESIAN)
    when = objection_waits(state, at) or _by_when(state, at)
    return " ".join(filter(None, [where, when, answer_about("unclear")]))


def _by_when(state: ReportState, at: datetime) -> str:
    if state.status is Status.AWAITING_INFORMATION:
        clock = state.clock(ClockKind.QUESTION)
        until = clock.deadline if clock else None
        if until is None or until < at:
            return _when("answer")
        return _when("answer_by", short_due_day(until, state.zone))
    if state.due_at:
        day = short_due_day(state.due_at, state.zone)
        return _when("late" if state.overdue else "by", day)
    if state.auto_close_at:
        return _when("closes", short_deadline(state.auto_close_at, state.zone))
    return ""


def _when(code: ByWhen, day: str = "") -> str:
    return Phrase("sms_by_when", code, {"day": day}).in_language(INDONESIAN)
