"""The desk of officers and admins at size: pages of the panel over HTTP, what they ask services
for, and agencies as one types."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from urllib.parse import urlencode

import psycopg

from benchmarks.desk_pages import AGENCIES, PAGES, WHO, Asked
from benchmarks.desk_stacks import Desk, sit_down
from benchmarks.figures import Aim, Figure, at_most
from benchmarks.http import Connection
from benchmarks.measuring import Once, Run, quantile, seconds_of
from benchmarks.part import Size
from benchmarks.run import say
from benchmarks.stack import Stack
from benchmarks.two_sizes import TwoSizes

PAGE, AGENCY = at_most(150, "ms"), at_most(50, "ms")
WARMING = 2


async def desk(sizes: TwoSizes, size: Size) -> list[Figure]:
    """Of each page and who asks for it the p95 and the p50, and how many calls it makes."""
    figures = []
    stacks = (sizes.small, sizes.large)
    for who, username in WHO.items():
        known = [await _known(stack, username) for stack in stacks]
        say(f"the desk of {who}")
        for what, asked in PAGES.items():
            filled = [asked.filled(who, numbers) for numbers in known]
            if who in asked.who and None not in filled:
                desks = [await sit_down(sizes, stack, username) for stack in stacks]
                pages = [_page(at, *page) for at, page in zip(desks, filled, strict=True) if page]
                figures += await _times(sizes, f"{what}, {who}", pages, size.of(40, 10, 1), PAGE)
                figures.append(await _calls(desks[1], pages[1], f"{what}, {who}", asked))
    return figures


async def agencies(sizes: TwoSizes, size: Size) -> list[Figure]:
    """Of each kind of words, typed by an admin of pusat who verifies, and by one of a ministry."""
    figures = []
    for who in ("pusat", "ministry"):
        for kind, words in AGENCIES.items():
            asking = [
                await _typing(sizes, stack, WHO[who], words) for stack in (sizes.small, sizes.large)
            ]
            what = f"agencies by {kind}, {who}"
            figures += await _times(sizes, what, asking, size.of(60, 15, 1), AGENCY)
    return figures


async def _times(
    sizes: TwoSizes, what: str, pair: Sequence[Once], times: int, aim: Aim
) -> list[Figure]:
    """Each so many times in turn, beside among few reports; the aim is a time."""
    runs = (Run(), Run())
    for _ in range(WARMING):
        for once in pair:
            await once()
    for _ in range(times):
        for run, once in zip(runs, pair, strict=True):
            run.took.append(await seconds_of(once()))
    figures = []
    for name, share, limit in (("p95", 0.95, aim), ("p50", 0.5, None)):
        few, many = (quantile([run], share) * 1000 for run in runs)
        figures.append(Figure(f"{what}, {name}", "ms", many, many, few, sizes.other, limit))
    return figures


async def _calls(desk: Desk, page: Once, what: str, asked: Asked) -> Figure:
    before = desk.calls()
    await page()
    calls = float(desk.calls() - before)
    aim = None if asked.most_calls is None else at_most(asked.most_calls, "calls")
    return Figure(f"{what}, calls to services", "calls", calls, calls, aim=aim)


def _page(desk: Desk, path: str, form: bytes) -> Once:
    async def once() -> None:
        await (desk.send(path, form) if form else desk.page(path))

    return once


async def _typing(sizes: TwoSizes, stack: Stack, username: str, words: Sequence[str]) -> Once:
    connection, bearer = Connection(stack.addresses.routing_url), await stack.bearer(username)
    sizes.opened.push_async_callback(connection.close)
    typed = cycle(words)

    async def once() -> None:
        query = urlencode({"purpose": "verify", "q": next(typed)})
        await connection.get(f"/agency-choices?{query}", bearer)

    return once


async def _known(stack: Stack, username: str) -> Mapping[str, str]:
    """Numbers of reports that this person reads, the newest, and the own agency."""
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        row = await (await connection.execute(_AGENCY, (username,))).fetchone()
        assert row is not None, username
        known = {"agency": str(row[0])}
        for name, tab in _TABS.items():
            newest = await connection.execute(_NEWEST, {"agency": row[0], "tab": tab})
            numbers = [number for (number,) in await newest.fetchall()]
            if numbers:
                known[name] = str(numbers[0])
            if numbers and name == "to_verify":
                known["fifty"] = urlencode({"nomor": numbers}, doseq=True)
    return known


_TABS = {"to_verify": "unverified", "verified": "awaiting_follow_up", "any": "closed"}
_AGENCY = "SELECT agency_id FROM routing.staff WHERE username = %s"
_NEWEST = """
SELECT r.number FROM routing.agency a, LATERAL (
    SELECT number FROM lifecycle.report WHERE handler_id = a.id AND tab = %(tab)s
    ORDER BY number DESC LIMIT 50) r
WHERE a.path @> ARRAY[%(agency)s::bigint] ORDER BY r.number DESC LIMIT 50
"""
