"""Stand-ins (*Plt.*): who names whom, for how long, and where it shows."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.clock import hand_in, now, take_back
from shared.lifecycle.calendar import Zone
from tests.routing.country import Country
from tests.routing.test_queue import numbers
from tests.times import noon

__all__ = ["noon"]

pytestmark = pytest.mark.usefixtures("noon")
OFFICER, COLLEAGUE = "petugas.pupr.kab.bandung", "rekan.pupr"
COORDINATOR = "koordinator.jabar"


@pytest.fixture(scope="module", autouse=True)
async def colleague(country: Country) -> None:
    """A second officer of the dinas."""
    await country.rows(
        "INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active,"
        " token_version) SELECT :u, 'Rina Rekan', role, agency_id, '', true, 1"
        " FROM routing.staff WHERE username = :like",
        u=COLLEAGUE,
        like=OFFICER,
    )
    await country.learn()


def day(later: int = 0) -> str:
    """A day of the officer's zone, so many days from today."""
    return (now().astimezone(Zone.WIB.offset) + timedelta(days=later)).date().isoformat()


async def call(country: Country, who: str, method: str, path: str, body: Any = None) -> Any:
    answer: httpx.Response = await country.http.request(
        method, path, json=body, headers=country.header(who)
    )
    return answer


async def named(
    country: Country, of: str, stand_in: str, first: int = 0, last: int = 3
) -> httpx.Response:
    body = {
        "stand_in_id": country.staff[stand_in].id,
        "first_day": day(first),
        "last_day": day(last),
    }
    answer: httpx.Response = await call(country, of, "PUT", "/me/stand-in", body)
    return answer


async def assigned(country: Country, to: str) -> int:
    """A report of the dinas, assigned to somebody there."""
    number = await country.verified()
    await country.rows(
        "UPDATE lifecycle.report SET assignee_id = :a WHERE number = :n",
        a=country.staff[to].id,
        n=number,
    )
    return number


async def mine(country: Country, who: str) -> list[int]:
    return await numbers(country, who, tab="awaiting_follow_up", assigned_to_me=True)


async def test_what_is_assigned_to_who_is_away_is_the_stand_in_s_too_until_the_last_day(
    country: Country,
) -> None:
    number = await assigned(country, OFFICER)
    assert number not in await mine(country, COLLEAGUE)
    answer = await named(country, OFFICER, COLLEAGUE)
    assert answer.status_code == 200, answer.text
    shown = answer.json()["of"]
    assert shown["stand_in_name"] == "Rina Rekan"
    assert (shown["last_day"], shown["in_force"]) == (day(3), True)
    assert number in await mine(country, COLLEAGUE)
    assert number in await mine(country, OFFICER)
    seen = await country.seen(COLLEAGUE, number)
    assert seen["assignee"]["stand_in"]["stand_in_name"] == "Rina Rekan"
    people = (await country.get(COLLEAGUE, "/staff")).json()["items"]
    by_id = {person["id"]: person["stand_in"] for person in people}
    assert by_id[country.staff[OFFICER].id]["last_day"] == day(3)
    assert by_id[country.staff[COLLEAGUE].id] is None
    others = (await country.get(COLLEAGUE, "/me/stand-in")).json()["stands_in_for"]
    assert [each["staff_id"] for each in others] == [country.staff[OFFICER].id]
    after = datetime.fromisoformat(f"{day(4)}T00:00:00+07:00")
    hand_in(lambda: after)
    try:
        assert number not in await mine(country, COLLEAGUE)
    finally:
        take_back()
    assert (await call(country, OFFICER, "DELETE", "/me/stand-in")).status_code == 204
    assert number not in await mine(country, COLLEAGUE)


async def test_whoever_stands_in_for_a_stand_in_who_is_away_has_both_duties(
    country: Country,
) -> None:
    number = await assigned(country, OFFICER)
    await country.rows(
        "INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active,"
        " token_version) SELECT 'ketiga.pupr', 'Tono', role, agency_id, '', true, 1"
        " FROM routing.staff WHERE username = :like",
        like=OFFICER,
    )
    await country.learn()
    for absent, stand_in in ((OFFICER, COLLEAGUE), (COLLEAGUE, "ketiga.pupr")):
        assert (await named(country, absent, stand_in)).status_code == 200
    assert number in await mine(country, "ketiga.pupr")
    # Both away and each other's: found once, and without end.
    assert (await named(country, COLLEAGUE, OFFICER)).status_code == 200
    assert number in await mine(country, COLLEAGUE)


@pytest.mark.parametrize(
    ("stand_in", "first", "last", "field", "code"),
    [
        (OFFICER, 0, 3, "stand_in_id", "no_stand_in"),
        ("admin.kab.bandung", 0, 3, "stand_in_id", "no_stand_in"),
        (COLLEAGUE, 3, 2, "last_day", "ends_before_it_begins"),
        (COLLEAGUE, -3, -1, "last_day", "day_is_over"),
        (COLLEAGUE, 0, 400, "last_day", "longer_than_a_year"),
    ],
)
async def test_who_cannot_stand_in_and_when_not(
    country: Country, stand_in: str, first: int, last: int, field: str, code: str
) -> None:
    answer = await named(country, OFFICER, stand_in, first, last)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert error["message"] != code


async def test_an_admin_of_people_names_one_for_them_and_the_log_says_so(country: Country) -> None:
    staff_id = country.staff[OFFICER].id
    path = f"/management/staff/{staff_id}/stand-in"
    body = {
        "stand_in_id": country.staff[COLLEAGUE].id,
        "first_day": day(),
        "last_day": day(),
    }
    assert (await call(country, "koordinator.jatim", "PUT", path, body)).status_code == 404
    assert (await call(country, OFFICER, "PUT", path, body)).status_code == 403
    assert (await call(country, COORDINATOR, "PUT", path, body)).status_code == 200
    person = (await country.get(COORDINATOR, f"/management/staff/{staff_id}")).json()
    assert person["stand_in"]["stand_in_name"] == "Rina Rekan"
    lines = (await country.get(COORDINATOR, "/management/log")).json()["items"]
    assert lines[0]["action"] == "stand_in"
    assert lines[0]["action_label"] != "stand_in"


async def test_who_moves_to_another_agency_stands_in_no_longer(country: Country) -> None:
    assert (await named(country, OFFICER, COLLEAGUE)).status_code == 200
    number = await assigned(country, OFFICER)
    await country.rows(
        "UPDATE routing.staff SET agency_id = :a WHERE username = :u",
        a=country.agencies["disdukcapil-kota-bandung"],
        u=COLLEAGUE,
    )
    assert (await country.get(OFFICER, "/me/stand-in")).json()["of"] is None
    assert number not in await mine(country, COLLEAGUE)
