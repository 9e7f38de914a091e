"""Reporters with an account: sign up, sign in, own reports."""

import asyncio
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from services.intake import reporters
from services.intake.sign_in import GUARD
from shared.database.engine import Database
from shared.http.limits import Limit, RateLimits
from shared.privacy.identity import BlindIndex
from shared.settings import Settings
from shared.telemetry import registry
from tests.intake.conftest import Country, form, running
from tests.locks import all_wait, held

PASSWORD = "gajah ungu melompat"
ACCOUNT = {"name": "Siti Rahmawati", "phone": "081234567890", "password": PASSWORD}


def header(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


async def test_an_account_submits_without_naming_itself_and_finds_its_reports(
    intake: httpx.AsyncClient,
) -> None:
    answer = await intake.post("/reporters", json=ACCOUNT)
    assert answer.status_code == 201, answer.text
    own = header(answer.json())
    numbers = []
    for _ in range(3):
        accepted = await intake.post("/reports", json=form(reporter=None), headers=own)
        assert accepted.status_code == 201, accepted.text
        numbers.append(accepted.json()["number"])
    linked = form(reporter=None, linked_number=numbers[0])
    assert (await intake.post("/reports", json=linked, headers=own)).status_code == 201
    page = (await intake.get("/reporters/me/reports", params={"limit": 3}, headers=own)).json()
    assert [item["number"] for item in page["items"]][1:] == numbers[:0:-1]
    query = {"limit": 3, "cursor": page["next"]}
    rest = (await intake.get("/reporters/me/reports", params=query, headers=own)).json()
    assert ([item["number"] for item in rest["items"]], rest["next"]) == (numbers[:1], None)
    read = (await intake.get(f"/reports/{numbers[0]}", headers=own)).json()
    assert read["view"] == "reporter"


async def test_another_account_sees_nothing_of_it(intake: httpx.AsyncClient) -> None:
    one = header((await intake.post("/reporters", json=ACCOUNT)).json())
    other_account = {"name": "Budi", "email": "Budi@Contoh.id", "password": PASSWORD}
    other = header((await intake.post("/reporters", json=other_account)).json())
    report = (await intake.post("/reports", json=form(secret=True), headers=one)).json()
    assert (await intake.get(f"/reports/{report['number']}", headers=other)).status_code == 404
    assert (await intake.get("/reporters/me/reports", headers=other)).json()["items"] == []
    linked = form(linked_number=report["number"])
    refused = await intake.post("/reports", json=linked, headers=other)
    assert refused.json()["errors"][0]["code"] == "linked_not_yours"


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
async def test_a_report_with_a_name_is_never_tied_to_one_without(
    intake: httpx.AsyncClient, country: Country, first: bool, second: bool
) -> None:
    own = header((await intake.post("/reporters", json=ACCOUNT)).json())

    async def submitted(**values: Any) -> int:
        accepted = await intake.post("/reports", json=form(reporter=None, **values), headers=own)
        assert accepted.status_code == 201, accepted.text
        return int(accepted.json()["number"])

    earlier = await submitted(anonymous=first)
    later = await submitted(anonymous=second, linked_number=earlier)
    # What is not kept does not show when staff make the one with a name anonymous as well.
    country.all("UPDATE lifecycle.report SET anonymous = true")
    read = (await intake.get(f"/reports/{later}", headers=own)).json()
    assert read["linked_number"] == (earlier if first is second else None)


async def test_signing_in_by_phone_or_mail_however_typed(intake: httpx.AsyncClient) -> None:
    await intake.post("/reporters", json=ACCOUNT | {"email": "siti@contoh.id"})
    for contact in ("0812-3456-7890", "+62 812 3456 7890", " Siti@Contoh.ID"):
        form_ = {"contact": contact, "password": PASSWORD}
        answer = await intake.post("/reporters/sign-in", json=form_)
        assert answer.status_code == 200, contact
    renewed = await intake.post(
        "/reporters/refresh", json={"refresh_token": answer.json()["refresh_token"]}
    )
    assert renewed.status_code == 200
    reports = await intake.get("/reporters/me/reports", headers=header(renewed.json()))
    assert reports.status_code == 200
    token = {"refresh_token": renewed.json()["access_token"]}
    assert (await intake.post("/reporters/refresh", json=token)).status_code == 401


async def refreshed(intake: httpx.AsyncClient, signed_in: dict[str, Any]) -> int:
    token = {"refresh_token": signed_in["refresh_token"]}
    return (await intake.post("/reporters/refresh", json=token)).status_code


async def test_who_has_left_is_not_let_in_by_the_old_token(intake: httpx.AsyncClient) -> None:
    left = (await intake.post("/reporters", json=ACCOUNT)).json()
    token = {"refresh_token": left["refresh_token"]}
    assert await reads_own(intake, left) == 200
    assert (await intake.post("/reporters/sign-out", json=token)).status_code == 204
    assert await refreshed(intake, left) == 401
    assert await reads_own(intake, left) == 401


async def test_who_left_a_report_opened_by_code_is_let_in_by_the_code_alone(
    intake: httpx.AsyncClient,
) -> None:
    made = (await intake.post("/reports", json=form())).json()
    path = f"/reports/{made['number']}"
    code = {"access_code": made["access_code"]}
    here, there = [(await intake.post(f"{path}/access", json=code)).json() for _ in range(2)]
    assert (await intake.delete(f"{path}/access", headers=header(here))).status_code == 204
    assert (await intake.get(path, headers=header(here))).status_code == 401
    assert (await intake.get(path, headers=header(there))).status_code == 200
    other = f"/reports/{made['number'] + 1}/access"
    assert (await intake.delete(other, headers=header(there))).status_code == 404
    assert (await intake.post(f"{path}/access", json=code)).status_code == 200


async def reads_own(intake: httpx.AsyncClient, signed_in: dict[str, Any]) -> int:
    answer = await intake.get("/reporters/me/reports", headers=header(signed_in))
    return int(answer.status_code)


async def test_a_token_used_twice_was_copied_and_ends_every_session(
    intake: httpx.AsyncClient,
) -> None:
    copied = (await intake.post("/reporters", json=ACCOUNT)).json()
    entering = {"contact": ACCOUNT["phone"], "password": PASSWORD}
    other = (await intake.post("/reporters/sign-in", json=entering)).json()
    assert await refreshed(intake, copied) == 200
    assert await refreshed(intake, copied) == 401
    assert await refreshed(intake, other) == 401


async def test_a_new_password_ends_every_other_session(intake: httpx.AsyncClient) -> None:
    here = (await intake.post("/reporters", json=ACCOUNT)).json()
    entering = {"contact": ACCOUNT["phone"], "password": PASSWORD}
    elsewhere = (await intake.post("/reporters/sign-in", json=entering)).json()
    command_request = {"current_password": "bukan itu", "password": "kata sandi baru sekali"}
    refused = await intake.post(
        "/reporters/me/password", json=command_request, headers=header(here)
    )
    assert refused.json()["errors"][0]["code"] == "present_password_wrong"
    command_request["current_password"] = PASSWORD
    changed = await intake.post(
        "/reporters/me/password", json=command_request, headers=header(here)
    )
    assert changed.status_code == 200, changed.text
    assert await reads_own(intake, elsewhere) == await reads_own(intake, here) == 401
    assert await refreshed(intake, elsewhere) == await refreshed(intake, here) == 401
    assert await reads_own(intake, changed.json()) == 200
    assert await refreshed(intake, changed.json()) == 200
    assert (await intake.post("/reporters/sign-in", json=entering)).status_code == 401
    entering["password"] = command_request["password"]
    assert (await intake.post("/reporters/sign-in", json=entering)).status_code == 200


@pytest.mark.parametrize(
    "weak", ["1234567890", "sayangku2024", "Siti Rahmawati", "0812-3456-7890", "siti@contoh.id1"]
)
async def test_an_account_has_no_password_that_can_be_guessed(
    intake: httpx.AsyncClient, weak: str
) -> None:
    account = ACCOUNT | {"email": "siti@contoh.id", "password": weak}
    refused = await intake.post("/reporters", json=account)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("password", "password_guessable")
    own = header((await intake.post("/reporters", json=account | {"password": PASSWORD})).json())
    command_request = {"current_password": PASSWORD, "password": weak}
    refused = await intake.post("/reporters/me/password", json=command_request, headers=own)
    assert refused.json()["errors"][0]["code"] == "password_guessable"
    assert (await intake.get("/reporters/me/reports", headers=own)).status_code == 200


async def test_a_wrong_password_and_an_unknown_contact_look_the_same(
    intake: httpx.AsyncClient,
) -> None:
    await intake.post("/reporters", json=ACCOUNT)
    answers = [
        await intake.post("/reporters/sign-in", json={"contact": contact, "password": password})
        for contact, password in (
            (ACCOUNT["phone"], "bukan itu"),
            ("081200000000", PASSWORD),
            ("bukan kontak \x00", PASSWORD),
        )
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (401, "sign_in_failed")
    }


async def test_nothing_of_an_account_is_readable_in_the_database(
    intake: httpx.AsyncClient, country: Country
) -> None:
    account = ACCOUNT | {"nik": "3204051708900001"}
    assert (await intake.post("/reporters", json=account)).status_code == 201
    stored = country.everything_in("intake.reporter")
    stored += country.everything_in("intake.account_entry")
    for known in ("Siti", "81234567890", "3204051708900001", PASSWORD):
        assert known not in stored
        assert known.encode().hex() not in stored


async def signed_in(intake: httpx.AsyncClient, contact: str, password: str) -> Any:
    command_request = {"contact": contact, "password": password}
    return await intake.post("/reporters/sign-in", json=command_request)


@pytest.mark.parametrize(
    ("one", "other", "typed"),
    [
        ({"phone": "081234567890"}, {"phone": "+62 812-3456-7890"}, "0812 3456 7890"),
        ({"email": "siti@contoh.id"}, {"email": "SITI@Contoh.id"}, "siti@contoh.ID"),
        (
            {"phone": "081234567890", "email": "siti@contoh.id"},
            {"phone": "081200000000", "email": "siti@contoh.id"},
            "siti@contoh.id",
        ),
    ],
)
async def test_of_two_accounts_with_one_contact_the_password_enters_the_right_one(
    intake: httpx.AsyncClient, one: dict[str, str], other: dict[str, str], typed: str
) -> None:
    accounts = [
        {"name": "Bukan Siti", **one, "password": "sepeda ungu melintas cepat"},
        {"name": "Siti", **other, "password": "gajah hijau makan siang"},
    ]
    answers = [await intake.post("/reporters", json=account) for account in accounts]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert {frozenset(answer.json()) for answer in answers} == {
        frozenset({"access_token", "refresh_token"})
    }
    numbers = []
    for answer in answers:
        accepted = await intake.post(
            "/reports", json=form(reporter=None), headers=header(answer.json())
        )
        numbers.append(accepted.json()["number"])
    for account, number in zip(accounts, numbers, strict=True):
        entered = await signed_in(intake, typed, account["password"])
        assert entered.status_code == 200
        listed = await intake.get("/reporters/me/reports", headers=header(entered.json()))
        assert [item["number"] for item in listed.json()["items"]] == [number]
    # Neither chooses the other's password, which would leave one of them without a way in.
    taken = {"current_password": accounts[0]["password"], "password": accounts[1]["password"]}
    entered = (await signed_in(intake, typed, accounts[0]["password"])).json()
    refused = await intake.post("/reporters/me/password", json=taken, headers=header(entered))
    assert refused.json()["errors"][0]["code"] == "password_opens_another"
    # A new password of one leaves the other's alone, and the other's does not enter here.
    command_request = {
        "current_password": accounts[0]["password"],
        "password": "kuda biru tidur pagi",
    }
    entered = (await signed_in(intake, typed, accounts[0]["password"])).json()
    changed = await intake.post(
        "/reporters/me/password", json=command_request, headers=header(entered)
    )
    assert changed.status_code == 200, changed.text
    assert (await signed_in(intake, typed, accounts[0]["password"])).status_code == 401
    assert (await signed_in(intake, typed, "kuda biru tidur pagi")).status_code == 200
    assert (await signed_in(intake, typed, accounts[1]["password"])).status_code == 200


async def test_a_try_costs_one_computation_however_many_accounts_name_the_contact(
    intake: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    compute = PasswordHasher.hash

    def counted(self: PasswordHasher, password: str, *, salt: bytes | None = None) -> str:
        computed.append(password)
        return compute(self, password, salt=salt)

    monkeypatch.setattr(PasswordHasher, "hash", counted)
    for place in range(5):
        await intake.post("/reporters", json=ACCOUNT | {"password": f"{PASSWORD} {place}"})
    computed.clear()
    for contact in (ACCOUNT["phone"], "081200000000", "bukan kontak", "nobody@contoh.id"):
        assert (await signed_in(intake, contact, "bukan itu sama sekali")).status_code == 401
    assert len(computed) == 4
    assert (await signed_in(intake, ACCOUNT["phone"], f"{PASSWORD} 3")).status_code == 200


async def test_an_account_of_before_and_a_later_one_with_its_contact_both_sign_in(
    intake: httpx.AsyncClient, country: Country
) -> None:
    await intake.post("/reporters", json=ACCOUNT)
    country.all(
        "UPDATE intake.account_entry SET password_hash = %s", PasswordHasher().hash(PASSWORD)
    )
    later = ACCOUNT | {"password": "gajah hijau makan siang"}
    assert (await intake.post("/reporters", json=later)).status_code == 201
    for password in (PASSWORD, later["password"]):
        assert (await signed_in(intake, ACCOUNT["phone"], password)).status_code == 200
    assert (await signed_in(intake, ACCOUNT["phone"], "bukan itu")).status_code == 401


async def test_passwords_are_not_guessed_for_long(intake: httpx.AsyncClient) -> None:
    await intake.post("/reporters", json=ACCOUNT)
    form_ = {"contact": ACCOUNT["phone"], "password": "salah"}
    codes = [(await intake.post("/reporters/sign-in", json=form_)).status_code for _ in range(11)]
    # The password chosen at sign-up was the first try.
    assert codes == [401] * 9 + [429] * 2
    assert (await intake.post("/reporters", json={"name": "X"})).status_code == 422


async def used_up(settings: Settings, limit: Limit, subject: str) -> None:
    """As if others had tried before, without the time that takes."""
    database = Database(settings.database_url, pool_size=1)
    limits = RateLimits(database, "intake", settings.blind_index_key)
    while await limits.wait(limit, subject) is None:
        pass
    await database.dispose()


async def test_who_guesses_keeps_nobody_out_of_their_account(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    await intake.post("/reporters", json=ACCOUNT)
    right = {"contact": ACCOUNT["phone"], "password": PASSWORD}
    wrong = right | {"contact": "+62 812-3456-7890", "password": "salah"}
    here = (await intake.post("/reporters/sign-in", json=right)).json()
    codes = [(await intake.post("/reporters/sign-in", json=wrong)).status_code for _ in range(11)]
    assert codes == [401] * 9 + [429] * 2
    async with running(settings, "198.51.100.8") as elsewhere:
        answer = await elsewhere.post("/reporters/sign-in", json=right)
        assert answer.status_code == 200
    # The browser of before, though somebody at its address guesses.
    known = right | {"device_tokens": here["device_tokens"]}
    assert (await intake.post("/reporters/sign-in", json=known)).status_code == 200


async def test_while_the_world_guesses_an_account_s_own_browser_gets_in(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    await intake.post("/reporters", json=ACCOUNT)
    right = {"contact": ACCOUNT["phone"], "password": PASSWORD}
    here = (await intake.post("/reporters/sign-in", json=right)).json()
    contact = BlindIndex(settings.blind_index_key).phone(ACCOUNT["phone"]).hex()
    await used_up(settings, GUARD.strangers, contact)
    async with running(settings, "198.51.100.9") as elsewhere:
        first, second = [
            await elsewhere.post("/reporters/sign-in", json=right | {"password": "salah"})
            for _ in range(2)
        ]
        assert (first.status_code, second.status_code) == (401, 429)
        known = right | {"device_tokens": here["device_tokens"]}
        assert (await elsewhere.post("/reporters/sign-in", json=known)).status_code == 200


async def test_a_code_that_many_try_still_opens_and_the_operator_is_told_once(
    intake: httpx.AsyncClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    made = (await intake.post("/reports", json=form())).json()
    path = f"/reports/{made['number']}/access"
    await used_up(settings, reporters.GUESSED, str(made["number"]))
    before = registry.get_sample_value("lapor_access_codes_guessed_total") or 0
    for n in range(3):
        async with running(settings, f"198.51.100.{n + 20}") as stranger:
            answer = await stranger.post(path, json={"access_code": "AAAA2222"})
            assert answer.status_code == 404
    assert registry.get_sample_value("lapor_access_codes_guessed_total") == before + 1
    assert [r.message for r in caplog.records].count("access code guessed at") == 1
    assert (await intake.post(path, json={"access_code": made["access_code"]})).status_code == 200


async def test_whoever_names_a_contact_tries_no_account_of_it_but_their_own(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    contact = BlindIndex(settings.blind_index_key).phone(ACCOUNT["phone"]).hex()
    marks = []
    for n in range(3):
        async with running(settings, f"198.51.100.{n + 40}") as other:
            own = ACCOUNT | {"password": f"kuda biru tidur pagi {n}"}
            assert (await other.post("/reporters", json=own)).status_code == 201
            entered = await signed_in(other, own["phone"], own["password"])
            marks += entered.json()["device_tokens"]
    await intake.post("/reporters", json=ACCOUNT)
    await used_up(settings, GUARD.strangers, contact)
    # Neither from where they signed in, nor with all their browsers' marks: both take turns.
    async with running(settings, "198.51.100.40") as other:
        guess = {"contact": ACCOUNT["phone"], "password": "salah"}
        answers = [
            await other.post("/reporters/sign-in", json=guess | {"device_tokens": shown})
            for shown in (marks, marks[:1], marks[1:], [])
        ]
        assert [answer.status_code for answer in answers] == [401, 429, 429, 429]
        right = {"contact": ACCOUNT["phone"], "password": PASSWORD, "device_tokens": marks}
        assert (await other.post("/reporters/sign-in", json=right)).status_code == 429
        theirs = right | {"password": "kuda biru tidur pagi 1"}
        assert (await other.post("/reporters/sign-in", json=theirs)).status_code == 200


async def test_a_browser_known_to_one_account_enters_another_of_the_contact(
    intake: httpx.AsyncClient,
) -> None:
    other = ACCOUNT | {"password": "kuda biru tidur pagi"}
    for account in (ACCOUNT, other):
        assert (await intake.post("/reporters", json=account)).status_code == 201
    marks: list[str] = []
    for password in (PASSWORD, other["password"], PASSWORD):
        command_request = {
            "contact": ACCOUNT["phone"],
            "password": password,
            "device_tokens": marks,
        }
        answer = await intake.post("/reporters/sign-in", json=command_request)
        assert answer.status_code == 200
        marks = answer.json()["device_tokens"]
    assert len(marks) == 2


async def test_a_stolen_mark_guesses_no_longer_than_a_stranger(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    await intake.post("/reporters", json=ACCOUNT)
    stolen = (await signed_in(intake, ACCOUNT["phone"], PASSWORD)).json()["device_tokens"]
    contact = BlindIndex(settings.blind_index_key).phone(ACCOUNT["phone"]).hex()
    await used_up(settings, GUARD.strangers, contact)
    wrong = {"contact": ACCOUNT["phone"], "password": "salah", "device_tokens": stolen}
    async with running(settings, "198.51.100.50") as thief:
        for _ in range(10):
            await thief.post("/reporters/sign-in", json=wrong)
        right = wrong | {"password": PASSWORD}
        assert (await thief.post("/reporters/sign-in", json=right)).status_code == 429


@pytest.mark.parametrize("contact", [{"phone": "+62 812-3456-7890"}, {"email": "SITI@contoh.id"}])
async def test_no_account_is_made_with_contact_and_password_of_another(
    intake: httpx.AsyncClient, contact: dict[str, str]
) -> None:
    first = ACCOUNT | {"email": "siti@contoh.id"}
    await intake.post("/reporters", json=first)
    same = {"name": "Bukan Siti", **contact, "password": PASSWORD}
    refused = await intake.post("/reporters", json=same)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "password_opens_another"
    both = await asyncio.gather(
        *(intake.post("/reporters", json=same | {"password": "kuda biru pagi"}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in both) == [201, 422]


async def test_of_two_from_before_with_one_password_the_oldest_is_entered(
    intake: httpx.AsyncClient, country: Country
) -> None:
    for place in range(2):
        account = ACCOUNT | {"password": f"{PASSWORD} {place}"}
        assert (await intake.post("/reporters", json=account)).status_code == 201
    country.all(
        "UPDATE intake.account_entry SET password_hash ="
        " (SELECT password_hash FROM intake.account_entry ORDER BY reporter_id LIMIT 1)"
    )
    own = header((await signed_in(intake, ACCOUNT["phone"], f"{PASSWORD} 0")).json())
    accepted = await intake.post("/reports", json=form(reporter=None), headers=own)
    [[oldest]] = country.all("SELECT min(reporter_id) FROM intake.account_entry")
    [[owner]] = country.all(
        "SELECT reporter_id FROM intake.submission WHERE number = %s", accepted.json()["number"]
    )
    assert owner == oldest


async def test_passwords_chosen_for_a_contact_are_counted_as_tries(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    made = [
        await intake.post("/reporters", json=ACCOUNT | {"password": f"kuda biru tidur {n} pagi"})
        for n in range(11)
    ]
    assert [answer.status_code for answer in made] == [201] * 10 + [429]
    async with running(settings, "198.51.100.60") as elsewhere:
        own = header((await elsewhere.post("/reporters", json=ACCOUNT)).json())
        command_request = {"current_password": PASSWORD, "password": "kuda hijau lari sore"}
        contact = BlindIndex(settings.blind_index_key).phone(ACCOUNT["phone"]).hex()
        await used_up(settings, GUARD.strangers, contact)
        answers = [
            (await elsewhere.post("/reporters", json=ACCOUNT | {"password": "kuda abu lari sore"})),
            (await elsewhere.post("/reporters/me/password", json=command_request, headers=own)),
        ]
        assert [answer.status_code for answer in answers] == [201, 429]


async def test_of_two_new_passwords_chosen_at_once_for_one_present_one_is_taken(
    intake: httpx.AsyncClient, country: Country
) -> None:
    own = header((await intake.post("/reporters", json=ACCOUNT)).json())
    chosen = ["sepeda biru terbang", "payung hijau berenang"]

    def choosing(password: str) -> Any:
        command_request = {"current_password": PASSWORD, "password": password}
        return intake.post("/reporters/me/password", json=command_request, headers=own)

    async with held(country.url, "SELECT FROM intake.reporter FOR UPDATE"):
        tries = [asyncio.create_task(choosing(password)) for password in chosen]
        await all_wait(country.url, 2)
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    for password, answer in zip(chosen, answers, strict=True):
        entering = {"contact": ACCOUNT["phone"], "password": password}
        entered = await intake.post("/reporters/sign-in", json=entering)
        assert entered.status_code == answer.status_code


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": None}, "name", "missing"),
        ({"phone": None, "email": None}, "phone", "contact_missing"),
    ],
)
async def test_what_lacks_of_who_signs_up_is_said_once_at_its_field(
    intake: httpx.AsyncClient, changes: dict[str, None], field: str, code: str
) -> None:
    refused = await intake.post("/reporters", json=ACCOUNT | changes)
    errors = [(error["field"], error["code"]) for error in refused.json()["errors"]]
    assert (refused.status_code, errors) == (422, [(field, code)])
