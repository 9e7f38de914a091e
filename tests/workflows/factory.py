"""Accepted reports and commands, as intake and the services would write them."""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import text

from shared.bus.report_events import report_message
from shared.database.engine import Database, raw
from shared.database.policy_in_force import ProcessTime
from shared.lifecycle import clocks
from shared.lifecycle.actions import Action, Classification, FollowUpKind
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command, Handing
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import Actor, ActorKind
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import TAB_OF, Status
from tests.workflows.country import CAPACITIES, DINAS, PATHS, PROVINCE, PROVINCE_ADMIN

_NUMBERS = itertools.count(10_000_021)
"""Never the same twice: tests share a Temporal server."""


@dataclass
class Reports:
    """Accepts reports and saves commands, on one database."""

    database: Database
    times: ProcessTime = field(default_factory=ProcessTime)

    async def accept(
        self,
        *,
        at: datetime | None = None,
        handler: int = PROVINCE,
        zone: Zone = Zone.WIB,
        classification: Classification | None = Classification.COMPLAINT,
        priority: bool = False,
        system: str | None = None,
        number: int | None = None,
        identity: uuid.UUID | None = None,
    ) -> ReportState:
        """A report as intake accepts it: version 1, unverified, its clock running from `at`."""
        at = at or datetime.now(UTC)
        number = number or next(_NUMBERS)
        async with self.database.session() as session:
            await self.times.refresh(session)
            policy = self.times.policy(PATHS[handler], at)
            length = policy.length(ClockKind.VERIFICATION, None)
            state = ReportState(
                number=number,
                identity=identity or uuid.uuid4(),
                version=1,
                entries=1,
                step_id="submit",
                last_step_at=at,
                status=Status.UNVERIFIED,
                chain=(handler,),
                zone=zone,
                channel="partner" if system else "website",
                system=system,
                classification=classification,
                priority=priority,
                submitted_at=at,
                clocks=(
                    clocks.start(
                        ClockKind.VERIFICATION,
                        length,
                        at,
                        zone,
                        self.times.calendar,
                        policy.version,
                        number,
                    ),
                ),
            )
            await _insert(await raw(session), state)
        return state

    async def command(
        self, state: ReportState, action: Action, actor: Actor, at: datetime, **details: Any
    ) -> Command:
        """A command as a service saves it: committed, not yet sent."""
        command = make_command(state, action, actor, at, **details)
        await self.save(command)
        return command

    async def save(self, command: Command) -> None:
        async with self.database.session() as session:
            connection = await raw(session)
            await connection.execute(
                "INSERT INTO lifecycle.command (id, number, action, at, body)"
                " VALUES (%s, %s, %s, %s, %s)",
                (
                    command.id,
                    command.number,
                    command.action,
                    command.at,
                    Jsonb(command.model_dump(mode="json")),
                ),
            )

    async def state(self, number: int) -> ReportState:
        """The stored state."""
        stored = await self.value("SELECT state FROM lifecycle.report WHERE number = :n", n=number)
        return ReportState.model_validate(stored)

    async def lose(self, number: int) -> None:
        """What a restored backup does not have: the report and all that was written of it."""
        async with self.database.session() as session:
            connection = await raw(session)
            for table in ("history", "command", "outbox", "request", "report_text", "report"):
                await connection.execute(f"DELETE FROM lifecycle.{table} WHERE number = {number}")  # noqa: S608

    async def value(self, query: str, **values: Any) -> Any:
        async with self.database.session() as session:
            return (await session.execute(text(query), values)).scalar_one_or_none()

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.database.session() as session:
            return list((await session.execute(text(query), values)).all())

    async def history(self, number: int) -> list[Any]:
        return await self.rows(
            "SELECT * FROM lifecycle.history WHERE number = :n ORDER BY entry", n=number
        )

    async def events(self, number: int) -> list[dict[str, Any]]:
        """The data of the report's events, in the outbox's order."""
        bodies = await self.rows(
            "SELECT body FROM lifecycle.outbox WHERE number = :n AND subject LIKE"
            " 'lapor.v1.report.%' ORDER BY id",
            n=number,
        )
        return [orjson.loads(row.body)["data"] for row in bodies]

    async def close_days(self, *days: Any) -> None:
        async with self.database.session() as session:
            connection = await raw(session)
            for day in days:
                await connection.execute(
                    "INSERT INTO routing.closed_day (day, name) VALUES (%s, 'libur')", (day,)
                )

    async def set_policy(self, body: dict[str, Any], agency_id: int | None = None) -> None:
        async with self.database.session() as session:
            connection = await raw(session)
            await connection.execute(
                "INSERT INTO routing.policy (agency_id, body, valid_from) VALUES (%s, %s, %s)",
                (agency_id, Jsonb(body), datetime(2020, 1, 1, tzinfo=UTC)),
            )


def make_command(
    state: ReportState, action: Action, actor: Actor, at: datetime, **details: Any
) -> Command:
    """A command by somebody in the usual capacity towards reports of the dinas or province."""
    capacities = set(CAPACITIES[actor]) | details.pop("also", set())
    if actor is PROVINCE_ADMIN and len(state.chain) > 1 and details.get("request_id"):
        capacities.add(Capacity.DECIDER)
    return Command(
        id=uuid.uuid4(),
        number=state.number,
        action=action,
        actor=actor,
        capacities=frozenset(capacities),
        at=at,
        handler_seen=details.pop("handler_seen", state.handler_id),
        stored_version=state.version,
        identity=state.identity,
        **{**_defaults(state, action), **details},
    )


def _defaults(state: ReportState, action: Action) -> dict[str, Any]:
    to_dinas = Handing(chain=(PROVINCE, DINAS), zone=state.zone)
    if action is Action.VERIFY:
        return {
            "handing": to_dinas,
            "classification": Classification.COMPLAINT_WITHOUT_OVERSIGHT,
        }
    return {}


async def _insert(connection: psycopg.AsyncConnection[Any], state: ReportState) -> None:
    await connection.execute(
        "INSERT INTO lifecycle.report (number, identity, version, status, tab, handler_id,"
        " chain, channel, classification, anonymous, secret, priority, held, overdue, due_at,"
        " submitted_at, last_step_at, system, external_id, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, false, false, %s,"
        " false, false, %s, %s, %s, %s, %s, %s)",
        (
            state.number,
            state.identity,
            1,
            state.status,
            TAB_OF[state.status],
            state.handler_id,
            list(state.chain),
            state.channel,
            state.classification,
            state.priority,
            state.due_at,
            state.submitted_at,
            state.last_step_at,
            state.system,
            f"ext-{state.number}" if state.system else None,
            state.model_dump_json(),
        ),
    )
    await connection.execute(
        "INSERT INTO lifecycle.report_text (number, original_title, original_body)"
        " VALUES (%s, 'Jalan rusak', 'Jalan di depan rumah rusak')",
        (state.number,),
    )
    await connection.execute(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind,"
        " from_status, to_status, visibility, details)"
        " VALUES (%s, 1, 1, %s, 'submit', 'reporter', NULL, %s, 'public', '{}')",
        (state.number, state.submitted_at, state.status),
    )
    message = report_message(
        ReportEvent(
            number=state.number,
            version=1,
            event="submitted",
            action=Action.SUBMIT,
            actor_kind=ActorKind.REPORTER,
            at=state.submitted_at,
            from_status=None,
            status=state.status,
            tab=TAB_OF[state.status],
            handler_id=state.handler_id,
            chain=state.chain,
            copies=(),
            channel=state.channel,
            system=state.system,
            held=False,
            overdue=False,
            due_at=state.due_at,
            auto_close_at=None,
            details={},
        ),
        state.identity,
    )
    await connection.execute(
        "INSERT INTO lifecycle.outbox (number, subject, message_id, headers, body)"
        " VALUES (%s, %s, %s, %s, %s)",
        (
            state.number,
            message.subject,
            message.message_id,
            Jsonb(message.headers),
            message.body,
        ),
    )


FOLLOW_UP = {"follow_up_kind": FollowUpKind.FOLLOW_UP}
INITIAL_RESPONSE = {"follow_up_kind": FollowUpKind.INITIAL_RESPONSE}
DAY = timedelta(days=1)
