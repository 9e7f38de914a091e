"""What one person alone may not do: asked by one, granted by another, each step logged."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from services.routing.accounts.break_glass import let_in, stand_in, stuck_requests
from services.routing.second_person.deciding import BreakGlassRefused
from services.routing.second_person.requests import is_vouched_for
from shared.database.engine import Database
from shared.http.tokens import Staff
from tests.conftest import UrlOf
from tests.routing.country import Country

PUSAT, SECOND = "admin.pusat", "admin.pusat2"
COORDINATOR, ADMIN = "koordinator.jabar", "admin.kab.bandung"
REASON = {"reason": "Diminta pengadilan."}


async def post(
    country: Country, who: str, path: str, body: dict[str, Any] | None = None, method: str = "POST"
) -> httpx.Response:
    return await country.http.request(method, path, json=body, headers=country.header(who))


async def waiting(country: Country, who: str) -> list[dict[str, Any]]:
    items = (await country.get(who, "/second-person/requests")).json()["items"]
    return [item for item in items if item["decidable"]]


async def granted(country: Country, who: str, request_id: str) -> httpx.Response:
    return await post(country, who, f"/second-person/requests/{request_id}/grant")


async def test_an_identity_is_revealed_when_another_of_pusat_has_granted_it(
    country: Country,
) -> None:
    number = await country.report(anonymous=True)
    asked = await country.act(PUSAT, number, "reveal", REASON)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert "Siti" not in asked.text
    request_id = asked.json()["id"]
    again = await country.act(PUSAT, number, "reveal", REASON)
    assert (again.status_code, again.json()["id"]) == (202, request_id)
    own = await granted(country, PUSAT, request_id)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_is_another")
    for who in (ADMIN, COORDINATOR):
        assert (await granted(country, who, request_id)).status_code in (403, 404)
        assert await waiting(country, COORDINATOR) == []
    [shown] = [item for item in await waiting(country, SECOND) if item["number"] == number]
    assert (shown["reason"], shown["kind"]) == (REASON["reason"], "reveal")
    assert (await granted(country, SECOND, request_id)).status_code == 200
    twice = await granted(country, SECOND, request_id)
    assert (twice.status_code, twice.json()["code"]) == (409, "second_person_decided")
    read = await country.act(PUSAT, number, "reveal", {})
    assert (read.status_code, read.json()["name"]) == (200, "Siti Rahmawati")
    # It was granted to who asked, not to who granted it, and to nobody below.
    assert (await country.act(SECOND, number, "reveal", {})).status_code == 422
    assert (await country.act(ADMIN, number, "reveal", REASON)).status_code == 403
    lines = (await country.seen(PUSAT, number))["history"]
    actions = [line["action"] for line in lines if line["kind"] == "reading"]
    assert actions == ["reveal_asked", "reveal_granted", "reveal"]
    below = (await country.seen(ADMIN, number))["history"]
    assert [(line["action"], line["words"]) for line in below if line["kind"] == "reading"] == [
        ("reveal", None)
    ]


async def test_a_grant_ends_after_a_day_and_is_of_one_report(country: Country) -> None:
    number, other = [await country.report(anonymous=True) for _ in range(2)]
    asked = (await country.act(PUSAT, number, "reveal", REASON)).json()
    await granted(country, SECOND, asked["id"])
    assert (await country.act(PUSAT, other, "reveal", {})).status_code == 422
    await country.rows(
        "UPDATE routing.second_person_request SET ends_at = now() - interval '1 second'"
        " WHERE id = :id",
        id=asked["id"],
    )
    assert (await country.act(PUSAT, number, "reveal", REASON)).status_code == 202


async def test_what_was_refused_or_never_decided_reveals_nothing(country: Country) -> None:
    number = await country.report(anonymous=True)
    first = (await country.act(PUSAT, number, "reveal", REASON)).json()
    refused = await post(country, SECOND, f"/second-person/requests/{first['id']}/refuse")
    assert refused.json()["decision"] == "refused"
    second = (await country.act(PUSAT, number, "reveal", REASON)).json()
    assert second["id"] != first["id"]
    await country.rows(
        "UPDATE routing.second_person_request SET asked_at = now() - interval '8 days'"
        " WHERE id = :id",
        id=second["id"],
    )
    late = await granted(country, SECOND, second["id"])
    assert late.json()["code"] == "second_person_decided"
    assert (await country.act(PUSAT, number, "reveal", REASON)).json()["id"] != second["id"]


@pytest.mark.parametrize("confirmed", [True, False])
async def test_danger_to_life_reveals_at_once_and_all_others_of_pusat_are_told(
    country: Country, confirmed: bool
) -> None:
    number = await country.report(anonymous=True)
    nothing = await country.act(PUSAT, number, "reveal", {"emergency": True})
    assert nothing.status_code == 422
    read = await country.act(PUSAT, number, "reveal", {**REASON, "emergency": True})
    assert (read.status_code, read.json()["name"]) == (200, "Siti Rahmawati")
    [shown] = [item for item in await waiting(country, SECOND) if item["number"] == number]
    assert shown["emergency"]
    own = await country.get(PUSAT, "/second-person/requests")
    assert [item["decidable"] for item in own.json()["items"] if item["number"] == number] == [
        False
    ]
    # However long nobody looks, it waits for one of them.
    await country.rows(
        "UPDATE routing.second_person_request SET asked_at = now() - interval '30 days'"
        " WHERE id = :id",
        id=shown["id"],
    )
    answer = await post(
        country,
        SECOND,
        f"/second-person/requests/{shown['id']}/{'grant' if confirmed else 'refuse'}",
    )
    assert answer.status_code == 200
    after = await country.act(PUSAT, number, "reveal", {})
    assert after.status_code == (200 if confirmed else 422)
    lines = (await country.seen(PUSAT, number))["history"]
    actions = [line["action"] for line in lines if line["kind"] == "reading"]
    assert actions[:3] == [
        "reveal_emergency",
        "reveal",
        "reveal_confirmed" if confirmed else "reveal_refused",
    ]


@pytest.mark.parametrize(
    ("whom", "asker", "second", "not_second"),
    [
        (PUSAT, SECOND, None, COORDINATOR),
        (COORDINATOR, PUSAT, SECOND, COORDINATOR),
        ("koordinator.kab.bandung", COORDINATOR, PUSAT, "koordinator.kab.bandung"),
        ("koordinator.kab.bandung", PUSAT, COORDINATOR, ADMIN),
    ],
)
@pytest.mark.parametrize("what", ["password-link", "second-factor"])
async def test_the_way_in_of_an_admin_of_people_is_reset_by_two(
    country: Country, whom: str, asker: str, second: str | None, not_second: str, what: str
) -> None:
    staff_id = country.staff[whom].id
    method = "POST" if what == "password-link" else "DELETE"
    path = f"/management/staff/{staff_id}/{what}"
    before = await country.one("SELECT token_version FROM routing.staff WHERE id = :i", i=staff_id)
    asked = await post(country, asker, path, method=method)
    assert asked.status_code == 202, asked.text
    assert "kunci=" not in asked.text
    assert asked.json()["nobody_else"] is (second is None)
    now = await country.one("SELECT token_version FROM routing.staff WHERE id = :i", i=staff_id)
    assert now == before  # nothing has happened to the person
    request_id = asked.json()["id"]
    for nobody in {asker, whom, not_second}:
        assert (await granted(country, nobody, request_id)).status_code in (403, 404), nobody
    if second is None:
        return
    assert (await granted(country, second, request_id)).status_code == 200
    done = await post(country, asker, path, method=method)
    assert done.status_code == (200 if method == "POST" else 204), done.text
    await country.learn()
    # A grant is good once.
    assert (await post(country, asker, path, method=method)).status_code == 202
    log = (await country.get(PUSAT, "/management/log")).json()["items"]
    kind = "reset_password" if method == "POST" else "reset_second_factor"
    actions = [line["action"] for line in log if line["subject_id"] == str(staff_id)]
    assert {f"{kind}_asked", f"{kind}_granted", kind} <= set(actions)


async def test_who_is_no_admin_of_people_is_reset_by_one(country: Country) -> None:
    path = f"/management/staff/{country.staff[ADMIN].id}/password-link"
    assert (await post(country, COORDINATOR, path)).status_code == 200
    await country.learn()


async def test_taking_the_role_away_first_does_not_help(country: Country) -> None:
    staff_id = await _made(country, PUSAT, "koor.turun", "coordinating_admin", "jabar")
    path = f"/management/staff/{staff_id}"
    change = {"role": "agency_admin"}
    assert (await post(country, PUSAT, path, change, "PATCH")).status_code == 200
    assert (await post(country, PUSAT, f"{path}/password-link")).status_code == 202
    assert (await post(country, PUSAT, path, method="DELETE")).status_code == 204
    assert (await post(country, PUSAT, f"{path}/restore")).status_code == 202


async def test_removing_and_taking_back_needs_two_as_well(country: Country) -> None:
    staff_id = await _made(country, PUSAT, "koor.kembali", "coordinating_admin", "jabar")
    path = f"/management/staff/{staff_id}"
    assert (await post(country, PUSAT, path, method="DELETE")).status_code == 204
    asked = await post(country, PUSAT, f"{path}/restore")
    assert (asked.status_code, asked.json()["kind"]) == (202, "restore")
    await granted(country, SECOND, asked.json()["id"])
    assert (await post(country, PUSAT, f"{path}/restore")).status_code == 200


async def test_who_was_made_by_one_alone_is_no_second_person_until_another_has_agreed(
    country: Country,
) -> None:
    """Else one person makes a colleague, or two, and grants everything through them."""
    number = await country.report(anonymous=True)
    made = "pusat.buatan"
    staff_id = await _made(country, PUSAT, made, "central_admin", "pusat")
    await country.learn()
    asked = (await country.act(PUSAT, number, "reveal", REASON)).json()
    assert (await granted(country, made, asked["id"])).status_code == 404
    refused = await country.act(made, number, "reveal", REASON)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_vouched_for")
    emergency = await country.act(made, number, "reveal", {**REASON, "emergency": True})
    assert emergency.status_code == 403
    [new] = [
        item
        for item in await waiting(country, SECOND)
        if item["kind"] == "new_admin" and made in (item["person"] or "")
    ]
    for nobody in (PUSAT, made):
        assert (await granted(country, nobody, new["id"])).status_code in (403, 404)
    assert (await granted(country, SECOND, new["id"])).status_code == 200
    assert (await granted(country, made, asked["id"])).status_code == 200
    assert (await country.act(PUSAT, number, "reveal", {})).status_code == 200
    await post(country, PUSAT, f"/management/staff/{staff_id}", method="DELETE")


async def test_who_waited_long_to_be_agreed_to_is_agreed_to_all_the_same(country: Country) -> None:
    made = "pusat.lama"
    staff_id = await _made(country, PUSAT, made, "central_admin", "pusat")
    await country.rows(
        "UPDATE routing.second_person_request SET asked_at = now() - interval '90 days'"
        " WHERE kind = 'new_admin' AND subject_id = :id",
        id=staff_id,
    )
    await country.learn()
    number = await country.report(anonymous=True)
    assert (await country.act(made, number, "reveal", REASON)).status_code == 403
    [new] = [item for item in await waiting(country, SECOND) if made in (item["person"] or "")]
    assert (await granted(country, SECOND, new["id"])).status_code == 200
    assert (await country.act(made, number, "reveal", REASON)).status_code == 202
    await post(country, PUSAT, f"/management/staff/{staff_id}", method="DELETE")


async def test_who_was_refused_is_agreed_to_when_they_are_made_an_admin_again(
    country: Country, module_database: UrlOf
) -> None:
    database = Database(module_database("lapor_routing"), pool_size=1)
    made = "koor.dua.kali"
    staff_id = await _made(country, PUSAT, made, "coordinating_admin", "jabar")
    for how in ("refuse", "grant"):
        [new] = [item for item in await waiting(country, SECOND) if made in (item["person"] or "")]
        answer = await post(country, SECOND, f"/second-person/requests/{new['id']}/{how}")
        assert answer.status_code == 200
        async with database.session() as session:
            assert await is_vouched_for(session, staff_id) is (how == "grant")
        for role in ("agency_admin", "coordinating_admin") if how == "refuse" else ():
            path = f"/management/staff/{staff_id}"
            assert (await post(country, PUSAT, path, {"role": role}, "PATCH")).status_code == 200
    await database.dispose()
    await post(country, PUSAT, f"/management/staff/{staff_id}", method="DELETE")


async def test_an_emergency_that_was_refused_is_not_repeated(country: Country) -> None:
    number, other = [await country.report(anonymous=True) for _ in range(2)]
    emergency = {**REASON, "emergency": True}
    assert (await country.act(PUSAT, number, "reveal", emergency)).status_code == 200
    [shown] = [item for item in await waiting(country, SECOND) if item["number"] == number]
    await post(country, SECOND, f"/second-person/requests/{shown['id']}/refuse")
    again = await country.act(PUSAT, number, "reveal", emergency)
    assert (again.status_code, again.json()["code"]) == (409, "emergency_not_confirmed")
    assert "Siti" not in again.text
    assert (await country.act(PUSAT, number, "reveal", REASON)).status_code == 202
    # Another report is in danger, and another person is no part of it.
    assert (await country.act(PUSAT, other, "reveal", emergency)).status_code == 200
    assert (await country.act(SECOND, number, "reveal", emergency)).status_code == 200
    for item in [*await waiting(country, SECOND), *await waiting(country, PUSAT)]:
        if item["emergency"]:
            await granted(country, SECOND if item["number"] == other else PUSAT, item["id"])


async def test_while_an_emergency_ran_out_unconfirmed_there_is_no_other(country: Country) -> None:
    number, other = [await country.report(anonymous=True) for _ in range(2)]
    emergency = {**REASON, "emergency": True}
    assert (await country.act(PUSAT, number, "reveal", emergency)).status_code == 200
    [shown] = [item for item in await waiting(country, SECOND) if item["number"] == number]
    await country.rows(
        "UPDATE routing.second_person_request SET asked_at = asked_at - interval '25 hours',"
        " ends_at = ends_at - interval '25 hours' WHERE id = :id",
        id=shown["id"],
    )
    for one in (number, other):
        refused = await country.act(PUSAT, one, "reveal", emergency)
        assert (refused.status_code, refused.json()["code"]) == (409, "emergency_not_confirmed")
    assert (await granted(country, SECOND, shown["id"])).status_code == 200
    assert (await country.act(PUSAT, other, "reveal", emergency)).status_code == 200
    [last] = [item for item in await waiting(country, SECOND) if item["number"] == other]
    await granted(country, SECOND, last["id"])


async def test_two_who_decide_at_once_decide_once(country: Country) -> None:
    number = await country.report(anonymous=True)
    asked = (await country.act(PUSAT, number, "reveal", REASON)).json()
    path = f"/second-person/requests/{asked['id']}"
    answers = await asyncio.gather(
        *(post(country, SECOND, f"{path}/{how}") for how in ("grant", "refuse", "grant"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_the_operator_stands_in_only_where_there_is_nobody_else(
    country: Country, module_database: UrlOf
) -> None:
    number = await country.report(anonymous=True)
    asked = (await country.act(PUSAT, number, "reveal", REASON)).json()
    database = Database(module_database("lapor_routing"), pool_size=1)
    try:
        with pytest.raises(BreakGlassRefused):
            async with database.session() as session:
                await stand_in(session, UUID(asked["id"]), "Operator Jaga", "Tidak ada orang lain")
        with pytest.raises(BreakGlassRefused):
            async with database.session() as session:
                await stand_in(session, uuid4(), "Operator Jaga", "Tidak ada")
        await country.rows(
            "UPDATE routing.staff SET active = false WHERE role = 'central_admin'"
            " AND username <> 'admin.pusat'"
        )
        assert (await country.act(PUSAT, number, "reveal", {})).status_code == 422
        async with database.session() as session:
            assert UUID(asked["id"]) in [stuck.id for stuck in await stuck_requests(session)]
            await stand_in(session, UUID(asked["id"]), "Operator Jaga", "Tidak ada orang lain")
        assert (await country.act(PUSAT, number, "reveal", {})).status_code == 200
        lines = (await country.seen(PUSAT, number))["history"]
        [line] = [line for line in lines if line["action"] == "reveal_granted"]
        assert (line["actor"]["kind"], line["words"]) == ("operator", "Tidak ada orang lain")
        assert line["actor"]["system"] == "Operator Jaga"
        async with database.session() as session:
            link = await let_in(
                session,
                "http://lapor.test",
                PUSAT,
                "Operator Jaga",
                "Lupa kata sandi",
                second_factor=True,
            )
        assert "kunci=" in link.url
        # Who is not vouched for can grant nothing, and so is nobody else to ask.
        await country.rows(
            "UPDATE routing.staff SET active = true, password_hash = 'x' WHERE username = :name",
            name=SECOND,
        )
        with pytest.raises(BreakGlassRefused):
            async with database.session() as session:
                await let_in(session, "http://lapor.test", PUSAT, "O", "L", second_factor=False)
        await country.rows(
            "INSERT INTO routing.second_person_request (id, kind, subject_id, asked_by,"
            " emergency) SELECT gen_random_uuid(), 'new_admin', s.id, a.id, false FROM"
            " routing.staff s, routing.staff a WHERE s.username = :name"
            " AND a.username = 'admin.pusat'",
            name=SECOND,
        )
        async with database.session() as session:
            await let_in(
                session, "http://lapor.test", PUSAT, "Operator Jaga", "L", second_factor=False
            )
        await country.rows(
            "UPDATE routing.second_person_request SET decision = 'granted'"
            " WHERE kind = 'new_admin' AND decision IS NULL"
        )
        assert await country.one(
            "SELECT operator FROM routing.management_log ORDER BY id DESC LIMIT 1"
        ) == ("Operator Jaga")
    finally:
        await country.rows(
            "UPDATE routing.staff SET active = true, password_hash = 'x'"
            " WHERE role = 'central_admin' AND username IN ('admin.pusat', 'admin.pusat2')"
        )
        await database.dispose()
        await country.learn()


@pytest.mark.parametrize("role", ["lapor_owner", "lapor_routing"])
@pytest.mark.parametrize("table", ["routing.access_log", "routing.management_log"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_logs_are_changed_by_nobody(
    database_url: UrlOf, role: str, table: str, change: str
) -> None:
    url = database_url(role).replace("+psycopg", "")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(change.format(table).encode())


async def _made(country: Country, who: str, username: str, role: str, agency: str) -> int:
    body = {
        "username": username,
        "name": "Orang Baru",
        "role": role,
        "agency_id": country.agencies[agency],
    }
    answer = await post(country, who, "/management/staff", body)
    assert answer.status_code == 201, answer.text
    made: Staff | None = country.staff.get(username)
    assert made is None
    return int(answer.json()["person"]["id"])
