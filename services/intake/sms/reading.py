"""What a reporter can read of a report by SMS. This is the open question, what the agency wrote
last, and where the report is."""

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.reading.recourse import office_to_call
from services.intake.sms.messages import WORDS_LIMIT, Answer, answer_about
from services.intake.sms.where_it_is import where_it_is
from shared.clock import now
from shared.database.lifecycle import HistoryEntry, Report
from shared.database.views import AgencyEntry, ArchiveReasonEntry, PublishedMessage, PublishedNote
from shared.labels import label
from shared.labels.catalogue import INDONESIAN, Phrase
from shared.labels.dates import short_due_day
from shared.labels.outcomes import outcome_of
from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.authority import Capacity
from shared.lifecycle.check import refusal
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.people import ActorKind
from shared.lifecycle.state import ReportState
from shared.lifecycle.visibility import Reader, readers_of
from shared.values.gsm import in_gsm, sayable_in_gsm, septets

Wanted = Literal["ask", "read", "status"]


class ReadBySms(NamedTuple):
    text: str
    with_words: bool
    """Whether it has words of the report, in up to three parts."""


async def read_by_sms(session: AsyncSession, wanted: Wanted, number: int, page: int) -> ReadBySms:
    """The words that the reporter wants to read: the open question (`ask`), what staff last wrote
    to the reporter (`read`), or where the report is (`status`).

    If there are none, the answer says so. If the words cannot be sent by SMS because of their
    script, or the agency marked them as secret, it refers to the report's page. Words that do not
    fit into one long SMS continue on the next page.
    """
    row = await session.scalar(select(col(Report.state)).where(col(Report.number) == number))
    state = ReportState.model_validate(row)
    if wanted == "status":
        handler = await session.get_one(AgencyEntry, state.handler_id)
        return ReadBySms(where_it_is(state, handler.name, now()), with_words=True)
    if wanted == "ask":
        words = await session.scalar(_question(number)) if state.question_open else None
        if words is None:
            return _without_words("no_question")
        until = _until(state)
        last = "last_until" if until else "last"
        shown = {"until": until}
    else:
        written = await _written_last(session, number)
        if written is None:
            return _without_words("no_answer")
        words, secret = written.words, written.secret
        if secret:
            return _without_words("question_elsewhere")
        last, shown = _after_answer(state), {"what": in_gsm(written.what)}
    if not sayable_in_gsm(words):
        return _without_words("question_elsewhere")
    if wanted == "read" and (office := await office_to_call(session, state, discreet=False)):
        elsewhere = Phrase("sms_instead", "elsewhere", {"office": office})
        end = "" if words.endswith((".", "!", "?")) else "."
        words = f"{words}{end} {elsewhere.in_language(INDONESIAN)}"
    return ReadBySms(page_of(wanted, number, words, page, last, **shown), with_words=True)


def page_of(
    wanted: Wanted, number: int, words: str, page: int, last: str, **shown: str | None
) -> str:
    """One page of the words; if `page` is too high, the last one. Each page says how to continue.
    The last one says, by the text `last`, what the reporter can do."""
    pages = list(_pages(in_gsm(words)))
    nth = min(page, len(pages))
    values = {"number": number, "words": pages[nth - 1], "next": nth + 1, **shown}
    context = "sms_question" if wanted == "ask" else "sms_written"
    phrase = Phrase(context, last if nth == len(pages) else "more", values)
    return phrase.in_language(INDONESIAN)


class _Written(NamedTuple):
    what: str
    words: str
    secret: bool


async def _written_last(session: AsyncSession, number: int) -> _Written | None:
    """What staff last wrote for the reporter to read. It leaves out questions and what they
    recorded on behalf of the reporter."""
    for row in (await session.execute(_steps(number))).mappings():
        action, details = Action(row["action"]), row["details"]
        if row["words"] and Reader.REPORTER in readers_of(action, details):
            what = _what(action, row["kind"])
            came_to = [
                outcome_of(details)["outcome_label"],
                outcome_of(details)["unmet_reason_label"],
                await _archived_for(session, action, details),
            ]
            words = ". ".join([*filter(None, came_to), row["words"]])
            return _Written(what, words, bool(row["secret"]))
    return None


def _what(action: Action, kind: str | None) -> str:
    if action is Action.FOLLOW_UP and kind:
        return label("follow_up_kind", kind)
    return (
        label("mark", "objection_rejected")
        if action is Action.REJECT_REQUEST
        else label("action", action)
    )


async def _archived_for(
    session: AsyncSession, action: Action, details: dict[str, Any]
) -> str | None:
    if action is not Action.ARCHIVE:
        return None
    of_code = col(ArchiveReasonEntry.code) == details.get("archive_category")
    return await session.scalar(select(col(ArchiveReasonEntry.name)).where(of_code))


def _after_answer(state: ReportState) -> str:
    """The text that says what the reporter can do next."""
    for action, last in ((Action.REPLY, "last_reply"), (Action.OBJECT, "last_object")):
        if refusal(state, action, {Capacity.REPORTER}, now()) is None:
            return last
    return "last"


def _without_words(answer: Answer) -> ReadBySms:
    return ReadBySms(answer_about(answer), with_words=False)


def _until(state: ReportState) -> str | None:
    clock = state.clock(ClockKind.QUESTION)
    if clock is None or clock.deadline is None or clock.deadline < now():
        return None
    return short_due_day(clock.deadline, state.zone)


def _pages(text: str) -> Iterator[str]:
    page = ""
    for word in text.split():
        for piece in _pieces(word):
            longer = f"{page} {piece}" if page else piece
            if septets(longer) > _WORDS_LIMIT:
                yield page
                page = piece
            else:
                page = longer
    yield page


def _pieces(word: str) -> list[str]:
    """The parts of a word that may not fit on a page, such as an address; other words stay
    whole."""
    half = _WORDS_LIMIT // 2  # a character has at most two septets
    return [word[begin : begin + half] for begin in range(0, len(word), half)]


def _question(number: int) -> Select[str]:
    """Select the words of the last question to the reporter."""
    asked = (
        col(HistoryEntry.number) == number,
        col(HistoryEntry.action) == Action.DEFER,
        col(HistoryEntry.details)["deferral"].astext == DeferralKind.INCOMPLETE_DATA,
    )
    note = col(PublishedNote.command_id) == col(HistoryEntry.ref)
    of_report = select(col(PublishedNote.words)).join(HistoryEntry, note).where(*asked)
    return of_report.order_by(col(HistoryEntry.entry).desc()).limit(1)


def _steps(number: int) -> Select[*tuple[Any, ...]]:
    """Select the steps of staff with their words, newest first."""
    words = func.coalesce(col(PublishedMessage.words), col(PublishedNote.words))
    return (
        select(
            *(col(HistoryEntry.action), col(HistoryEntry.details), words.label("words")),
            *(col(PublishedMessage.kind), col(PublishedMessage.secret)),
        )
        .outerjoin(PublishedMessage, col(PublishedMessage.command_id) == col(HistoryEntry.ref))
        .outerjoin(PublishedNote, col(PublishedNote.command_id) == col(HistoryEntry.ref))
        .where(
            col(HistoryEntry.number) == number,
            col(HistoryEntry.actor_kind) == ActorKind.STAFF,
            col(HistoryEntry.action).not_in(_NOT_AN_ANSWER),
            col(HistoryEntry.visibility) != "staff",
            col(PublishedMessage.rectified).is_not(True),
        )
        .order_by(col(HistoryEntry.entry).desc())
    )


_NOT_AN_ANSWER: Final = (Action.DEFER, Action.REPLY, Action.COMPLETE_INFORMATION)
"""Questions, and what staff record for a reporter who has no phone."""
_WORDS_LIMIT: Final = WORDS_LIMIT - 130
"""Septets for the words of a page; the rest is for the text around them."""
