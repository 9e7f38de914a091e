"""Two admins at the same moment: one after the other, and never a state nobody meant."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest

from deploy.local.postgres import OWNER
from tests.conftest import UrlOf
from tests.locks import all_wait, held
from tests.routing.country import Country

COORDINATOR, PUSAT = "koordinator.jabar", "admin.pusat"


async def call(
    country: Country, who: str, method: str, path: str, body: Any = None
) -> httpx.Response:
    header = country.header(who)
    return await country.http.request(method, f"/management{path}", json=body, headers=header)


async def create(country: Country, code: str, parent_id: int) -> int:
    form = {"code": code, "name": code, "kind": "unit", "parent_id": parent_id, "zone": "WIB"}
    answer = await call(country, COORDINATOR, "POST", "/agencies", form)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def person(username: str, agency_id: int, role: str = "liaison_officer") -> dict[str, Any]:
    return {"username": username, "name": username, "role": role, "agency_id": agency_id}


@pytest.fixture
def owner(module_database: UrlOf) -> str:
    return module_database(OWNER).replace("+psycopg", "")


async def test_two_of_pusat_cannot_remove_each_other(country: Country, owner: str) -> None:
    root = country.agencies["pusat"]
    answer = await call(
        country, PUSAT, "POST", "/staff", person("pusat.dua", root, "central_admin")
    )
    second = answer.json()["person"]["id"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("UPDATE routing.staff SET password_hash = 'x' WHERE id = %s", [second])
        connection.execute(
            "UPDATE routing.staff SET active = false"
            " WHERE role = 'central_admin' AND id NOT IN (%s, %s)",
            [second, country.staff[PUSAT].id],
        )
    await country.learn()
    first = country.staff[PUSAT].id
    # Both have found the other one there before either has written.
    async with held(owner, "SELECT FROM routing.staff WHERE id = ANY (%s) FOR SHARE", [first]):
        removing = [
            asyncio.create_task(call(country, PUSAT, "DELETE", f"/staff/{second}")),
            asyncio.create_task(call(country, "pusat.dua", "DELETE", f"/staff/{first}")),
        ]
        await asyncio.sleep(0.5)
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*removing))
    assert statuses[0] == 204 and statuses[1] in (401, 409)
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT count(*) FROM routing.staff WHERE role = 'central_admin' AND active"
        ).fetchone()
        connection.execute("UPDATE routing.staff SET active = true WHERE id = %s", [first])
    assert row == (1,)


async def test_who_comes_to_an_agency_while_it_is_removed_goes_with_it_or_is_refused(
    country: Country, owner: str
) -> None:
    agency = await create(country, "seksi-bubar", country.agencies["kab-bandung"])
    for round_ in range(4):
        adding = call(country, COORDINATOR, "POST", "/staff", person(f"bubar.{round_}", agency))
        removing = call(country, PUSAT, "DELETE", f"/agencies/{agency}")
        added, removed = await asyncio.gather(adding, removing)
        assert added.status_code in (201, 422) and removed.status_code == 200
        with psycopg.connect(owner, autocommit=True) as connection:
            left = connection.execute(
                "SELECT count(*) FROM routing.staff WHERE agency_id = %s AND active", [agency]
            ).fetchone()
            connection.execute("UPDATE routing.agency SET active = true WHERE id = %s", [agency])
        assert left == (0,)


async def test_the_people_of_an_agency_are_removed_one_after_another(
    country: Country, owner: str
) -> None:
    """So that nobody who comes to several of them too waits in a circle."""
    agency = await create(country, "seksi-berurutan", country.agencies["kab-bandung"])
    added = [
        await call(country, COORDINATOR, "POST", "/staff", person(f"urut.{n}", agency))
        for n in range(2)
    ]
    first, second = sorted(answer.json()["person"]["id"] for answer in added)
    with psycopg.connect(owner, autocommit=True) as connection:  # to the end of the table
        connection.execute("UPDATE routing.staff SET name = 'Urut' WHERE id = %s", [first])
        async with held(owner, "SELECT FROM routing.staff WHERE id = %s FOR UPDATE", first):
            removing = asyncio.create_task(call(country, PUSAT, "DELETE", f"/agencies/{agency}"))
            await all_wait(owner, 1)
            free = "SELECT FROM routing.staff WHERE id = %s FOR UPDATE NOWAIT"
            connection.execute(free, [second])
    assert (await removing).status_code == 200


async def test_the_same_name_given_twice_at_once_is_given_once(country: Country) -> None:
    agency = country.agencies["pupr-kab-bandung"]
    answers = await asyncio.gather(
        *(call(country, COORDINATOR, "POST", "/staff", person("kembar", agency)) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"username_taken"}


async def test_a_category_s_code_given_twice_at_once_is_given_once(country: Country) -> None:
    form = {"code": "kembar", "name": "Kembar"}
    answers = await asyncio.gather(
        *(call(country, PUSAT, "POST", "/categories", form) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_two_moves_at_once_make_no_circle(country: Country, owner: str) -> None:
    above = country.agencies["kab-bandung"]
    one, other = await create(country, "bidang-a", above), await create(country, "bidang-b", above)
    moves = [
        call(country, COORDINATOR, "PATCH", f"/agencies/{a}", {"parent_id": b})
        for a, b in ((one, other), (other, one))
    ]
    answers = await asyncio.gather(*moves)
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert refused.json()["errors"][0]["code"] == "parent_below_itself"
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT a.path, p.path FROM routing.agency a"
            " JOIN routing.agency p ON p.id = a.parent_id WHERE a.id = ANY (%s)",
            [[one, other]],
        ).fetchall()
    assert len(rows) == 2
    for path, parent_path in rows:
        assert path[:-1] == parent_path
