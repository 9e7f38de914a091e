"""Submissions that come at the same time: counted, looked up and accepted together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from services.intake.accepting.acceptance import Acceptance
from services.intake.accepting.new_report import Accepted, NewReport
from services.intake.references import NOTHING, Found, look_up, named_in, refuse_unknown
from services.intake.report_form import ReportForm
from shared.batcher import Batcher, answered
from shared.database.engine import Database, LastingConnection
from shared.http.limits import RateLimits, Use
from shared.http.problems import Problem, too_many

Outcome = Accepted | Exception
LANES = 2
"""Batches at a time. With one, intake and Postgres waited for each other, each half of the time."""


@dataclass(frozen=True)
class Arrival:
    """A report as it comes in. What `form` names is still to be looked up (None: it has been);
    `use` is to be counted (None: it has been)."""

    report: NewReport
    form: ReportForm | None = None
    use: Use | None = None


class Arrivals:
    """Takes in what comes at the same time by few statements, with one commit for all, on
    connections of its own. Each report exists when its answer is given.

    Raises `DifferentContent`, and the problems: 429 beyond the limit, 422 for what a form names and
    is not there.
    """

    def __init__(self, database: Database, limits: RateLimits, acceptance: Acceptance) -> None:
        self._idle = [database.lasting() for _ in range(LANES)]
        self._limits = limits
        self._acceptance = acceptance
        self._batcher = Batcher(self._together, lanes=LANES)

    async def accept(self, arrival: Arrival) -> Accepted:
        """The answer to this one."""
        return await self._batcher.ask(arrival)

    async def _together(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        connection = self._idle.pop()
        try:
            return await self._on(connection, arrivals)
        finally:
            self._idle.append(connection)

    async def _on(
        self, connection: LastingConnection, arrivals: Sequence[Arrival]
    ) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        to_count = {index: use for index, arrival in enumerate(arrivals) if (use := arrival.use)}
        if to_count:
            session = await connection.get()
            waits = await self._limits.count(session, list(to_count.values()))
            for index, wait in zip(to_count, waits, strict=True):
                if wait is not None:
                    outcomes[index] = too_many(wait)
        # Whatever one of the others meets, each has been counted once.
        rest = [index for index in range(len(arrivals)) if index not in outcomes]
        accepting = partial(self._accept, connection)
        accepted = await answered(accepting, [arrivals[index] for index in rest])
        outcomes |= zip(rest, accepted, strict=True)
        return [outcomes[index] for index in range(len(arrivals))]

    async def _accept(
        self, connection: LastingConnection, arrivals: Sequence[Arrival]
    ) -> list[Outcome]:
        session = await connection.get()
        named = [
            NOTHING if arrival.form is None else named_in(arrival.form) for arrival in arrivals
        ]
        ids_of: list[Found] = [NOTHING] * len(arrivals)
        if any(names != NOTHING for names in named):
            ids_of = await look_up(session, named)
        outcomes: dict[int, Outcome] = {}
        reports: dict[int, NewReport] = {}
        for index, (arrival, ids) in enumerate(zip(arrivals, ids_of, strict=True)):
            try:
                reports[index] = _checked(arrival, ids)
            except Problem as unknown:
                outcomes[index] = unknown
        order = sorted(reports, key=lambda index: reports[index].own_key)
        accepted = await self._acceptance.accept_many(session, [reports[i] for i in order])
        outcomes |= zip(order, accepted, strict=True)
        return [outcomes[index] for index in range(len(arrivals))]


def _checked(arrival: Arrival, ids: Found) -> NewReport:
    if arrival.form is None:
        return arrival.report
    refuse_unknown(arrival.form, ids)
    addressee_id, category_id = ids
    return replace(arrival.report, addressee_id=addressee_id, category_id=category_id)
