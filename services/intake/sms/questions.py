"""The question that waits for an answer, as its reporter reads it by SMS."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.sms.messages import QUESTION_LIMIT, answer_about
from shared.clock import now
from shared.database.lifecycle import HistoryEntry, Report
from shared.database.views import PublishedNote
from shared.labels.catalogue import INDONESIAN, Phrase
from shared.labels.dates import short_deadline
from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.state import ReportState
from shared.values.gsm import in_gsm, sayable_in_gsm, septets


class QuestionAnswer(NamedTuple):
    text: str
    with_words: bool
    """Whether it has words of the question, in up to three parts."""


async def answer_with_question(session: AsyncSession, number: int, page: int) -> QuestionAnswer:
    """The words of the question about this report, or that none waits, or that its script is none
    of SMS. What does not fit into one long SMS goes on at the next page."""
    row = await session.scalar(select(col(Report.state)).where(col(Report.number) == number))
    words, state = await session.scalar(_words(number)), ReportState.model_validate(row)
    if words is None or not state.question_open:
        return QuestionAnswer(answer_about("no_question"), with_words=False)
    if not sayable_in_gsm(words):
        return QuestionAnswer(answer_about("question_elsewhere"), with_words=False)
    return QuestionAnswer(page_of_question(number, words, page, _until(state)), with_words=True)


def page_of_question(number: int, words: str, page: int, until: str | None = None) -> str:
    """The last page where there are not so many. Each says how to go on: to the next one, or to
    answer, `until` when if that has not passed."""
    pages = list(_pages(in_gsm(words)))
    shown = min(page, len(pages))
    values = {"number": number, "words": pages[shown - 1], "next": shown + 1, "until": until}
    last = "last_until" if until else "last"
    phrase = Phrase("sms_question", last if shown == len(pages) else "more", values)
    return phrase.in_language(INDONESIAN)


def _until(state: ReportState) -> str | None:
    clock = state.clock(ClockKind.QUESTION)
    if clock is None or clock.deadline is None or clock.deadline < now():
        return None
    return short_deadline(clock.deadline, state.zone)


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
    """A word that is longer than a page, perhaps an address, in parts."""
    half = _WORDS_LIMIT // 2  # a character has two septets at most
    return [word[begin : begin + half] for begin in range(0, len(word), half)]


def _words(number: int) -> Select[str]:
    """Of the last deferral that asked the reporter."""
    asked = (
        col(HistoryEntry.number) == number,
        col(HistoryEntry.action) == Action.DEFER,
        col(HistoryEntry.details)["deferral"].astext == DeferralKind.INCOMPLETE_DATA,
    )
    note = col(PublishedNote.command_id) == col(HistoryEntry.ref)
    of_report = select(col(PublishedNote.words)).join(HistoryEntry, note).where(*asked)
    return of_report.order_by(col(HistoryEntry.entry).desc()).limit(1)


_WORDS_LIMIT: Final = QUESTION_LIMIT - 130
"""Septets of a page; the rest is for what stands around it."""
