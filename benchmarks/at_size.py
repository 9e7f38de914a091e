"""Writing into many reports, and downloading from among them."""

from datetime import date, datetime

import psycopg

from benchmarks.excel import make_workbook, workbook_job
from benchmarks.figures import Figure, at_least
from benchmarks.http import Connection
from benchmarks.loading.load import TOP
from benchmarks.measuring import Once, rate, ratio
from benchmarks.part import Size
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack import Stack
from benchmarks.two_sizes import TwoSizes, measured_in_turn
from shared.lifecycle.calendar import Zone

AIM = at_least(0.8)
CLIENTS = 8


async def accepting_at_size(sizes: TwoSizes, size: Size) -> list[Figure]:
    """Reports accepted among many, beside among few."""
    pair = (_submitting(sizes, sizes.small), _submitting(sizes, sizes.large))
    few, many = await measured_in_turn(pair, size, CLIENTS)
    name = f"reports over HTTP, {CLIENTS} clients"
    return [
        Figure(name, "reports/s", rate(many), ratio(many, few), rate(few), sizes.other, aim=AIM)
    ]


def _submitting(sizes: TwoSizes, stack: Stack) -> Once:
    idle = [Connection(stack.addresses.intake_url) for _ in range(CLIENTS)]
    for connection in idle:
        sizes.opened.push_async_callback(connection.close)

    async def once() -> None:
        connection = idle.pop()
        try:
            await connection.post("/reports", report_form(), submission_headers())
        finally:
            idle.append(connection)

    return once


async def downloading(sizes: TwoSizes, size: Size) -> list[Figure]:
    """A workbook of the newest reports among many, beside one of all of few: rows a second."""
    many = min(size.of(200_000, 10_000, 100), sizes.many)
    since = await _day_of(sizes.large, TOP - many + 1)
    ours = await make_workbook("ours", workbook_job(sizes.large, submitted_from=since), None)
    floor = await make_workbook("ours", workbook_job(sizes.small), None)
    name = f"rows of a workbook, {ours.rows:,} of {sizes.many:,} reports"
    return [
        Figure(
            name,
            "a second",
            ours.rate,
            ours.rate / floor.rate,
            floor.rate,
            f"all of {floor.rows:,} reports",
            AIM,
        )
    ]


async def _day_of(stack: Stack, number: int) -> date:
    """On which it came, as its readers see it."""
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        query = "SELECT submitted_at FROM lifecycle.report WHERE number = %s"
        row = await (await connection.execute(query, (number,))).fetchone()
    assert row is not None
    at: datetime = row[0]
    return at.astimezone(Zone.WIB.offset).date()
