"""Performing a command: first outcome wins; check, save with the words, commit, send, answer."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.command_requests.report_access import ReportAccess
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.lifecycle import CommandRow
from shared.http.problems import Problem, conflict, forbidden, precondition
from shared.lifecycle.actions import Action
from shared.lifecycle.check import VERSION_CHANGED, Refused, check, refusal
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.people import Actor
from shared.lifecycle.state import ReportState
from shared.temporal.report_gateway import ReportGateway

Look = Callable[[AsyncSession, ReportAccess], Awaitable[None]]


async def nothing(_: AsyncSession, __: ReportAccess) -> None:
    """There is nothing more to look at."""


@dataclass(frozen=True)
class CommandRequest:
    """What somebody asks for. `key` is the Idempotency-Key and `asker` whose it is, `version` the
    If-Match, if given; `content` is all that they say, which the same key must say again.

    `access` finds the person before the report (and hides what they may not know of);
    `look` may raise a problem, or `Refused`, before authority and status are judged;
    `details` gives the command's fields beside who and when, and may raise a problem;
    `write` saves the words, in the transaction that saves the command.
    """

    key: UUID
    asker: str
    number: int
    action: Action
    access: Callable[[AsyncSession], Awaitable[ReportAccess]]
    details: Callable[[AsyncSession, ReportAccess], Awaitable[dict[str, Any]]]
    write: Callable[[AsyncSession, Command], Awaitable[None]]
    content: Any
    version: int | None = None
    look: Look = field(default=nothing)

    @property
    def id(self) -> UUID:
        return command_id(self.asker, self.key)

    @property
    def digest(self) -> bytes:
        """Salted with the key, which is not kept: nobody can try words against it."""
        said = orjson.dumps(self.content, default=_as_json, option=orjson.OPT_SORT_KEYS)
        about = f"{self.number} {self.action} ".encode()
        return hashlib.sha256(self.key.bytes + about + said).digest()


def command_id(asker: str, key: UUID) -> UUID:
    """The command's id, also its update's: follows from the key and from the person who uses it, so
    that nobody can take the id of another's command, nor of one of the system's."""
    return uuid5(_OF_KEYS, f"{asker} {key}")


async def perform(
    database: Database, gateway: ReportGateway, command_request: CommandRequest
) -> Outcome | None:
    """The outcome of the request, None if it is not known within some seconds.

    The same key of the same asker gets the first outcome, while they may read the report. Raises
    problems: 404 first of all; 403, 412, 422 from the callbacks and authority, 409 with the
    refusal's code, or because the key was used for something else.
    """
    command, state, outcome = await _known_or_made(database, command_request)
    if outcome is None:
        outcome = await gateway.send(command, state)
    if outcome is not None and not outcome.done:
        raise refused(outcome.refusal or "refused", outcome)
    return outcome


async def admit(database: Database, command_request: CommandRequest) -> None:
    """Whether this person may ask for this at all, before what they send along is looked at.

    Raises the problems of `perform` that say no to the person or the version; what the report's
    status forbids is left to it, which keeps the refusal.
    """
    async with database.session() as session:
        access = await command_request.access(session)
        row = await _row(session, command_request, access)
        if row and (row.number, row.action) == (command_request.number, command_request.action):
            return
    if (code := refusal(access.state, command_request.action, access.capacities)) in _FORBIDDEN:
        raise forbidden(code)
    if command_request.version not in (None, access.state.version):
        raise precondition(access.state.version)


def refused(code: str, outcome: Outcome) -> Problem:
    """The problem a refusal amounts to: 412 for a version that is past, 403 for authority, 409
    with where the report stands."""
    if code == VERSION_CHANGED:
        return precondition(outcome.version)
    if code in _FORBIDDEN:
        return forbidden(code)
    return conflict(code, members={"report_status": outcome.status, "version": outcome.version})


_Command = tuple[Command, ReportState, Outcome | None]
_OF_KEYS: Final = UUID("b2f4a0c6-7d1e-4f0b-9a53-1f6f2f9d8c40")
_FORBIDDEN = frozenset({"not_authorised", "own_request", "not_the_asker"})


async def _known_or_made(database: Database, command_request: CommandRequest) -> _Command:
    """What was made of the key before, also a moment ago by a twin of this request; else a new
    command. Who may not read the report is told nothing, of earlier commands neither."""
    try:
        async with database.session() as session:
            access = await command_request.access(session)
            known = await _known(session, command_request, access)
            return known or await _save(session, command_request, access)
    except IntegrityError:
        async with database.session() as session:
            access = await command_request.access(session)
            twin = await _known(session, command_request, access)
        if twin is None:
            raise
        return twin


async def _known(
    session: AsyncSession, command_request: CommandRequest, access: ReportAccess
) -> _Command | None:
    """What was made of this key before, looked up ahead of authority over the action and status."""
    row = await _row(session, command_request, access)
    if row is None:
        return None
    if row.digest not in (None, command_request.digest):
        raise conflict("idempotency_key_reused")
    return Command.model_validate(row.body), access.state, outcome_of(row)


async def _row(
    session: AsyncSession, command_request: CommandRequest, access: ReportAccess
) -> CommandRow | None:
    """The command this asker made with the key, also from when the key itself was the id, and no
    digest was kept."""
    if row := await session.get(CommandRow, command_request.id):
        return row
    row = await session.get(CommandRow, command_request.key)
    if row is None or row.digest is not None:
        return None
    actor = Actor.model_validate(row.body["actor"])
    asked = (row.number, row.action, actor.kind, actor.staff_id, actor.system)
    who = access.actor
    same = asked == (
        command_request.number,
        command_request.action,
        who.kind,
        who.staff_id,
        who.system,
    )
    return row if same else None


async def _save(
    session: AsyncSession, command_request: CommandRequest, access: ReportAccess
) -> _Command:
    details, code = await _details(session, command_request, access)
    command = Command(
        id=command_request.id,
        number=command_request.number,
        action=command_request.action,
        actor=access.actor,
        capacities=access.capacities_for(details.get("request_id")),
        at=now(),
        handler_seen=access.state.handler_id,
        version_seen=command_request.version,
        identity=access.state.identity,
        **details,
    )
    outcome = _refused_at_once(access.state, command, code)
    session.add(
        CommandRow(
            id=command.id,
            number=command.number,
            action=command.action,
            at=command.at,
            body=command.model_dump(mode="json"),
            digest=command_request.digest,
            done=outcome.done if outcome else None,
            version=outcome.version if outcome else None,
            status=outcome.status if outcome else None,
            refusal=outcome.refusal if outcome else None,
        )
    )
    await session.flush()
    # Whoever had no authority over it wrote nothing that would be worth keeping.
    if outcome is None or outcome.refusal not in _FORBIDDEN:
        await command_request.write(session, command)
    return command, access.state, outcome


async def _details(
    session: AsyncSession, command_request: CommandRequest, access: ReportAccess
) -> tuple[dict[str, Any], str | None]:
    """The command's fields, or why there can be none. A refusal is an outcome and is kept,
    whichever look finds it; other problems are the request's, which may be put right."""
    state = access.state
    try:
        if command_request.version not in (None, state.version):
            raise Refused(VERSION_CHANGED)
        await command_request.look(session, access)
        # What the table refuses anyway is refused for that, before the details are looked at.
        if code := refusal(state, command_request.action, access.capacities):
            raise Refused(code)
        return await command_request.details(session, access), None
    except Refused as no:
        return {}, no.code
    except Problem as problem:
        if problem.status != 409:
            raise
        return {}, problem.code


def _refused_at_once(state: ReportState, command: Command, code: str | None) -> Outcome | None:
    """What is illegal already is refused before a run is started: for `code`, or by the table."""
    if code is None:
        try:
            check(state, command)
        except Refused as no:
            code = no.code
    if code is None:
        return None
    return Outcome(
        command_id=command.id, done=False, version=state.version, status=state.status, refusal=code
    )


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


def _as_json(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(type(value).__name__)
