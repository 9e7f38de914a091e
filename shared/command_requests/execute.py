"""Executes a command: check it, save it with the words, commit, send it and answer.

The first outcome of a command stays.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.command_requests.command_request import CommandFields, CommandRequest
from shared.command_requests.ended_requests import ended_request
from shared.command_requests.report_access import ReportAccess, access_to
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.lifecycle import CommandRow
from shared.http.problems import Problem, conflict, forbidden, not_found, precondition
from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.check import VERSION_CHANGED, Refused, check, refusal
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.people import Actor
from shared.lifecycle.state import PendingRequest, ReportState
from shared.temporal.report_gateway import ReportGateway


async def execute(
    database: Database, gateway: ReportGateway, request: CommandRequest
) -> Outcome | None:
    """The outcome of the request; None if it is not known within some seconds.

    The same key from the same person gets the first outcome, as long as they may read the report.
    Raises problems: 404 first of all; then 412, 403 and 409 with the refusal's code, 422 for what
    the form names, or 409 if the key was used for something else.
    """
    command, state, outcome = await _existing_or_new(database, request)
    if outcome is None:
        outcome = await gateway.send(command, state)
    if outcome is not None and not outcome.done:
        raise await _problem(database, request, outcome)
    return outcome


async def admit(database: Database, request: CommandRequest) -> None:
    """Check whether this person may make the request, before the files sent with it are read.

    Raises the problems of `execute` about the person or the version. What the report's status
    forbids is left to `execute`, which stores the refusal.
    """
    async with database.session() as session:
        access = await access_to(session, request.principal, request.number, request.action)
        row = await _row(session, request, access)
        if row and (row.number, row.action) == (request.number, request.action):
            return
    if (code := refusal(access.state, request.action, access.capacities)) in _FORBIDDEN:
        raise forbidden(code)
    if request.version not in (None, access.state.version):
        raise precondition(access.state.version)


async def foresee(session: AsyncSession, request: CommandRequest) -> int:
    """Check the request without saving anything; return the report's version that was checked.

    Raises the problem that `execute` would raise, as far as it can be known without asking the
    report's run.
    """
    access = await access_to(session, request.principal, request.number, request.action)
    details, code = await _details(session, request, access)
    command = _command(request, access, details)
    if outcome := _refused_at_once(access.state, command, code):
        raise _problem_of(outcome)
    return access.state.version


def outcome_of(row: CommandRow) -> Outcome | None:
    """The outcome in a command's row; None while the command waits."""
    if row.done is None or row.version is None or row.status is None:
        return None
    return Outcome(
        command_id=row.id,
        done=row.done,
        version=row.version,
        status=row.status,
        refusal=row.refusal,
    )


_Command = tuple[Command, ReportState, Outcome | None]
_FORBIDDEN = frozenset({"not_authorised", "own_request", "not_the_asker"})
_ROWS = select(CommandRow).where(col(CommandRow.id).in_(bindparam("ids", expanding=True)))
_BY_ACTING = RequestKind.NOT_AUTHORITY
_REQUEST_ENDED = "no_such_request"


async def _problem(database: Database, request: CommandRequest, outcome: Outcome) -> Problem:
    """The problem for a refusal.

    412 for a past version, 403 for missing authority, otherwise 409: with the report's status, or
    with the person who has decided the request.
    """
    if outcome.refusal == _REQUEST_ENDED and request.request_id is not None:
        async with database.session() as session:
            ended = await ended_request(session, request.number, request.request_id)
        return ended.problem if ended else not_found("request_unknown")
    return _problem_of(outcome)


def _problem_of(outcome: Outcome) -> Problem:
    code = outcome.refusal or "refused"
    if code == VERSION_CHANGED:
        return precondition(outcome.version)
    if code in _FORBIDDEN:
        return forbidden(code)
    return conflict(code, members={"report_status": outcome.status, "version": outcome.version})


async def _existing_or_new(database: Database, request: CommandRequest) -> _Command:
    """The command that was made with this key before, or else a new one.

    An identical request may make it at the same moment; then that one counts. A person who may not
    read the report gets a 404, also for earlier commands.
    """
    try:
        async with database.session() as session:
            access = await access_to(session, request.principal, request.number, request.action)
            known = await _existing(session, request, access)
            return known or await _save(session, request, access)
    except IntegrityError:
        async with database.session() as session:
            access = await access_to(session, request.principal, request.number, request.action)
            twin = await _existing(session, request, access)
        if twin is None:
            raise
        return twin


async def _existing(
    session: AsyncSession, request: CommandRequest, access: ReportAccess
) -> _Command | None:
    """The command made with this key before, whatever authority and status say now."""
    row = await _row(session, request, access)
    if row is None:
        return None
    if not _asks_the_same(request, row):
        raise conflict("idempotency_key_reused")
    return Command.model_validate(row.body), access.state, outcome_of(row)


def _asks_the_same(request: CommandRequest, row: CommandRow) -> bool:
    """Whether the request asks for the same as the row.

    If the row has no digest, or one of another length from an earlier release, only the report and
    the action are compared.
    """
    digest = request.digest
    if row.digest is not None and len(row.digest) == len(digest):
        return row.digest == digest
    return (row.number, row.action) == (request.number, request.action)


async def _row(
    session: AsyncSession, request: CommandRequest, access: ReportAccess
) -> CommandRow | None:
    """The command that this person made with the key.

    Rows from the time when the key itself was the id, and no digest was stored, are found too.
    """
    either = {"ids": [request.id, request.key]}
    rows = {row.id: row for row in (await session.execute(_ROWS, either)).scalars()}
    if row := rows.get(request.id):
        return row
    row = rows.get(request.key)
    if row is None or row.digest is not None:
        return None
    actor = Actor.model_validate(row.body["actor"])
    sender = access.actor
    stored = (row.number, row.action, actor.kind, actor.staff_id, actor.system)
    sent = (request.number, request.action, sender.kind, sender.staff_id, sender.system)
    return row if stored == sent else None


async def _save(session: AsyncSession, request: CommandRequest, access: ReportAccess) -> _Command:
    details, code = await _details(session, request, access)
    command = _command(request, access, details)
    outcome = _refused_at_once(access.state, command, code)
    session.add(_row_of(request, command, outcome))
    await session.flush()
    # A person without authority over it has written nothing that needs to be kept.
    if outcome is None or outcome.refusal not in _FORBIDDEN:
        await request.handler.save(session, command, request)
    return command, access.state, outcome


def _command(request: CommandRequest, access: ReportAccess, details: CommandFields) -> Command:
    if misspelled := details.keys() - Command.model_fields.keys():
        raise TypeError(f"a command has no {sorted(misspelled)}")  # it would be left out silently
    return Command(
        id=request.id,
        number=request.number,
        action=request.action,
        actor=access.actor,
        capacities=access.capacities_for(details.get("request_id")),
        at=now(),
        handler_seen=access.state.handler_id,
        version_seen=request.version,
        stored_version=access.state.version,
        identity=access.state.identity,
        **details,
    )


def _row_of(request: CommandRequest, command: Command, outcome: Outcome | None) -> CommandRow:
    return CommandRow(
        id=command.id,
        number=command.number,
        action=command.action,
        at=command.at,
        body=command.model_dump(mode="json"),
        digest=request.digest,
        done=outcome.done if outcome else None,
        version=outcome.version if outcome else None,
        status=outcome.status if outcome else None,
        refusal=outcome.refusal if outcome else None,
    )


async def _details(
    session: AsyncSession, request: CommandRequest, access: ReportAccess
) -> tuple[CommandFields, str | None]:
    """The command's fields, and the refusal's code if there can be none.

    A refusal is an outcome and is stored, whichever check finds it. Other problems are raised: the
    person can correct the request.
    """
    state = access.state
    details: dict[str, Any] = {}
    try:
        if request.version not in (None, state.version):
            raise Refused(VERSION_CHANGED)
        if request.request_id is not None:
            # An ended request is refused as ended, and not because nobody may decide it any more.
            pending = await _pending(session, request, state)
            access = replace(access, request=pending)
            details["request_id"] = pending.id
        # What the table refuses is refused with the table's code, before the details are looked up.
        if code := refusal(state, request.action, access.capacities):
            raise Refused(code)
        return details | await request.handler.prepare(session, access, request.form), None
    except Refused as no:
        return {}, no.code
    except Problem as problem:
        if problem.status != 409:
            raise
        return {}, problem.code


async def _pending(
    session: AsyncSession, request: CommandRequest, state: ReportState
) -> PendingRequest:
    """The request to be decided.

    Raises `Refused` if it has ended or is accepted by another action, 404 if there never was one.
    """
    assert request.request_id is not None
    if pending := state.request(request.request_id):
        if request.action is Action.ACCEPT_REQUEST and pending.kind is _BY_ACTING:
            raise Refused("accept_by_acting")
        return pending
    if await ended_request(session, request.number, request.request_id) is None:
        raise not_found("request_unknown")
    raise Refused(_REQUEST_ENDED)


def _refused_at_once(state: ReportState, command: Command, code: str | None) -> Outcome | None:
    """The refusal of a command that is already illegal, without starting a run; else None.

    The reason is `code`, or comes from the table.
    """
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
