"""*Manajemen Pengguna*: who may add, change and remove whom, and how people get in."""

import asyncio
import time
from typing import Any

import httpx
import pyotp
import pytest

from services.routing.directory import people
from shared.http.limits import Limit
from tests.routing.conftest import PASSWORD
from tests.routing.country import Country

COORDINATOR, PUSAT = "koordinator.jabar", "admin.pusat"
CHOSEN = "kunci rumah 17"


async def call(
    country: Country, who: str, method: str, path: str, body: Any = None
) -> httpx.Response:
    header = country.header(who)
    return await country.http.request(method, f"/management{path}", json=body, headers=header)


async def add(country: Country, called: str, /, who: str = COORDINATOR, **changes: Any) -> Any:
    form = {
        "username": called,
        "name": "Dewi Lestari",
        "role": "liaison_officer",
        "agency_id": country.agencies["pupr-kab-bandung"],
    }
    return await call(country, who, "POST", "/staff", form | changes)


async def made(country: Country, username: str, **changes: Any) -> tuple[int, str]:
    """Id of a new person, and the token of the link."""
    answer = await add(country, username, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()["person"]["id"], answer.json()["link"]["url"].split("kunci=")[1]


async def choose(country: Country, token: str, password: str = CHOSEN) -> httpx.Response:
    return await country.http.post("/password/by-link", json={"token": token, "password": password})


async def sign_in(country: Country, username: str, password: str = CHOSEN, **more: Any) -> Any:
    body = {"username": username, "password": password} | more
    return await country.http.post("/sign-in", json=body)


async def test_somebody_new_chooses_a_password_by_a_link_that_works_once(country: Country) -> None:
    staff_id, token = await made(country, "dewi.satu")
    assert (await sign_in(country, "dewi.satu", "nobody")).status_code == 401
    assert (await choose(country, token, "pendek")).status_code == 422
    assert (await choose(country, token, "dewi.satu123")).status_code == 422
    assert (await choose(country, token)).status_code == 204
    assert (await choose(country, token)).json()["code"] == "password_link_used"
    for worthless in (token, "x" * len(token)):
        looked = await country.http.post("/password/by-link/check", json={"token": worthless})
        assert (looked.status_code, looked.json()["code"]) == (409, "password_link_used")
    assert (await sign_in(country, "dewi.satu")).status_code == 200
    seen = (await call(country, COORDINATOR, "GET", f"/staff/{staff_id}")).json()
    assert seen["has_password"]
    assert seen["link_until"] is None


@pytest.mark.parametrize(
    ("who", "changes", "status", "code"),
    [
        ("admin.jabar", {}, 403, "forbidden"),
        ("petugas.pupr.kab.bandung", {}, 403, "forbidden"),
        (COORDINATOR, {"role": "central_admin"}, 422, "role_beyond_own"),
        (COORDINATOR, {"agency_id": "kota-surabaya"}, 422, "agency_out_of_reach"),
        (COORDINATOR, {"agency_id": "pusat"}, 422, "agency_out_of_reach"),
        (PUSAT, {"role": "central_admin"}, 422, "role_of_pusat"),
        (COORDINATOR, {"username": "admin.pusat"}, 409, "username_taken"),
        (COORDINATOR, {"username": "Dewi L"}, 422, "string_pattern_mismatch"),
    ],
)
async def test_nobody_gives_a_role_or_an_agency_beyond_the_own(
    country: Country, who: str, changes: dict[str, Any], status: int, code: str
) -> None:
    if isinstance(changes.get("agency_id"), str):
        changes = changes | {"agency_id": country.agencies.get(changes["agency_id"], 1)}
    answer = await add(country, "dewi.dua", **({"who": who} | changes))
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert code in {body["code"], *(e["code"] for e in body.get("errors", ()))}


async def test_who_is_removed_is_out_at_once_and_their_history_stays(country: Country) -> None:
    staff_id, token = await made(country, "dewi.tiga")
    await choose(country, token)
    signed_in = (await sign_in(country, "dewi.tiga")).json()
    header = {"Authorization": f"Bearer {signed_in['access_token']}"}
    assert (await country.http.get("/me", headers=header)).status_code == 200
    removed = await call(country, COORDINATOR, "DELETE", f"/staff/{staff_id}")
    assert removed.status_code == 204
    assert (await country.http.get("/me", headers=header)).status_code == 401
    refresh = {"refresh_token": signed_in["refresh_token"]}
    assert (await country.http.post("/refresh", json=refresh)).status_code == 401
    assert (await sign_in(country, "dewi.tiga")).status_code == 401
    query = "SELECT active FROM routing.staff WHERE id = :id"
    assert await country.one(query, id=staff_id) is False
    restored = await call(country, COORDINATOR, "POST", f"/staff/{staff_id}/restore")
    assert restored.status_code == 200, restored.text
    assert (await sign_in(country, "dewi.tiga")).status_code == 401
    assert (await choose(country, restored.json()["link"]["url"].split("kunci=")[1])).is_success
    assert (await sign_in(country, "dewi.tiga")).status_code == 200


async def test_a_change_of_role_ends_the_sessions(country: Country) -> None:
    staff_id, token = await made(country, "dewi.empat")
    await choose(country, token)
    signed_in = (await sign_in(country, "dewi.empat")).json()
    header = {"Authorization": f"Bearer {signed_in['access_token']}"}
    renamed = await call(country, COORDINATOR, "PATCH", f"/staff/{staff_id}", {"name": "Dewi A."})
    assert renamed.json()["name"] == "Dewi A."
    assert (await country.http.get("/me", headers=header)).status_code == 200
    change = {"role": "agency_admin"}
    answer = await call(country, COORDINATOR, "PATCH", f"/staff/{staff_id}", change)
    assert answer.json()["role_label"] == "Admin Instansi"
    assert (await country.http.get("/me", headers=header)).status_code == 401
    log = (await call(country, COORDINATOR, "GET", "/log")).json()["items"]
    line = next(entry for entry in log if entry["subject_id"] == str(staff_id))
    assert line["action_label"] == "Mengubah pengguna"
    assert line["details"] == {"role": ["liaison_officer", "agency_admin"]}
    assert line["staff_id"] == country.staff[COORDINATOR].id


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        (COORDINATOR, PUSAT, 404),
        (COORDINATOR, "admin.kemensos", 404),
        (COORDINATOR, COORDINATOR, 409),
        ("koordinator.kab.bandung", "admin.jabar", 404),
        ("admin.kab.bandung", "petugas.pupr.kab.bandung", 403),
    ],
)
async def test_people_beside_and_above_are_nobody_s_to_remove(
    country: Country, who: str, whom: str, status: int
) -> None:
    answer = await call(country, who, "DELETE", f"/staff/{country.staff[whom].id}")
    assert answer.status_code == status


async def test_the_last_admin_of_pusat_stays(country: Country) -> None:
    at_pusat = {"agency_id": country.agencies["pusat"], "role": "central_admin", "who": PUSAT}
    staff_id, token = await made(country, "pusat.kedua", **at_pusat)
    await country.rows(
        "UPDATE routing.staff SET active = false WHERE role = 'central_admin'"
        " AND username NOT IN ('admin.pusat', 'pusat.kedua')"
    )
    me = f"/staff/{country.staff[PUSAT].id}"
    country.staff["pusat.kedua"] = country.staff[PUSAT].model_copy(update={"id": staff_id})
    answer = await call(country, "pusat.kedua", "DELETE", me)
    assert answer.json()["code"] == "last_central_admin"
    await choose(country, token)
    demoted = await call(country, PUSAT, "PATCH", f"/staff/{staff_id}", {"role": "agency_admin"})
    assert demoted.status_code == 200
    del country.staff["pusat.kedua"]


async def test_no_password_that_can_be_guessed_is_chosen_and_the_link_stays(
    country: Country,
) -> None:
    _, token = await made(country, "dewi.mudah")
    for weak in ("1234567890", "bismillah2026", "kabupatenbandung", "dewimudah2026", "d3w1.mud4h"):
        refused = await choose(country, token, weak)
        assert refused.status_code == 422, weak
        assert refused.json()["errors"][0]["code"] == "password_guessable", weak
    assert (await choose(country, token)).is_success
    signed_in = (await sign_in(country, "dewi.mudah")).json()
    own = {"Authorization": f"Bearer {signed_in['access_token']}"}
    command_request = {"present": CHOSEN, "password": "indonesia123"}
    refused = await country.http.post("/me/password", json=command_request, headers=own)
    assert refused.json()["errors"][0]["code"] == "password_guessable"
    assert (await country.http.get("/me", headers=own)).status_code == 200


async def test_a_password_is_reset_by_an_admin_and_changed_by_oneself(country: Country) -> None:
    staff_id, token = await made(country, "dewi.lima")
    await choose(country, token)
    reset = await call(country, COORDINATOR, "POST", f"/staff/{staff_id}/password-link")
    assert (await sign_in(country, "dewi.lima")).status_code == 401
    await choose(country, reset.json()["link"]["url"].split("kunci=")[1], "sepeda biru 9")
    signed_in = (await sign_in(country, "dewi.lima", "sepeda biru 9")).json()
    header = {"Authorization": f"Bearer {signed_in['access_token']}"}
    wrong = {"present": "salah", "password": "payung hijau 4"}
    answer = await country.http.post("/me/password", json=wrong, headers=header)
    assert answer.json()["errors"][0]["code"] == "password_wrong"
    right = wrong | {"present": "sepeda biru 9"}
    assert (await country.http.post("/me/password", json=right, headers=header)).is_success
    assert (await country.http.get("/me", headers=header)).status_code == 401
    assert (await sign_in(country, "dewi.lima", "payung hijau 4")).status_code == 200


async def test_people_are_found_by_words_below_an_agency(country: Country) -> None:
    below = country.agencies["kab-bandung"]
    page = await call(country, COORDINATOR, "GET", f"/staff?q=pupr&agency_id={below}")
    assert {person["username"] for person in page.json()["items"]} >= {"petugas.pupr.kab.bandung"}
    elsewhere = country.agencies["kemensos"]
    beside = await call(country, COORDINATOR, "GET", f"/staff?agency_id={elsewhere}")
    assert beside.status_code == 404
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        further = f"&cursor={cursor}" if cursor else ""
        page = await call(country, COORDINATOR, "GET", f"/staff?limit=10{further}")
        names += [person["username"] for person in page.json()["items"]]
        cursor = page.json()["next"]
    assert len(names) == len(set(names)) > 10


async def test_pusat_sets_up_a_second_factor_before_anything_else(country: Country) -> None:
    at_pusat = {"agency_id": country.agencies["pusat"], "role": "central_admin", "who": PUSAT}
    _, token = await made(country, "pusat.baru", **at_pusat)
    await choose(country, token)
    refused = await sign_in(country, "pusat.baru")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_enrolment_needed")
    who = {"username": "pusat.baru", "password": CHOSEN}
    begun = (await country.http.post("/second-factor/enrol", json=who)).json()
    assert begun["uri"].startswith("otpauth://totp/LAPOR")
    authenticator = pyotp.TOTP(begun["secret"])
    wrong = await country.http.post("/second-factor/confirm", json=who | {"code": "000000"})
    assert wrong.json()["code"] == "second_factor_wrong"
    right = who | {"code": authenticator.now()}
    recovery = (await country.http.post("/second-factor/confirm", json=right)).json()
    stored = await country.one(
        "SELECT f.secret FROM routing.second_factor f JOIN routing.staff s ON s.id = f.staff_id"
        " WHERE s.username = 'pusat.baru'"
    )
    assert begun["secret"].encode() not in bytes(stored)

    assert (await sign_in(country, "pusat.baru")).json()["code"] == "second_factor_needed"
    seen = f" {right['code'][:3]} {right['code'][3:]} "
    again = await sign_in(country, "pusat.baru", code=seen)
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_wrong")
    code = next_code(authenticator)
    assert (await sign_in(country, "pusat.baru", code=code)).status_code == 200
    again = await sign_in(country, "pusat.baru", code=code)
    assert again.json()["code"] == "second_factor_wrong"
    spare = recovery["recovery_codes"][0]
    assert (await sign_in(country, "pusat.baru", code=spare)).status_code == 200
    assert (await sign_in(country, "pusat.baru", code=spare)).status_code == 401


async def test_of_one_code_shown_many_times_at_once_one_gets_in(country: Country) -> None:
    _, token = await made(country, "dewi.serentak")
    await choose(country, token)
    who = {"username": "dewi.serentak", "password": CHOSEN}
    authenticator = pyotp.TOTP(
        (await country.http.post("/second-factor/enrol", json=who)).json()["secret"]
    )
    right = who | {"code": authenticator.now()}
    recovery = (await country.http.post("/second-factor/confirm", json=right)).json()
    for code in (next_code(authenticator), recovery["recovery_codes"][3]):
        tries = [sign_in(country, "dewi.serentak", code=code) for _ in range(4)]
        statuses = sorted([answer.status_code for answer in await asyncio.gather(*tries)])
        assert statuses == [200, 401, 401, 401]


def next_code(authenticator: pyotp.TOTP) -> str:
    """The code after the present one, which an authenticator that is a little fast shows."""
    return authenticator.at(int(time.time()) + 30)


async def test_anybody_may_have_a_second_factor_and_an_admin_resets_a_lost_one(
    country: Country,
) -> None:
    staff_id, token = await made(country, "dewi.enam")
    await choose(country, token)
    who = {"username": "dewi.enam", "password": CHOSEN}
    secret = (await country.http.post("/second-factor/enrol", json=who)).json()["secret"]
    confirmation = who | {"code": pyotp.TOTP(secret).now()}
    assert (await country.http.post("/second-factor/confirm", json=confirmation)).is_success
    again = await country.http.post("/second-factor/enrol", json=who)
    assert again.json()["code"] == "second_factor_in_use"
    assert (await sign_in(country, "dewi.enam")).status_code == 401
    reset = await call(country, COORDINATOR, "DELETE", f"/staff/{staff_id}/second-factor")
    assert reset.status_code == 204
    assert (await sign_in(country, "dewi.enam")).status_code == 200


async def test_the_demo_s_pusat_has_no_second_factor_yet(country: Country) -> None:
    refused = await sign_in(country, PUSAT, PASSWORD)
    assert refused.json()["code"] == "second_factor_enrolment_needed"


async def test_nobody_has_many_addresses_mailed(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "ADDRESSES", Limit("staff_addresses_tried", 2, 3600))
    staff_id, _ = await made(country, "surel.banyak", email="a@contoh.id")
    path = f"/staff/{staff_id}"
    assert (await call(country, COORDINATOR, "PATCH", path, {"email": "b@contoh.id"})).is_success
    refused = [
        await call(country, COORDINATOR, "PATCH", path, {"email": "c@contoh.id"}),
        await add(country, "surel.lain", email="d@contoh.id"),
    ]
    assert [answer.status_code for answer in refused] == [429, 429]
    assert (await call(country, COORDINATOR, "PATCH", path, {"email": ""})).is_success
    assert (await add(country, "tanpa.surel")).status_code == 201
