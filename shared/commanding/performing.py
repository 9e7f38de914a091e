"""Performing a command: first outcome wins; check, save with the words, commit, send, answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.commanding.situation import Situation
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.lifecycle import CommandRow
from shared.http.problems import conflict, forbidden, precondition
from shared.lifecycle.actions import Action
from shared.lifecycle.check import Refused, check, refusal
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.state import ReportState
from shared.temporal.door import Door


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `id` is the Idempotency-Key, `version` the If-Match, if given.

    `situation` finds the person before the report (and hides what they may not know of);
    `details` gives the command's fields beside who and when, and may raise a problem;
    `write` saves the words, in the transaction that saves the command.
    """

    id: UUID
    number: int
    action: Action
    situation: Callable[[AsyncSession], Awaitable[Situation]]
    details: Callable[[AsyncSession, Situation], Awaitable[dict[str, Any]]]
    write: Callable[[AsyncSession, Command], Awaitable[None]]
    version: int | None = None


async def perform(database: Database, door: Door, wish: Wish) -> Outcome | None:
    """The outcome of the wish, None if it is not known within some seconds.

    The same id again gets the first outcome. Raises problems: 404, 403, 412, 422 from the
    callbacks and authority, 409 with the refusal's code.
    """
    command, state, outcome = await _known_or_made(database, wish)
    if outcome is None:
        outcome = await door.send(command, state)
    if outcome is not None and not outcome.done:
        raise refused(outcome.refusal or "refused", outcome)
    return outcome


async def admit(database: Database, wish: Wish) -> None:
    """Whether this person may ask for this at all, before what they send along is looked at.

    Raises the problems of `perform` that say no to the person or the version; what the report's
    status forbids is left to it, which keeps the refusal.
    """
    async with database.session() as session:
        state, standings = (found := await wish.situation(session)).state, found.standings
        if await _known(session, wish):
            return
    if (code := refusal(state, wish.action, standings)) in _FORBIDDEN:
        raise forbidden(code)
    if wish.version is not None and wish.version != state.version:
        raise precondition(state.version)


def refused(code: str, outcome: Outcome) -> Exception:
    """The problem a refusal amounts to: 403 for authority, 409 with where the report stands."""
    if code in _FORBIDDEN:
        return forbidden(code)
    return conflict(code, members={"report_status": outcome.status, "version": outcome.version})


_Command = tuple[Command, ReportState, Outcome | None]
_FORBIDDEN = frozenset({"not_authorised", "own_request", "not_the_asker"})


async def _known_or_made(database: Database, wish: Wish) -> _Command:
    """What was made of the id before, also a moment ago by a twin of this request; else a new
    command."""
    try:
        async with database.session() as session:
            return await _known(session, wish) or await _save(session, wish)
    except IntegrityError:
        async with database.session() as session:
            twin = await _known(session, wish)
        if twin is None:
            raise
        return twin


async def _known(session: AsyncSession, wish: Wish) -> _Command | None:
    """What was made of this id before, looked up ahead of authority and status."""
    row = await session.get(CommandRow, wish.id)
    if row is None:
        return None
    if row.number != wish.number or row.action != wish.action:
        raise conflict("idempotency_key_reused")
    stored = (await session.execute(_STATE, {"number": row.number})).scalar_one()
    command = Command.model_validate(row.body)
    return command, ReportState.model_validate(stored), outcome_of(row)


async def _save(session: AsyncSession, wish: Wish) -> _Command:
    situation = await wish.situation(session)
    state = situation.state
    if wish.version is not None and wish.version != state.version:
        raise precondition(state.version)
    # What the table refuses anyway is refused for that reason, before the details are looked at.
    legal = refusal(state, wish.action, situation.standings) is None
    details = await wish.details(session, situation) if legal else {}
    command = Command(
        id=wish.id,
        number=wish.number,
        action=wish.action,
        actor=situation.actor,
        standings=situation.standings_for(details.get("request_id")),
        at=now(),
        handler_seen=state.handler_id,
        identity=state.identity,
        **details,
    )
    outcome = _refused_at_once(state, command)
    if outcome is not None and outcome.refusal in _FORBIDDEN:
        raise forbidden(outcome.refusal)
    session.add(
        CommandRow(
            id=command.id,
            number=command.number,
            action=command.action,
            at=command.at,
            body=command.model_dump(mode="json"),
            done=outcome.done if outcome else None,
            version=outcome.version if outcome else None,
            status=outcome.status if outcome else None,
            refusal=outcome.refusal if outcome else None,
        )
    )
    await session.flush()
    await wish.write(session, command)
    return command, state, outcome


def _refused_at_once(state: ReportState, command: Command) -> Outcome | None:
    """What the row already shows to be illegal is refused before a run is started."""
    try:
        check(state, command)
    except Refused as refusal:
        return Outcome(
            command_id=command.id,
            done=False,
            version=state.version,
            status=state.status,
            refusal=refusal.code,
        )
    return None


def outcome_of(row: CommandRow) -> Outcome | None:
    """What a command's row says became of it; None while it waits."""
    if row.done is None or row.version is None or row.status is None:
        return None
    return Outcome(
        command_id=row.id,
        done=row.done,
        version=row.version,
        status=row.status,
        refusal=row.refusal,
    )


_STATE = text("SELECT state FROM lifecycle.report WHERE number = :number")
