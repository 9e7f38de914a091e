"""Requests for many commands: what may be requested, what would be refused, and saving it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from shared.bulk_commands import MOST
from shared.bulk_commands.tables import BulkCommand, BulkItem
from shared.command_requests import execute
from shared.command_requests.command_request import CommandHandler, CommandRequest, command_id
from shared.database.engine import Database
from shared.http.idempotency import asker_of
from shared.http.problems import Problem, conflict
from shared.http.tokens import Staff
from shared.values.words import Form


@dataclass(frozen=True)
class BulkKind:
    """An action that can be done to many reports, as it is offered for one."""

    name: str
    handler: CommandHandler[Any]
    most: int = MOST

    def request(
        self, staff: Staff, bulk_id: UUID, number: int, form: Form, version: int | None = None
    ) -> CommandRequest:
        """The command of one report, for `version` if it is given.

        Its key follows from the bulk command, so that a repeated request is the same command.
        """
        key = uuid5(bulk_id, str(number))
        return self.handler.asked(staff, number, form, key, version=version)


async def save_bulk(
    session: AsyncSession,
    staff: Staff,
    service: str,
    kind: BulkKind,
    numbers: Sequence[int],
    form: Form,
    key: UUID,
    versions: Mapping[int, int] = MappingProxyType({}),
) -> UUID:
    """Save a bulk command, to be carried out after the commit; return its id.

    The same key from the same person saves nothing new; 409 if it asks for something else.
    `versions` are the versions that were seen, by number.
    """
    numbers = list(dict.fromkeys(numbers))
    bulk: dict[str, Any] = {
        "id": command_id(asker_of(staff), key),
        "service": service,
        "kind": kind.name,
        "staff_id": staff.id,
        "form": form.model_dump(mode="json", exclude_unset=True),
        "total": len(numbers),
    }
    bulk_id: UUID = bulk["id"]
    # If it is sent twice at the same moment, the second waits here for the first.
    new = insert(BulkCommand).values(bulk).on_conflict_do_nothing().returning(col(BulkCommand.id))
    if (await session.execute(new)).one_or_none() is None:
        if not await _is_same(session, bulk, numbers):
            raise conflict("idempotency_key_reused")
        return bulk_id
    session.add_all(
        BulkItem(bulk_id=bulk_id, number=number, position=position, version=versions.get(number))
        for position, number in enumerate(numbers)
    )
    return bulk_id


async def _is_same(session: AsyncSession, bulk: Mapping[str, Any], numbers: list[int]) -> bool:
    """Whether the bulk command saved under this id has the same kind, words and reports."""
    known = await session.get_one(BulkCommand, bulk["id"])
    if any(getattr(known, name) != bulk[name] for name in ("service", "kind", "form")):
        return False
    items = select(BulkItem.number).where(col(BulkItem.bulk_id) == known.id)
    return sorted((await session.execute(items)).scalars()) == sorted(numbers)


async def foresee(
    database: Database, staff: Staff, kind: BulkKind, number: int, form: Form, bulk_id: UUID
) -> tuple[int | None, str | None]:
    """The report's present version, or the code of why its command would be refused.

    Nothing is saved.
    """
    request = kind.request(staff, bulk_id, number, form)
    try:
        async with database.session() as session:
            return await execute.foresee(session, request), None
    except Problem as problem:
        return None, reason_of(problem)


def reason_of(problem: Problem) -> str:
    """The most specific code: that of the first field with an error, or the problem's."""
    return problem.errors[0].code if problem.errors else problem.code
