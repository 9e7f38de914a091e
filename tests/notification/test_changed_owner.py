"""A number that changed its owner: the next one reads nothing, speaks for nobody, and is not kept
from what is their own."""

from collections.abc import Callable
from datetime import timedelta

from shared.clock import now
from shared.lifecycle.statuses import Status
from tests.notification.account_services import OTHER, PASSWORD, Services, services
from tests.notification.conftest import PHONE, Reported, until, working
from tests.notification.providers import Gateway
from tests.notification.test_proofs import code_in
from tests.notification.test_sms_replies import SHY, Followup, answer, sms_1708

__all__ = ["services"]


async def test_after_a_year_the_next_owner_is_told_nothing_and_speaks_for_nobody(
    reported: Reported,
    gateway: Gateway,
    fresh_database: Callable[[str], str],
    never_quiet: None,
) -> None:
    told, followup = await reported(reporter=SHY | {"phone_safe": True}), Followup()
    told.prove("sms", PHONE, at=now() - timedelta(days=366))
    async with gateway.there(), sms_1708(told, fresh_database, followup) as send:
        async with working(told.settings):
            await told.happens("verified", Status.VERIFIED)
            assert await told.ended() == [("verified", "sms", "skipped", "lapsed")]
        for words in ("PUAS", "TANYA", "NILAI 1", "BERHENTI", "YA 12345"):
            assert "tidak dapat diteruskan" in answer(await send(words))
        assert (await send("Halo, nomor ini sekarang milik saya")).json()["number"]
    assert followup.said == [] and gateway.got == []


async def test_within_the_year_whoever_proved_the_number_last_recovers_what_is_their_own(
    services: Services, gateway: Gateway
) -> None:
    async def code(count: int) -> str:
        async def there() -> bool:
            return len(gateway.got) >= count

        await until(there)
        return code_in(gateway.got[count - 1]["text"])

    async with gateway.there():
        before = await services.signs_up(name="Siti", email=None, phone=PHONE)
        after = await services.signs_up(name="Budi", email=None, phone=PHONE, password=OTHER)
        for count, own in enumerate((before, after), 1):
            path = "/reporters/me/contacts/sms"
            assert (await services.notify.post(f"{path}/code", headers=own)).is_success
            shown = {"code": await code(count)}
            assert (await services.notify.post(f"{path}/proof", json=shown, headers=own)).is_success
        asked = await services.notify.post("/account-recovery", json={"contact": PHONE})
        shown = asked.json() | {"code": await code(3)}
        proof = await services.notify.post("/account-recovery/proof", json=shown)
        chosen = {"recovery_token": proof.json()["recovery_token"], "password": "kuda biru pagi"}
        entered = await services.intake.post("/reporters/password", json=chosen)
    assert entered.status_code == 200, entered.text
    assert await services.signs_in(PHONE, "kuda biru pagi") == 200
    assert await services.signs_in(PHONE, OTHER) == 401
    assert await services.signs_in(PHONE, PASSWORD) == 200  # the former owner's own
