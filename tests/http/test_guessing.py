"""Who guesses is slowed down; who has the password gets in, from elsewhere or as before."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import uuid4

import pytest
from fastapi import APIRouter, Body, Request

from shared.database.engine import Database
from shared.http.callers import client_address, client_place
from shared.http.guessing import Guard, PasswordAttempt, PasswordGuard, attempt_by_address
from shared.http.limits import Limit, RateLimits
from shared.http.problems import unauthorized
from tests.http.conftest import Calling

router = APIRouter()
CODES = Guard(Limit("codes", 3, 3600), Limit("codes_address", 5, 3600))
PASSWORDS = PasswordGuard(
    "reporter",
    Guard(Limit("passwords", 4, 3600), Limit("passwords_address", 6, 3600)),
    strangers=Limit("passwords_strangers", 5, 360_000),
)


@router.post("/codes/{number}")
async def code(number: str, request: Request, right: Annotated[bool, Body()]) -> None:
    attempt = await attempt_by_address(request, CODES, number)
    if not right:
        raise unauthorized()
    await attempt.take_back()


@router.post("/passwords/{name}")
async def password(
    name: str,
    request: Request,
    right: Annotated[bool, Body()],
    devices: Annotated[list[str], Body()] = [],  # noqa: B006
    code: Annotated[bool, Body()] = False,
) -> list[str]:
    async def has_right_code() -> bool:
        return code

    attempt = PasswordAttempt(request, PASSWORDS, name)
    await attempt.begin(devices, has_right_code)
    if not right:
        raise unauthorized()
    return await attempt.let_in()


Try = Callable[..., Awaitable[Any]]


@pytest.fixture
def tries(calling: Calling) -> Try:
    """One try at a path, from an address."""

    async def one(path: str, address: str, right: bool, **others: Any) -> Any:
        async with calling(router, address) as client:
            if path.startswith("/codes"):
                return await client.post(path, json=right)
            return await client.post(path, json={"right": right, **others})

    return one


async def statuses(*answers: Awaitable[Any]) -> list[int]:
    return [(await answer).status_code for answer in answers]


async def test_whoever_guesses_at_a_code_the_reporter_gets_in_from_elsewhere(tries: Try) -> None:
    path = f"/codes/{uuid4()}"
    wrong = [tries(path, "198.51.100.1", False) for _ in range(4)]
    assert await statuses(*wrong) == [401, 401, 401, 429]
    for n in range(40):
        assert await statuses(tries(path, f"203.0.113.{n}", False)) == [401]
    assert await statuses(tries(path, "192.0.2.1", True)) == [200]
    assert await statuses(tries(path, "198.51.100.1", True)) == [429]
    assert await statuses(tries(f"/codes/{uuid4()}", "198.51.100.1", True)) == [200]


async def test_right_tries_are_not_counted_and_all_codes_of_an_address_are(tries: Try) -> None:
    path, address = f"/codes/{uuid4()}", "198.51.100.2"
    assert await statuses(*(tries(path, address, True) for _ in range(9))) == [200] * 9
    guesses = [tries(f"/codes/{uuid4()}", address, False) for _ in range(6)]
    assert await statuses(*guesses) == [401] * 5 + [429]
    assert await statuses(tries(path, address, True)) == [429]
    assert await statuses(tries(path, "198.51.100.3", True)) == [200]


async def attack(tries: Try, path: str) -> None:
    """Strangers fail more often than a name stands."""
    for n in range(6):
        await tries(path, f"203.0.113.{n + 1}", False)


async def test_who_signed_in_before_gets_in_while_the_world_guesses(tries: Try) -> None:
    path, home = f"/passwords/{uuid4()}", "192.0.2.7"
    marks = (await tries(path, home, True)).json()
    await attack(tries, path)
    guessing = await tries(path, "203.0.113.99", False)
    assert guessing.status_code == 429
    # From the address of before; with the browser of before, from wherever; with a second factor.
    assert await statuses(
        tries(path, home, True),
        tries(path, "198.51.100.77", True, devices=["nonsense", *marks]),
        tries(path, "198.51.100.78", True, code=True),
    ) == [200, 200, 200]
    others = (await tries(f"/passwords/{uuid4()}", home, True)).json()
    for marks_of_others in (others, [marks[0][:-4] + "AAAA"], []):
        answer = await tries(path, "198.51.100.79", True, devices=marks_of_others)
        assert answer.status_code == 429


async def test_a_known_browser_guesses_no_longer_than_anybody(tries: Try) -> None:
    path = f"/passwords/{uuid4()}"
    marks = (await tries(path, "192.0.2.8", True)).json()
    wrong = [tries(path, f"198.18.0.{n}", False, devices=marks) for n in range(5)]
    assert await statuses(*wrong) == [401] * 4 + [429]
    again = (await tries(path, "192.0.2.8", True)).json()
    assert await statuses(tries(path, "198.18.1.1", True, devices=again)) == [200]


async def test_people_who_share_a_browser_are_each_known_in_it(tries: Try) -> None:
    paths = [f"/passwords/{uuid4()}" for _ in range(3)]
    marks: list[str] = []
    for path in (*paths, *paths):
        marks = (await tries(path, "192.0.2.9", True, devices=marks)).json()
    assert len(marks) == 3
    for n, path in enumerate(paths):
        await attack(tries, path)
        answer = await tries(path, f"198.18.2.{n}", True, devices=marks)
        assert answer.status_code == 200


async def test_a_stranger_with_the_password_waits_a_turn_however_often_one_address_asks(
    tries: Try, calling: Calling
) -> None:
    path = f"/passwords/{uuid4()}"
    async with calling(router, "203.0.113.50") as guesser, calling(router, "192.0.2.10") as owner:
        await attack(tries, path)  # the last of it had the first turn
        for _ in range(5):
            assert (await guesser.post(path, json={"right": False})).status_code == 429
        answer = await owner.post(path, json={"right": True})
    assert answer.status_code == 429
    # Behind the one guesser, not behind its five tries.
    assert 0 < int(answer.headers["retry-after"]) <= 20


async def test_turns_are_given_in_order_and_each_is_used_once(database: Database) -> None:
    limits = RateLimits(database, "intake", "k" * 32)
    name = str(uuid4())

    async def turn(who: str) -> int:
        return await limits.turn("t", name, who, 3)

    assert await turn("first") == 0
    assert 0 < await turn("second") <= 3
    assert 0 < await turn("third") <= 6
    async with asyncio.timeout(60):
        while await turn("third"):
            await asyncio.sleep(0.05)
    # The second's place came before, and is kept; used once, it is gone.
    assert await turn("second") == 0
    assert await limits.turn("t", name, "second", 290) > 200


async def test_however_many_ask_no_place_is_further_off_than_it_is_kept(
    database: Database,
) -> None:
    limits, name = RateLimits(database, "intake", "k" * 32), str(uuid4())
    waits = [await limits.turn("t", name, f"crowd {n}", 100) for n in range(12)]
    assert waits[0] == 0
    assert max(waits) <= 300
    # The next to come is told when to ask again, and its place has not moved away meanwhile.
    assert 0 < await limits.turn("t", name, "somebody", 100) <= 300
    assert await limits.turn("t", name, "crowd 1", 100) <= 100


def test_a_place_is_a_customer_s() -> None:
    def place(host: str) -> str:
        return client_place(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert place("2001:db8:1:2::1") == place("2001:db8:1:ffff::9") == "2001:db8:1::/48"
    assert place("2001:db8:1:2::1") != place("2001:db8:2:2::1")
    assert [place(host) for host in ("192.0.2.1", "64:ff9b::c000:201", "")] == [
        "192.0.2.1",
        "192.0.2.1",
        "",
    ]


async def test_turns_hold_across_processes(database: Database) -> None:
    both = [RateLimits(database, "intake", "k" * 32) for _ in range(2)]
    name = str(uuid4())
    waits = await asyncio.gather(
        *(limits.turn("t", name, f"{n} {m}", 30) for n, limits in enumerate(both) for m in range(4))
    )
    assert sorted(waits)[0] == 0
    assert len({round(wait / 30) for wait in waits}) == 8


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("64:ff9b::c000:201", "64:ff9b::c000:202", False),
        ("64:ff9b::c000:201", "192.0.2.1", True),
        ("2002:c000:201:1::1", "2002:c000:201:2::1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_an_address_is_a_household(first: str, second: str, same: bool) -> None:
    def address(host: str) -> str:
        return client_address(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert (address(first) == address(second)) is same
