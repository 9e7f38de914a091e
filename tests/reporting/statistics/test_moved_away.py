"""The list behind a figure, while the statistics have not yet heard that a report went away."""

from typing import Any

import httpx
import psycopg

from services.reporting.statistics.rebuild import rebuild
from shared.database.engine import Database
from tests.reporting.conftest import Bearer
from tests.reporting.factory import PAPUA, PAPUA_ADMIN, PUSAT_ADMIN, ROADS, ROADS_OFFICER
from tests.reporting.statistics.conftest import nothing
from tests.reporting.statistics.lives import Life

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
