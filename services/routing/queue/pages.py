"""One page of a queue: its report numbers, by one index probe per handler and tab."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.by_contact import ContactFinder
from services.routing.queue.filters import (
    DISPOSED,
    THROWN,
    QueueQuery,
    QueueTab,
    conditions,
)
from services.routing.queue.handlers import (
    agency_asked_for,
    handlers_below,
    is_root,
    monitored,
    requests_waiting,
)
from services.routing.queue.ordering import Ordering, cursor_after, ordering
from services.routing.queue.searching import Found, Source, search
from services.routing.stand_ins import stood_in_for
from shared.command_requests.directory import agency
from shared.database.engine import plan_each_time
from shared.http.problems import FieldError, validation
from shared.http.tokens import Staff
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import Tab
from shared.owed.responsibilities import DECIDING, handlers_of
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.values.report_numbers import number_in, numbers_in

PROBES: Final = 1_000
"""Most index probes (one for each handler and tab) made at once; before more, `NEWEST` is tried."""
NEWEST: Final = 20_000
"""How many of the newest reports are read first; this takes some milliseconds."""


class Place(NamedTuple):
    """A report's place in the order; only its number where the newest come first."""

    number: int
    priority: bool = False
    due_at: datetime | None = None


async def page_of(
    session: AsyncSession,
    staff: Staff,
    query: QueueQuery,
    cipher: IdentityCipher,
    index: BlindIndex,
) -> Found:
    """The numbers of one page, and the cursor of the next if there is one."""
    if query.sub is not None and query.tab is not QueueTab.DISPOSED:
        raise validation(FieldError("sub", "tab_has_no_sub"))
    agency_id = await agency_asked_for(session, staff, query.agency)
    overseer = staff.role.only_reads
    if overseer and query.q is not None and not _names_reports(query.q):
        # A search would reveal words that only the original has, such as a signature.
        raise validation(FieldError("q", "number_alone"))
    if overseer:
        query = query.model_copy(update={"order": "newest"})
    source = await _source(session, agency_id, query)
    own = await agency(session, staff.agency_id)
    zone = own.zone if own else Zone.WIB
    mine = await stood_in_for(session, staff.id) if query.assigned_to_me else ()
    filters, parameters = conditions(query, agency_id, mine, zone, staff.role)
    await plan_each_time(session)  # the best plan differs with how much it has handed down
    if query.q is not None:
        finder = None if overseer else ContactFinder(staff, index, cipher)
        wider = await _of_numbers(session, agency_id, query)
        return await search(session, source, query, filters, parameters, finder, wider)
    order = ordering(query.ordered_by, query.cursor, cipher)
    where = [*source.conditions, *filters]
    if source.tabs is None or query.linked:  # few: probes would read whole handlers in vain
        statement = _plain([source.belongs, *filters], order)
    else:
        statement = (_of_tabs if source.everywhere else _probing)(where, order)
    parameters |= source.parameters | order.parameters | {"limit": query.limit + 1}
    rows: list[Place] = []
    if query.ordered_by == "newest" and source.probes > PROBES:
        newest = text(_among_the_newest([source.belongs, *filters], order))
        rows = [Place(*row) for row in await session.execute(newest, parameters)]
    if len(rows) <= query.limit:
        rows = [Place(*row) for row in await session.execute(text(statement), parameters)]
    page = rows[: query.limit]
    more = len(rows) > query.limit
    next_page = cursor_after(query.ordered_by, cipher, *page[-1]) if more else None
    return Found([place.number for place in page], next_page)


async def _source(session: AsyncSession, agency_id: int, query: QueueQuery) -> Source:
    match query.tab:
        case QueueTab.THROWN:
            return await _handed_down(session, agency_id, query.within(THROWN))
        case QueueTab.DISPOSED:
            disposed = (Tab(query.sub),) if query.sub else DISPOSED
            return await _handed_down(session, agency_id, query.within(disposed))
        case QueueTab.REQUESTS:
            deciding = await requests_waiting(session, agency_id, below=query.scope == "below")
            numbers = _REQUESTED.format(deciding.condition)
            return Source.of_numbers(numbers, deciding.parameters)
        case QueueTab.COPIES:
            below = query.scope == "below"
            readers = await monitored(session, agency_id) if below else [agency_id]
            if readers is None:
                return Source.of_numbers(_COPIED, {})
            return Source.of_numbers(_COPIED_TO, {"agencies": readers})
        case QueueTab.ALL:
            agencies = await _agencies(session, agency_id, query, DECIDING)
            return Source.of_tabs(query.within(tuple(Tab)), agencies)
        case _:
            tab = Tab(query.tab)
            agencies = await _agencies(session, agency_id, query, (tab,))
            return Source.of_tabs(query.within((tab,)), agencies)


async def _of_numbers(session: AsyncSession, agency_id: int, query: QueueQuery) -> Source | None:
    """Where a number is looked for in a search over all of one's own reports: with all agencies
    below, which the person may read, including what was handed down. A person who has a number
    wants exactly that report."""
    if query.tab is not QueueTab.ALL or query.scope != "own" or not _names_reports(query.q or ""):
        return None
    return await _source(session, agency_id, query.model_copy(update={"scope": "below"}))


def _names_reports(words: str) -> bool:
    return bool(numbers_in(words)) or number_in(words) is not None


async def _agencies(
    session: AsyncSession, agency_id: int, query: QueueQuery, tabs: Sequence[Tab]
) -> list[int] | None:
    if query.scope == "below":
        return await monitored(session, agency_id)
    return await handlers_of(session, agency_id, tabs)


async def _handed_down(session: AsyncSession, agency_id: int, tabs: Sequence[Tab]) -> Source:
    """Reports with the agency in their chain that an agency below it handles now."""
    if await is_root(session, agency_id):
        return Source.of_tabs(tabs, None, [HANDED_DOWN, NOT_OWN], giver=[agency_id])
    below = await handlers_below(session, agency_id)
    return Source.of_tabs(tabs, below, [HANDED_DOWN], giver=[agency_id])


def _probing(where: Sequence[str], order: Ordering) -> str:
    """The first reports of each handler from the index, merged; a subtree is never scanned.

    Only handlers whose own first report is among the first of all can appear on the page. So
    thousands of handlers are asked for one report each, and only a page's worth of them for more.
    """
    tabs = "unnest(CAST(:tabs AS text[])) AS t (tab)"
    first, more = _probes(where, order, "1"), _probes(where, order, ":limit")
    return (
        "WITH near AS MATERIALIZED ("  # noqa: S608
        f" SELECT h.id, {order.columns}"
        f" FROM unnest(CAST(:agencies AS int[])) AS h (id), {tabs}, LATERAL ({first}) r"
        f" ORDER BY {order.by} LIMIT :limit"
        f") SELECT {order.columns}"
        f" FROM (SELECT DISTINCT id FROM near) h, {tabs}, LATERAL ({more}) r"
        f" ORDER BY {order.by} LIMIT :limit"
    )


def _among_the_newest(where: Sequence[str], order: Ordering) -> str:
    """Replaces `_probing` for thousands of agencies, where the newest reports fill the page: with
    so many agencies below, some of the latest reports are theirs."""
    return (
        f"SELECT {order.columns} FROM lifecycle.report r"  # noqa: S608
        f" WHERE {' AND '.join([*where, *order.slices])} AND r.number > ("
        f"  SELECT max(r.number) - {NEWEST} FROM lifecycle.report r WHERE {order.slices[0]})"
        f" ORDER BY {order.by} LIMIT :limit"
    )


def _of_tabs(where: Sequence[str], order: Ordering) -> str:
    """The first reports of each tab from the index, whoever handles them, merged."""
    return (
        f"SELECT {order.columns} FROM unnest(CAST(:tabs AS text[])) AS t (tab),"  # noqa: S608
        f" LATERAL ({_firsts(['r.tab = t.tab', *where], order, ':limit')}) r"
        f" ORDER BY {order.by} LIMIT :limit"
    )


def _probes(where: Sequence[str], order: Ordering, limit: str) -> str:
    """The first reports of handler `h` in tab `t`, from each slice."""
    return _firsts(["r.handler_id = h.id", "r.tab = t.tab", *where], order, limit)


def _firsts(where: Sequence[str], order: Ordering, limit: str) -> str:
    conditions_of_all = " AND ".join(where)
    return " UNION ALL ".join(
        f"(SELECT {order.columns} FROM lifecycle.report r"  # noqa: S608
        f" WHERE {conditions_of_all} AND {part} ORDER BY {order.by} LIMIT {limit})"
        for part in order.slices
    )


def _plain(where: Sequence[str], order: Ordering) -> str:
    parts = [*where, f"({' OR '.join(order.slices)})"]
    return (
        f"SELECT {order.columns} FROM lifecycle.report r"  # noqa: S608
        f" WHERE {' AND '.join(parts)} ORDER BY {order.by} LIMIT :limit"
    )


HANDED_DOWN = "r.chain @> CAST(:giver AS bigint[])"
NOT_OWN = "r.handler_id <> ALL (CAST(:giver AS bigint[]))"
_REQUESTED = "SELECT q.number FROM lifecycle.request q WHERE {}"
_COPIED = "SELECT q.number FROM lifecycle.copy q"
_COPIED_TO = f"{_COPIED} WHERE q.agency_id = ANY (CAST(:agencies AS int[]))"
