"""A lost password of an account is recovered by a contact that it has proven."""

from typing import Any

import httpx
import orjson
import pytest

from services.intake.sign_in import GUARD
from services.notification.contacts.code_limits import RECOVERY_BY_PLACE
from services.notification.contacts.codes import TRIES
from shared.http.guessing import TURN
from tests.notification.account_services import OTHER, PASSWORD, Services, header, services
from tests.notification.conftest import MAIL

__all__ = ["services"]


async def test_a_lost_password_is_chosen_anew_by_the_proven_contact_and_all_sessions_end(
    services: Services,
) -> None:
    own = await services.signs_up()
    await services.proves(own)
    shown = await services.asks_to_recover(" Siti@Example.org")
    answer = await services.notify.post("/account-recovery/proof", json=shown)
    token = answer.json()["recovery_token"]
    weak = {"recovery_token": token, "password": "siti@example.org"}
    assert (await services.intake.post("/reporters/password", json=weak)).status_code == 422
    chosen = {"recovery_token": token, "password": OTHER}
    signed_in = await services.intake.post("/reporters/password", json=chosen)
    assert signed_in.status_code == 200, signed_in.text
    assert (await services.intake.post("/reporters/password", json=chosen)).status_code == 401
    mine = "/reporters/me/reports"
    assert (await services.intake.get(mine, headers=own)).status_code == 401
    assert (await services.intake.get(mine, headers=header(signed_in.json()))).status_code == 200
    assert await services.signs_in(MAIL, PASSWORD) == 401
    assert await services.signs_in(MAIL, OTHER) == 200


@pytest.mark.parametrize("account", ["none", "unproven", "lapsed", "lapsed as pusat has set it"])
async def test_no_answer_tells_whether_there_is_an_account_and_nobody_gets_a_code(
    services: Services, account: str
) -> None:
    if account != "none":
        own = await services.signs_up()
    if account.startswith("lapsed"):
        await services.proves(own)
        days = 366 if account == "lapsed" else 31
        services.country.all(
            "UPDATE notification.contact SET proven_at = now() - make_interval(days => %s)", days
        )
    if account == "lapsed as pusat has set it":
        month = {"proof": {"amount": 30, "unit": "calendar_days"}}
        services.country.all(
            "INSERT INTO routing.policy (body, valid_from) VALUES (%s, now())",
            orjson.dumps(month).decode(),
        )
        contacts = (await services.notify.get("/reporters/me/contacts", headers=own)).json()
        assert [each["state"] for each in contacts["contacts"]] == ["lapsed"]
    services.mail.got.clear()
    asked = await services.notify.post("/account-recovery", json={"contact": MAIL})
    assert (asked.status_code, list(asked.json())) == (202, ["request_token"])
    assert services.country.one("SELECT count(*) FROM notification.account_recovery") == 1
    shown = asked.json() | {"code": "123456"}
    refused = await services.notify.post("/account-recovery/proof", json=shown)
    assert refused.json()["errors"][0]["code"] == "code_wrong"
    assert services.mail.got == []


async def test_strangers_who_fail_to_sign_in_do_not_delay_a_new_password(
    services: Services,
) -> None:
    await services.proves(await services.signs_up())
    shown = await services.asks_to_recover()
    proof = (await services.notify.post("/account-recovery/proof", json=shown)).json()
    app: Any = services.intake._transport
    limits, contact = app.app.state.rate_limits, app.app.state.resources.index.email(MAIL).hex()
    for _ in range(GUARD.strangers.count):
        await limits.wait(GUARD.strangers, contact)
    for stranger in ("203.0.113.1", "203.0.113.2"):
        await limits.turn(GUARD.strangers.name, contact, stranger, TURN)
    signed_in = await services.intake.post("/reporters/password", json=proof | {"password": OTHER})
    assert signed_in.status_code == 200, signed_in.text


async def test_strangers_who_ask_and_guess_do_not_keep_the_owner_from_a_new_password(
    services: Services,
) -> None:
    await services.proves(await services.signs_up())
    shown = await services.asks_to_recover()
    app: Any = services.notify._transport
    elsewhere = httpx.ASGITransport(app.app, client=("198.51.100.9", 4711))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://notify") as stranger:
        for _ in range(RECOVERY_BY_PLACE.count + 1):
            asked = await stranger.post("/account-recovery", json={"contact": MAIL})
            guess = asked.json() | {"code": "000000"}
            for _ in range(TRIES):
                refused = await stranger.post("/account-recovery/proof", json=guess)
                assert refused.status_code == 422
    # Theirs came too, as many as are sent for one place; then the owner's, for whom it is another.
    await services.mailed(2 + RECOVERY_BY_PLACE.count)
    again = await services.asks_to_recover()
    for each in (shown, again):
        answer = await services.notify.post("/account-recovery/proof", json=each)
        assert answer.status_code == 200, answer.text
    for _ in range(TRIES):
        wrong = (again | {"code": "x"}, shown | {"request_token": "of-nobody"})
        for each in wrong:
            answer = await services.notify.post("/account-recovery/proof", json=each)
            assert answer.json()["errors"][0]["code"] == "code_wrong"
