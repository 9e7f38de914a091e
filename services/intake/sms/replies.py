"""Handles text messages about a report. From its proven contact they are replies or commands; a
command that rates, closes or reopens the report or stops its messages must be confirmed by a code.
Words from other senders are new reports; anything else they send gets the same answer, whether or
not the report exists."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.reading.recourse import office_to_call
from services.intake.resources import Resources
from services.intake.sms.about_reports import AboutReport
from services.intake.sms.answers import Answers
from services.intake.sms.confirmations import Confirmations, Confirmed
from services.intake.sms.joining import NO_REPORT, SmsParts
from services.intake.sms.messages import Answer, answer_about, one_sms
from services.intake.sms.other_services import OtherServices
from services.intake.sms.reading import ReadBySms, read_by_sms
from services.intake.sms.refusals import (
    ACTIONS,
    is_requested,
    objection_answer,
    refusal_answer,
    words_refused,
    words_wait,
)
from services.intake.sms.senders import Reply, Sender
from shared.clock import now
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.http.problems import conflict, unavailable
from shared.lifecycle.actions import ObjectionReason
from shared.lifecycle.state import ReportState

Words = Literal["words"]
"""Instead of an answer: the words that were read of the report."""

_PATHS: Final = {"satisfied": "satisfaction", "rate": "rating", "object": "objection"}
_CONFIRM: Final[dict[str, Answer]] = {
    "satisfied": "confirm_satisfied",
    "rate": "confirm_rate",
    "object": "confirm_object",
}
_PROOF: Final = "contacts/sms/proof"
_TAKEN = (200, 202)


@dataclass(frozen=True)
class Refused:
    """Instead of an answer: why the report does not accept the wish, and what it accepts."""

    text: str


@dataclass(frozen=True)
class Accepted:
    """Instead of an answer: what was accepted, and what happens next."""

    text: str


class ReplyRefused(Exception):
    """The words of a stale message were refused, with an answer that its sender never gets."""


class Replies:
    """Handles messages about reports. Raises the 503 problem if another service does not answer.
    Then no answer is stored, and the repeated message does nothing twice."""

    def __init__(self, database: Database, intake: Resources, services: OtherServices) -> None:
        self._database, self._intake, self._services = database, intake, services

    async def read(self, about: AboutReport, sender: Sender) -> ReadBySms | None:
        """The answer to a sender who wants to read words of the report and may do so; otherwise
        None."""
        if about.wish not in ("ask", "read", "status") or not sender.reads:
            return None
        async with self._database.session() as session:
            return await read_by_sms(session, about.wish, about.number, about.page)

    async def take(self, reply: Reply, sender: Sender, read: ReadBySms | None = None) -> str:
        """Do what the message asks. Returns its answer, which is stored for repeats; an answer that
        was `read` is made again for each repeat. Raises `ReplyRefused`."""
        async with self._database.session() as session:
            # The gateway may have sent the message twice: a code that has proven the phone
            # meanwhile is not a reply.
            known = await self._stored_answer(session, reply)
        if isinstance(known, str):
            return known
        answer = await self._do(reply, sender)
        if reply.stale and (isinstance(answer, Refused) or answer in _UNHEARD):
            raise ReplyRefused(answer)
        async with self._database.session() as session:
            return await self._keep(session, reply, answer, read.text if read else "")

    async def _do(self, reply: Reply, sender: Sender) -> Answer | Words | Refused | Accepted:
        about, token = reply.about, sender.token
        if about.wish == "code":
            if sender.named:
                await self._services.notify(token, about.number, "contacts/sms/code")
            return "code_asked"
        if about.wish == "prove" and sender.named:
            shown = await self._services.notify(token, about.number, _PROOF, {"code": about.code})
            if shown.status_code == 200:
                return "proven"
            if not sender.proven and _is_wrong(shown):
                return "newer_code"
        if not sender.proven:
            return "not_yours"
        if about.wish in ("ask", "read", "status"):
            if sender.stopped:
                return "reading_stopped"
            return "words" if sender.reads else "question_elsewhere"
        return await self._do_for_reporter(reply, sender)

    async def _do_for_reporter(self, reply: Reply, sender: Sender) -> Answer | Refused | Accepted:
        about, token = reply.about, sender.token
        match about.wish:
            case "satisfied" | "rate" | "object":
                return (
                    await self._refused(about.wish, about.number, sender, about.reason)
                    or _CONFIRM[about.wish]
                )
            case "stop":
                return "confirm_stop"
            case "confirm":
                wanted = await self._confirmed(reply)
                if wanted is None:
                    return "wrong_code"
                if wanted.wish == "stop":
                    return await self._stop(about.number, token)
                fields = {
                    "rating": wanted.rating,
                    "solved": wanted.solved,
                    "objection_reason": wanted.reason,
                }
                body = {name: value for name, value in fields.items() if value is not None}
                done: Answer = "rated" if wanted.wish == "rate" else "done"
                if wanted.wish == "satisfied":
                    done = "closed_rated" if wanted.rating else "closed"
                answer = await self._send_command(reply, token, _PATHS[wanted.wish], body, done)
                if wanted.wish == "object" and answer == "done":
                    return Accepted(
                        one_sms(objection_answer(await self._state(about.number), now()))
                    )
                if answer not in _UNHEARD:
                    return answer
                return await self._refused(wanted.wish, about.number, sender) or answer
            case "unclear":
                return "unclear"
            case _:
                asked = is_requested(await self._state(about.number))
                if about.wish == "prove" and not (asked and about.is_digits):
                    return "proven"  # sent again: it has proven the phone
                path = "information" if asked else "replies"
                answer = await self._send_command(reply, token, path, {"text": about.words})
                waits = answer == "ended" and words_wait(await self._state(about.number), now())
                return Refused(one_sms(waits)) if waits else answer

    async def _keep(
        self,
        session: AsyncSession,
        reply: Reply,
        answer: Answer | Words | Refused | Accepted,
        words: str,
    ) -> str:
        about, phone = reply.about, reply.whole.sender
        parts = SmsParts(session, self._intake.cipher, self._intake.index)
        confirmations = Confirmations(session, self._intake.index)
        await parts.lock(phone)
        known = await self._stored_answer(session, reply)
        if isinstance(known, str):
            return known
        if isinstance(answer, Refused | Accepted):
            text = answer.text
        elif answer == "words":
            text = words  # empty if nobody gets it any more
        elif answer.startswith("confirm_"):
            code = await confirmations.ask(about, phone)
            text = answer_about(answer, number=str(about.number), code=code)
        else:
            text = answer_about(answer, number=str(about.number))
        if about.wish == "confirm":
            await confirmations.use_up(about, phone)
        if known is None:
            answers, digest = Answers(session, self._intake.cipher), reply.digest or b""
            if answer == "words":
                await answers.keep_asked(reply.whole.key, digest, about)
            else:
                await answers.keep(reply.whole.key, digest, text)
        await parts.joined(reply.whole, NO_REPORT)
        return text

    async def _stored_answer(self, session: AsyncSession, reply: Reply) -> str | AboutReport | None:
        return await Answers(session, self._intake.cipher).known(reply.whole.key, reply.digest)

    async def _confirmed(self, reply: Reply) -> Confirmed | None:
        async with self._database.session() as session:
            confirmations = Confirmations(session, self._intake.index)
            return await confirmations.shown(reply.about, reply.whole.sender)

    async def _state(self, number: int) -> ReportState:
        state = select(col(Report.state)).where(col(Report.number) == number)
        async with self._database.session() as session:
            return ReportState.model_validate(await session.scalar(state))

    async def _refused(
        self, wish: str, number: int, sender: Sender, reason: ObjectionReason | None = None
    ) -> Refused | None:
        state, office = await self._state(number), None
        if wish == "object":
            async with self._database.session() as session:
                office = await office_to_call(session, state, discreet=not sender.reads)
        text = refusal_answer(ACTIONS[wish], state, now(), office, reason)
        return None if text is None else Refused(one_sms(text))

    async def _stop(self, number: int, token: str) -> Answer:
        if (await self._services.notify(token, number, "contacts/sms/stop")).status_code != 204:
            raise unavailable()
        return "stopped"

    async def _send_command(
        self, reply: Reply, token: str, path: str, body: dict[str, Any], done: Answer = "done"
    ) -> Answer:
        """Send the command; returns the answer. `done` is used if it took effect, not if it was
        only accepted."""
        answer = await self._services.send_command(token, reply, path, body)
        if answer.status_code in _TAKEN:
            return done if answer.status_code == 200 else "done"
        if answer.status_code == 422:
            return "too_long"
        code = answer.json().get("code")
        if code == "idempotency_key_reused":
            raise conflict("sms_id_reused")
        return words_refused(await self._state(reply.about.number), now())


def _is_wrong(shown: httpx.Response) -> bool:
    """Whether another code waits at this phone, so that its owner knows that the report names it.
    Otherwise they get the same answer as strangers."""
    errors = shown.json().get("errors") or () if shown.status_code == 422 else ()
    return any(error["code"] == "code_wrong" for error in errors)


_UNHEARD: Final[frozenset[Answer]] = frozenset(
    {"may_be_reopened", "being_verified", "with_agency", "ended", "too_long"}
)
"""Answers to words that were not delivered."""
