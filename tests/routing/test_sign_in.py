"""Staff sign in, stay signed in, and are signed out everywhere when a token was copied."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from services.routing.accounts.sign_in import GUARD
from shared.http import guessing
from tests.routing.conftest import PASSWORD
from tests.routing.country import Country

ADMIN = "admin.kab.bandung"


async def test_an_admin_signs_in_and_learns_who_they_are(country: Country) -> None:
    answer = await country.http.post("/sign-in", json={"username": ADMIN, "password": PASSWORD})
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    me = await country.http.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["role_label"] == "Admin Instansi"
    assert me.json()["agency_name"] == "Pemerintah Kabupaten Bandung"
    assert me.json()["agency_path"] == [
        country.agencies[code] for code in ("pusat", "jabar", "kab-bandung")
    ]


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(country: Country) -> None:
    wrong = await country.http.post("/sign-in", json={"username": ADMIN, "password": "salah"})
    nobody = await country.http.post("/sign-in", json={"username": "tak.ada", "password": "salah"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json()["code"] == nobody.json()["code"] == "sign_in_failed"


async def test_somebody_who_guesses_on_is_slowed_down(country: Country) -> None:
    guess = {"username": "petugas.dishub.dki", "password": "tebak"}
    answers = [await country.http.post("/sign-in", json=guess) for _ in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {401}
    assert answers[10].status_code == 429
    assert int(answers[10].headers["Retry-After"]) > 0
    right = guess | {"password": PASSWORD}
    assert (await country.http.post("/sign-in", json=right)).status_code == 429
    async with calling_from(country, "198.51.100.4") as elsewhere:
        assert (await elsewhere.post("/sign-in", json=right)).status_code == 200


async def test_a_hundred_addresses_that_guess_do_not_keep_a_person_out(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "TURN", 60.0)  # no machine is so slow that two have theirs
    right = {"username": "petugas.dishub.kota.bandung", "password": PASSWORD}
    signed_in = (await country.http.post("/sign-in", json=right)).json()
    stranger: dict[str, Any] = {"username": right["username"], "password": "tebak"}
    # As the hundredth failure of this hour would leave it: each costs a look at the password.
    limits = country.app.state.rate_limits
    while await limits.wait(GUARD.strangers, right["username"]) is None:
        pass
    # One more is let every 36 seconds: none of them now.
    await country.rows(
        "UPDATE routing.rate_limit SET full_at = full_at + 60000000 WHERE key = :key",
        key=limits.digest(GUARD.strangers.name, right["username"]),
    )
    async with calling_from(country, "198.51.100.5") as somebody:
        assert (await somebody.post("/sign-in", json=stranger)).status_code == 401  # their turn
        assert (await somebody.post("/sign-in", json=stranger)).status_code == 429
    async with calling_from(country, "198.51.100.6") as elsewhere:
        answer = await elsewhere.post("/sign-in", json=right)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 120
        known = right | {"device_tokens": signed_in["device_tokens"]}
        assert (await elsewhere.post("/sign-in", json=known)).status_code == 200
    assert (await country.http.post("/sign-in", json=right)).status_code == 200


@asynccontextmanager
async def calling_from(country: Country, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at another address."""
    transport = httpx.ASGITransport(country.app, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://routing") as http:
        yield http


async def test_a_refresh_token_works_once_and_a_copy_ends_every_session(country: Country) -> None:
    who = {"username": "admin.kemensos", "password": PASSWORD}
    first = (await country.http.post("/sign-in", json=who)).json()
    elsewhere = (await country.http.post("/sign-in", json=who)).json()
    second = await country.http.post("/refresh", json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    copied = await country.http.post("/refresh", json={"refresh_token": first["refresh_token"]})
    assert copied.status_code == 401
    for session in (second.json(), elsewhere):
        token = {"refresh_token": session["refresh_token"]}
        assert (await country.http.post("/refresh", json=token)).status_code == 401
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        assert (await country.http.get("/me", headers=bearer)).status_code == 401


async def test_pages_of_one_browser_renew_a_session_once_by_whichever_copy_of_the_portal(
    country: Country,
) -> None:
    who = {"username": "admin.kemensos", "password": PASSWORD}
    first = (await country.http.post("/sign-in", json=who)).json()
    renewal = {"refresh_token": first["refresh_token"], "renewal_key": "k" * 43}
    answers = await asyncio.gather(*(country.http.post("/refresh", json=renewal) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert await statuses(country, *(answer.json() for answer in answers)) == [200] * 5

    renewed = {"refresh_token": answers[0].json()["refresh_token"], "renewal_key": "l" * 43}
    assert (await country.http.post("/refresh", json=renewed)).status_code == 200


@pytest.mark.parametrize("key", [None, "other" * 9])
async def test_a_copy_of_a_refresh_token_without_its_key_ends_every_session(
    country: Country, key: str | None
) -> None:
    who = {"username": "admin.kemensos", "password": PASSWORD}
    first = (await country.http.post("/sign-in", json=who)).json()
    token = {"refresh_token": first["refresh_token"]}
    renewed = await country.http.post("/refresh", json=token | {"renewal_key": "k" * 43})
    copied = await country.http.post("/refresh", json=token | ({"renewal_key": key} if key else {}))
    assert copied.status_code == 401
    assert await statuses(country, renewed.json()) == [401]


async def test_the_same_renewal_is_another_one_later_and_once_the_next_token_is_used(
    country: Country,
) -> None:
    who = {"username": "admin.kemensos", "password": PASSWORD}
    for make_late in (True, False):
        first = (await country.http.post("/sign-in", json=who)).json()
        renewal = {"refresh_token": first["refresh_token"], "renewal_key": "k" * 43}
        renewed = (await country.http.post("/refresh", json=renewal)).json()
        if make_late:
            await country.rows("UPDATE routing.session SET used_at = used_at - interval '11 min'")
        else:
            await country.http.post("/refresh", json={"refresh_token": renewed["refresh_token"]})
        assert (await country.http.post("/refresh", json=renewal)).status_code == 401


@pytest.mark.parametrize("by_the_former_token", [False, True])
async def test_who_signed_out_is_out_with_every_token_of_that_session_and_no_other(
    country: Country, by_the_former_token: bool
) -> None:
    who = {"username": "admin.kemenkes", "password": PASSWORD}
    first = (await country.http.post("/sign-in", json=who)).json()
    elsewhere = (await country.http.post("/sign-in", json=who)).json()
    token = {"refresh_token": first["refresh_token"]}
    second = (await country.http.post("/refresh", json=token)).json()
    if not by_the_former_token:
        token = {"refresh_token": second["refresh_token"]}
    assert await statuses(country, first, second, elsewhere) == [200, 200, 200]
    assert (await country.http.post("/sign-out", json=token)).status_code == 204
    assert await statuses(country, first, second, elsewhere) == [401, 401, 200]
    for one in (first, second):
        token = {"refresh_token": one["refresh_token"]}
        assert (await country.http.post("/refresh", json=token)).status_code == 401
    assert await statuses(country, elsewhere) == [200]


async def test_signing_out_while_the_session_is_renewed_ends_it_all_the_same(
    country: Country,
) -> None:
    who = {"username": "admin.kemenkes", "password": PASSWORD}
    for _ in range(4):
        session = (await country.http.post("/sign-in", json=who)).json()
        token = {"refresh_token": session["refresh_token"]}
        renewed, _ = await asyncio.gather(
            country.http.post("/refresh", json=token), country.http.post("/sign-out", json=token)
        )
        assert await statuses(country, session) == [401]
        if renewed.is_success:
            assert await statuses(country, renewed.json()) == [401]
            token = {"refresh_token": renewed.json()["refresh_token"]}
            assert (await country.http.post("/refresh", json=token)).status_code == 401


async def statuses(country: Country, *sessions: dict[str, str]) -> list[int]:
    """What the access tokens of these get."""
    answers = [
        await country.http.get("/me", headers={"Authorization": f"Bearer {one['access_token']}"})
        for one in sessions
    ]
    return [answer.status_code for answer in answers]


async def test_an_expired_refresh_token_is_refused(country: Country) -> None:
    who = {"username": "admin.pln", "password": PASSWORD}
    session = (await country.http.post("/sign-in", json=who)).json()
    await country.rows("UPDATE routing.session SET expires_at = now() - interval '1 second'")
    token = {"refresh_token": session["refresh_token"]}
    assert (await country.http.post("/refresh", json=token)).status_code == 401


@pytest.mark.parametrize("path", ["/me", "/queue?tab=closed", "/reports/1", "/agencies", "/policy"])
async def test_nothing_is_shown_to_who_is_not_signed_in(country: Country, path: str) -> None:
    assert (await country.http.get(path)).status_code == 401
