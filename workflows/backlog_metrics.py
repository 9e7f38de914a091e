"""Metrics of what waits: they show whether reports, commands and messages make progress."""

from dataclasses import dataclass

from prometheus_client import Gauge
from sqlalchemy import TextClause, text

from shared.database.engine import Database
from shared.resilience.periodic import by_itself
from shared.telemetry import registry

MOST = 100_000
"""The most rows that are counted: a larger number would tell nothing more."""


@dataclass
class Measuring:
    """Measures what waits in Postgres; the gauges keep the last measurement."""

    database: Database

    async def once(self) -> None:
        """Measure once."""
        for what, query in _QUERIES.items():
            await by_itself("measuring", what, self._measure(what, query))
        await by_itself("measuring", "dead letters", self._measure_dead_letters())

    async def _measure(self, what: str, query: TextClause) -> None:
        async with self.database.autocommit() as connection:
            row = (await connection.execute(query, {"most": MOST})).one()
        _waiting.labels(what).set(row.number)
        _oldest.labels(what).set(row.seconds or 0)

    async def _measure_dead_letters(self) -> None:
        async with self.database.autocommit() as connection:
            rows = (await connection.execute(_DEAD_LETTERS, {"most": MOST})).all()
        _dead_letters.clear()
        for row in rows:
            _dead_letters.labels(row.system).set(row.number)


_waiting = Gauge(
    "lapor_waiting",
    "What waits: outbox rows for NATS, commands for an outcome, reports for their "
    "run, dead letters for a review",
    ["what"],
    registry=registry,
)
_oldest = Gauge(
    "lapor_waiting_oldest_seconds",
    "For how long the oldest has waited",
    ["what"],
    registry=registry,
)
_dead_letters = Gauge(
    "lapor_dead_letters",
    "Messages that could not be handled and were not reviewed yet, by the partner "
    "that sent them; our own have no partner",
    ["system"],
    registry=registry,
)


def _query(since: str, rows: str) -> str:
    return (
        "SELECT count(*) AS number,"  # noqa: S608 - the names are below
        " extract(epoch FROM clock_timestamp() - min(since)) AS seconds"
        f" FROM (SELECT {since} AS since FROM {rows} LIMIT :most) AS waiting"
    )


_QUERIES = {
    what: text(_query(since, rows))
    for what, since, rows in (
        ("outbox", "created_at", "lifecycle.outbox"),
        ("commands", "at", "lifecycle.command WHERE done IS NULL"),
        ("launches", "submitted_at", "lifecycle.report WHERE launched_at IS NULL"),
        ("dead_letters", "received_at", "lifecycle.dead_letter WHERE NOT resolved"),
    )
}
_DEAD_LETTERS = text(
    "SELECT coalesce(system, '') AS system, count(*) AS number"
    " FROM (SELECT system FROM lifecycle.dead_letter WHERE NOT resolved LIMIT :most) AS waiting"
    " GROUP BY 1"
)
