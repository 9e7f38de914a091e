"""Open pages hear from the live stream, within seconds, that others opened their report or left."""

import json
from collections.abc import AsyncIterator

import psycopg
import pytest

from services.reporting import app
from shared.settings import Settings
from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY, CITY_ADMIN, PAPUA_ADMIN, ROADS, ROADS_OFFICER
from tests.reporting.test_live_events import first, listening, streams

__all__ = ["streams"]

_OPEN = """
INSERT INTO routing.presence (number, staff_id, seen_at)
SELECT min(number), %s, now() FROM lifecycle.report WHERE handler_id = %s RETURNING number
"""


async def heard(lines: AsyncIterator[str]) -> int:
    assert await first(lines, "event: ") == "presence"
    return int(json.loads(await first(lines, "data: "))["number"])


@pytest.mark.usefixtures("streams")
async def test_others_of_the_subtree_hear_who_opens_and_leaves_and_nobody_else(
    settings: Settings, bearer: Bearer, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LOOK_EVERY", 0.1)

    def opens(staff_id: int, handler_id: int) -> int:
        [number] = owner.execute(_OPEN, (staff_id, handler_id)).fetchone() or [0]
        return int(number)

    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("DELETE FROM routing.presence")
        async with (
            listening(settings) as client,
            client.stream("GET", "/events", headers=bearer(CITY_ADMIN)) as city,
            client.stream("GET", "/events", headers=bearer(ROADS_OFFICER)) as roads,
            client.stream("GET", "/events", headers=bearer(PAPUA_ADMIN)) as papua,
        ):
            of_city, of_roads = city.aiter_lines(), roads.aiter_lines()
            of_papua = papua.aiter_lines()
            number = opens(ROADS_OFFICER, ROADS)
            assert await heard(of_city) == number
            owner.execute("DELETE FROM routing.presence")
            assert await heard(of_city) == number
            # The officer hears of the admin, and neither of themselves nor of another agency's.
            opens(CITY_ADMIN, CITY)
            opens(CITY_ADMIN, ROADS)
            assert await heard(of_roads) == number
            assert await first(of_papua, "retry: ")
            elsewhere = opens(CITY_ADMIN, 5)
            assert await heard(of_papua) == elsewhere
        owner.execute("DELETE FROM routing.presence")
