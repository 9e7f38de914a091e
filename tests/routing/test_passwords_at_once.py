"""A password looked at is the password still when something is done by it."""

import asyncio
from typing import Any

import httpx
import pyotp
import pytest

from deploy.local.postgres import OWNER
from tests.conftest import UrlOf
from tests.locks import all_wait, held
from tests.routing.country import Country
from tests.routing.test_managing_people import CHOSEN, choose, made, sign_in

ROW = "SELECT FROM routing.staff WHERE id = %s FOR UPDATE"
OTHERS = ["sepeda biru 9", "payung hijau 4"]


@pytest.fixture
def owner(module_database: UrlOf) -> str:
    return module_database(OWNER).replace("+psycopg", "")


async def post(country: Country, path: str, body: Any, token: str | None = None) -> httpx.Response:
    header = {"Authorization": f"Bearer {token}"} if token else {}
    return await country.http.post(path, json=body, headers=header)


async def test_of_two_new_passwords_chosen_at_once_for_one_present_one_is_taken(
    country: Country, owner: str
) -> None:
    staff_id, link = await made(country, "dewi.dua.sandi")
    await choose(country, link)
    token = (await sign_in(country, "dewi.dua.sandi")).json()["access_token"]
    async with held(owner, ROW, staff_id):
        tries = [
            asyncio.create_task(
                post(country, "/me/password", {"present": CHOSEN, "password": other}, token)
            )
            for other in OTHERS
        ]
        await all_wait(owner, 2)
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [204, 401]
    for other, answer in zip(OTHERS, answers, strict=True):
        entered = await sign_in(country, "dewi.dua.sandi", other)
        assert entered.status_code == (200 if answer.is_success else 401)


@pytest.mark.parametrize("step", ["enrol", "confirm", "remove", "own"])
async def test_nothing_is_done_by_a_password_that_an_admin_has_taken_meanwhile(
    country: Country, owner: str, step: str
) -> None:
    """The admin's reset is what holds the row; the person showed the former password before."""
    name = f"dewi.{step}"
    staff_id, link = await made(country, name)
    await choose(country, link)
    token = (await sign_in(country, name)).json()["access_token"]
    who = {"username": name, "password": CHOSEN}
    body: dict[str, Any] = who
    if step in ("confirm", "remove"):
        enrolled = await post(country, "/second-factor/enrol", who)
        authenticator = pyotp.TOTP(enrolled.json()["secret"])
        body = who | {"code": authenticator.now()}
    if step == "remove":
        spare = (await post(country, "/second-factor/confirm", body)).json()["recovery_codes"]
        body = who | {"code": spare[0]}
    if step == "own":
        body = {"present": CHOSEN, "password": OTHERS[0]}
    path = "/me/password" if step == "own" else f"/second-factor/{step}"
    reset = "UPDATE routing.staff SET password_hash = '' WHERE id = %s"
    async with held(owner, reset, staff_id):
        late = asyncio.create_task(post(country, path, body, token if step == "own" else None))
        await all_wait(owner, 1)
    assert (await late).status_code == 401
    assert (await sign_in(country, name, OTHERS[0])).status_code == 401
