"""The process times in force, from the data that pusat maintains: working calendar and policy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from shared.database.views import ClosedDayEntry, PolicyEntry
from shared.lifecycle.calendar import WorkingCalendar
from shared.lifecycle.policy import NATIONAL_DEFAULT, Policy

Connection = AsyncConnection | AsyncSession

PROCESS_TIME_MARK: Final = """
SELECT coalesce((SELECT max(version) FROM routing.published_policy), 0) || '/'
    || (SELECT count(*) || '/' || coalesce(sum(hashint4(day - DATE '2000-01-01')), 0)
        FROM routing.published_closed_day)
"""
"""A query for one short text that changes whenever the calendar or a policy does. Written by hand,
because every acceptance sends it (through psycopg only, in one exchange)."""

CALENDAR_MARK: Final = """
SELECT coalesce(md5(string_agg(day::text, ',' ORDER BY day)), '') FROM routing.published_closed_day
"""
"""A query for one short text that identifies the present closed days."""


async def load_calendar(connection: Connection) -> WorkingCalendar:
    """The working calendar at this moment."""
    days = await connection.execute(select(col(ClosedDayEntry.day)))
    return WorkingCalendar(frozenset(days.scalars()))


async def load_policy(connection: Connection, handler_path: Sequence[int], at: datetime) -> Policy:
    """The policy in force at `at` for the last agency of the path (root first)."""
    return _policy(_levels(await _policies(connection), handler_path, at))


class ProcessTime:
    """Calendar and policies of one database, read again only when they have changed."""

    def __init__(self) -> None:
        self._mark = ""
        self._calendar = WorkingCalendar(frozenset())
        self._policies: list[_Row] = []
        self._merged: dict[tuple[int, ...], Policy] = {}

    async def at_mark(self, connection: Connection, mark: str) -> None:
        """Reload if `PROCESS_TIME_MARK`, read in the same transaction, has changed."""
        if mark != self._mark:
            calendar = await load_calendar(connection)
            policies = await _policies(connection)
            self._calendar, self._policies, self._mark = calendar, policies, mark
            self._merged = {}

    async def refresh(self, connection: Connection) -> None:
        """Check whether anything has changed, by one short query, and reload."""
        mark = (await connection.execute(text(PROCESS_TIME_MARK))).scalar_one()
        await self.at_mark(connection, mark)

    @property
    def calendar(self) -> WorkingCalendar:
        return self._calendar

    def policy(self, handler_path: Sequence[int], at: datetime) -> Policy:
        """The policy in force at `at` for the last agency of the path (root first)."""
        levels = _levels(self._policies, handler_path, at)
        versions = tuple(version for version, _ in levels)
        if versions not in self._merged:
            self._merged[versions] = _policy(levels)
        return self._merged[versions]


_Level = tuple[int, dict[str, Any]]
_Row = tuple[int, int | None, dict[str, Any], datetime]


async def _policies(connection: Connection) -> "list[_Row]":
    version = col(PolicyEntry.version)
    policy_columns = col(PolicyEntry.agency_id), col(PolicyEntry.body)
    policies = select(version, *policy_columns, col(PolicyEntry.valid_from)).order_by(version)
    return [tuple(row) for row in await connection.execute(policies)]


def _levels(rows: "Sequence[_Row]", handler_path: Sequence[int], at: datetime) -> "list[_Level]":
    """The version and body of the policies that count, the national one first, the handler's last.

    A later version replaces an earlier one of the same agency completely.
    """
    latest: dict[int | None, _Level] = {}
    for version, agency_id, body, valid_from in rows:
        if valid_from <= at:
            latest[agency_id] = (version, body)
    return [latest[level] for level in (None, *handler_path) if level in latest]


def _policy(levels: "Sequence[_Level]") -> Policy:
    """The national lengths, overridden by the agencies from the root down to the handler."""
    if not levels:
        return NATIONAL_DEFAULT
    merged = NATIONAL_DEFAULT.model_dump(mode="json")
    for _, body in levels:
        settlement = {**merged["settlement"], **body.get("settlement", {})}
        merged |= {**body, "settlement": settlement}
    return Policy.model_validate({**merged, "version": max(version for version, _ in levels)})
