"""Reporters with an account: sign up, sign in, own reports."""

from typing import Any

import pytest

from tests.intake.conftest import Country, form

PASSWORD = "kata sandi panjang"
ACCOUNT = {"name": "Siti Rahmawati", "phone": "081234567890", "password": PASSWORD}


def header(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


async def test_an_account_submits_without_naming_itself_and_finds_its_reports(intake) -> None:
    answer = await intake.post("/reporters", json=ACCOUNT)
    assert answer.status_code == 201, answer.text
    own = header(answer.json())
    numbers = []
    for _ in range(3):
        told = await intake.post("/reports", json=form(reporter=None), headers=own)
        assert told.status_code == 201, told.text
        numbers.append(told.json()["number"])
    linked = form(reporter=None, linked_number=numbers[0])
    assert (await intake.post("/reports", json=linked, headers=own)).status_code == 201
    page = (await intake.get("/reporters/me/reports", params={"limit": 3}, headers=own)).json()
    assert [item["number"] for item in page["items"]][1:] == numbers[:0:-1]
    query = {"limit": 3, "cursor": page["next"]}
    rest = (await intake.get("/reporters/me/reports", params=query, headers=own)).json()
    assert ([item["number"] for item in rest["items"]], rest["next"]) == (numbers[:1], None)
    read = (await intake.get(f"/reports/{numbers[0]}", headers=own)).json()
    assert read["view"] == "reporter"


async def test_another_account_sees_nothing_of_it(intake) -> None:
    one = header((await intake.post("/reporters", json=ACCOUNT)).json())
    other_account = {"name": "Budi", "email": "Budi@Contoh.id", "password": PASSWORD}
    other = header((await intake.post("/reporters", json=other_account)).json())
    told = (await intake.post("/reports", json=form(secret=True), headers=one)).json()
    assert (await intake.get(f"/reports/{told['number']}", headers=other)).status_code == 404
    assert (await intake.get("/reporters/me/reports", headers=other)).json()["items"] == []
    linked = form(linked_number=told["number"])
    refused = await intake.post("/reports", json=linked, headers=other)
    assert refused.json()["errors"][0]["code"] == "linked_not_yours"


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
async def test_a_report_with_a_name_is_never_tied_to_one_without(
    intake: Any, country: Country, first: bool, second: bool
) -> None:
    own = header((await intake.post("/reporters", json=ACCOUNT)).json())

    async def submitted(**values: Any) -> int:
        told = await intake.post("/reports", json=form(reporter=None, **values), headers=own)
        assert told.status_code == 201, told.text
        return int(told.json()["number"])

    earlier = await submitted(anonymous=first)
    later = await submitted(anonymous=second, linked_number=earlier)
    # What is not kept does not show when staff make the one with a name anonymous as well.
    country.all("UPDATE lifecycle.report SET anonymous = true")
    read = (await intake.get(f"/reports/{later}", headers=own)).json()
    assert read["linked_number"] == (earlier if first is second else None)


async def test_signing_in_by_phone_or_mail_however_typed(intake) -> None:
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


async def refreshed(intake, signed_in: dict[str, Any]) -> int:
    token = {"refresh_token": signed_in["refresh_token"]}
    return (await intake.post("/reporters/refresh", json=token)).status_code


async def test_who_has_left_is_not_let_in_by_the_old_token(intake) -> None:
    left = (await intake.post("/reporters", json=ACCOUNT)).json()
    token = {"refresh_token": left["refresh_token"]}
    assert (await intake.post("/reporters/sign-out", json=token)).status_code == 204
    assert await refreshed(intake, left) == 401


async def test_a_token_used_twice_was_copied_and_ends_every_session(intake) -> None:
    copied = (await intake.post("/reporters", json=ACCOUNT)).json()
    entering = {"contact": ACCOUNT["phone"], "password": PASSWORD}
    other = (await intake.post("/reporters/sign-in", json=entering)).json()
    assert await refreshed(intake, copied) == 200
    assert await refreshed(intake, copied) == 401
    assert await refreshed(intake, other) == 401


async def test_a_new_password_ends_every_other_session(intake) -> None:
    here = (await intake.post("/reporters", json=ACCOUNT)).json()
    entering = {"contact": ACCOUNT["phone"], "password": PASSWORD}
    elsewhere = (await intake.post("/reporters/sign-in", json=entering)).json()
    wish = {"current_password": "bukan itu", "password": "kata sandi baru sekali"}
    refused = await intake.post("/reporters/me/password", json=wish, headers=header(here))
    assert refused.json()["errors"][0]["code"] == "present_password_wrong"
    wish["current_password"] = PASSWORD
    changed = await intake.post("/reporters/me/password", json=wish, headers=header(here))
    assert changed.status_code == 200, changed.text
    assert await refreshed(intake, elsewhere) == await refreshed(intake, here) == 401
    assert await refreshed(intake, changed.json()) == 200
    assert (await intake.post("/reporters/sign-in", json=entering)).status_code == 401
    entering["password"] = wish["password"]
    assert (await intake.post("/reporters/sign-in", json=entering)).status_code == 200


async def test_a_wrong_password_and_an_unknown_contact_look_the_same(intake) -> None:
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


async def test_a_contact_has_one_account_and_nothing_of_it_is_readable(intake, country) -> None:
    account = ACCOUNT | {"nik": "3204051708900001"}
    assert (await intake.post("/reporters", json=account)).status_code == 201
    again = await intake.post("/reporters", json=ACCOUNT | {"name": "Lain"})
    assert (again.status_code, again.json()["code"]) == (409, "account_taken")
    stored = country.everything_in("intake.reporter")
    for known in ("Siti", "81234567890", "3204051708900001", PASSWORD):
        assert known not in stored
        assert known.encode().hex() not in stored


async def test_passwords_are_not_guessed_for_long(intake) -> None:
    await intake.post("/reporters", json=ACCOUNT)
    form_ = {"contact": ACCOUNT["phone"], "password": "salah"}
    codes = [(await intake.post("/reporters/sign-in", json=form_)).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    assert (await intake.post("/reporters", json={"name": "X"})).status_code == 422
