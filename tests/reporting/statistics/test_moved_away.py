"""The lists behind figures: what is planned for whom, and what has gone away meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.downloads.endpoints import _count
from services.reporting.files.selection import DownloadTab, Selection
from services.reporting.statistics.comments import comments
from services.reporting.statistics.listing import reports
from services.reporting.statistics.period import Period
from services.reporting.statistics.rebuild import rebuild
from shared.command_requests.directory import agency
from shared.database.engine import Database
from shared.http.tokens import Staff
from tests.plans import planned_for_any
from tests.reporting.conftest import Bearer
from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    PAPUA,
    PAPUA_ADMIN,
    PUSAT_ADMIN,
    ROADS,
    ROADS_OFFICER,
    ROOT,
)
from tests.reporting.statistics.conftest import nothing
from tests.reporting.statistics.lives import Life

WHO = Staff(id=CITY_ADMIN, role="agency_admin", agency_id=CITY, agency_path=(ROOT, CITY))
PERIOD: dict[str, str | int] = {"from": "2026-01-01", "to": "2026-12-31", "limit": 100}


async def test_a_report_that_went_elsewhere_is_not_listed_where_it_was(
    lives: list[Life],
    database: Database,
    owner: psycopg.Connection[Any],
    reporting: httpx.AsyncClient,
    bearer: Bearer,
) -> None:
    await rebuild(database, nothing)

    async def listed(who: int) -> dict[int, str]:
        answer = await reporting.get("/statistics/reports", params=PERIOD, headers=bearer(who))
        assert answer.status_code == 200, answer.text
        return {report["number"]: report["handler"] for report in answer.json()["items"]}

    number, was = next(iter((await listed(ROADS_OFFICER)).items()))
    move = "UPDATE lifecycle.report SET handler_id = %s WHERE number = %s"
    owner.execute(move, [PAPUA, number])
    try:
        assert number not in await listed(ROADS_OFFICER)
        assert (await listed(PUSAT_ADMIN)).get(number, "elsewhere") != was
        assert number not in await listed(PAPUA_ADMIN)  # until the statistics have heard of it
    finally:
        owner.execute(move, [ROADS, number])
    assert number in await listed(ROADS_OFFICER)


YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


async def _reports(session: AsyncSession) -> None:
    await reports(WHO, session, YEAR, None, ["received"], 25, None)


async def _comments(session: AsyncSession) -> None:
    await comments(WHO, session, YEAR, None)


async def _download(session: AsyncSession) -> None:
    own = await agency(session, CITY)
    assert own is not None
    await _count(session, Selection(tab=DownloadTab.THROWN, scope="own"), own, WHO, 10)


@pytest.mark.parametrize("look", [_reports, _comments, _download])
async def test_what_a_figure_counts_is_looked_up_as_its_marks_are_frequent_or_rare(
    lives: list[Life], database: Database, look: Callable[[AsyncSession], Awaitable[None]]
) -> None:
    """Planned once for any mark, the list of all that came took a second of 300,000 reports."""
    assert not await planned_for_any(database, look)
