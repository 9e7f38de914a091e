"""No text message comes at night but the code that somebody has asked for."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.intake.replacing_contacts import apply_due
from services.notification.sending import sender as sending
from shared.clock import now
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.notification.account_services import CHANGES, Services, services
from tests.notification.conftest import PHONE, Reported, until, working
from tests.notification.providers import Gateway
from tests.notification.report_contacts import made
from tests.notification.test_contact_changes import at_intake
from tests.notification.test_proofs import code_in
from tests.times import Time, time

__all__ = ["services", "time"]

NOTICE = "SELECT state, not_before FROM notification.message WHERE template = 'contact_change'"
WAITING = "SELECT count(*) FROM intake.contact_change"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AWAY", (0.2,))
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.2)


async def test_an_account_s_notice_of_the_night_goes_in_the_morning_and_seven_days_count_from_then(
    time: Time, services: Services, gateway: Gateway, fresh_database: Callable[[str], str]
) -> None:
    time.comes(22, 30)
    own = await services.signs_up(email=None, phone=PHONE)
    async with gateway.there():
        await _proves(services, gateway, "/reporters/me/contacts/sms", own)
        asked = await services.intake.post(CHANGES, json=await services.shows_new(own), headers=own)
        assert len(asked.json()["waiting"]) == 1, asked.text
        await _waits_until(services, 7, Zone.WIB)
        assert len(gateway.got) == 1  # the code
        time.comes(7, 1)
        await _arrives(gateway, 2)
        assert "/kontak-tetap/" in gateway.got[1]["text"]
    async with at_intake(services, fresh_database) as (database, resources):
        for span, waiting in ((timedelta(days=6, hours=23), 1), (timedelta(hours=2), 0)):
            time.passes(span)
            await apply_due(database, resources)
            assert services.country.one(WAITING) == waiting


async def test_a_report_s_notice_waits_for_the_morning_of_its_agency_s_zone(
    time: Time, services: Services, gateway: Gateway
) -> None:
    services.country.all("UPDATE routing.agency SET zone = 'WIT'")
    time.comes(22, 30, Zone.WIT)  # in WIB still evening
    report = await made(services, reporter={"name": "Siti", "phone": PHONE, "phone_safe": True})
    async with gateway.there():
        await _proves(services, gateway, f"{report.path}/contacts/sms", report.own)
        asked = await report.asks(**await report.shows_new())
        assert len(asked.json()["waiting"]) == 1, asked.text
        await _waits_until(services, 7, Zone.WIT)
        assert len(gateway.got) == 1
        time.comes(7, 1, Zone.WIT)
        await _arrives(gateway, 2)


async def test_in_papua_it_is_night_though_an_agency_in_jakarta_has_the_report(
    time: Time, reported: Reported, settings: Settings, gateway: Gateway
) -> None:
    time.comes(22, 0, Zone.WIT)  # in WIB still evening
    told = await reported(reporter={"name": "Siti", "phone": PHONE})
    told.prove("sms", PHONE)
    told.country.all("UPDATE lifecycle.report SET region_code = '94.71'")
    async with gateway.there(), working(settings):
        await told.happens("verified", Status.VERIFIED)

        async def waits() -> bool:
            return told.rows() == [("verified", "sms", "queued", None)]

        await until(waits)
        told.country.all("UPDATE notification.message SET not_before = now() - interval '1 day'")
        late = "SELECT not_before FROM notification.message WHERE not_before > %s"

        async def put_off() -> bool:
            return bool(told.country.all(late, now()))

        await until(put_off)
        assert told.country.one(late, now()).astimezone(Zone.WIT.offset).hour == 7
        assert gateway.got == []
        time.comes(7, 1, Zone.WIT)
        assert await told.ended() == [("verified", "sms", "sent", None)]


async def test_what_the_gateway_kept_until_night_waits_for_the_morning(
    time: Time, reported: Reported, settings: Settings, gateway: Gateway
) -> None:
    time.comes(20, 0)
    told = await reported(reporter={"name": "Siti", "phone": PHONE})
    told.prove("sms", PHONE)
    late = "SELECT not_before FROM notification.message WHERE attempts = 0 AND state = 'queued'"
    async with working(settings):
        await told.happens("verified", Status.VERIFIED)

        async def tried() -> bool:
            return told.country.all("SELECT reason FROM notification.message") == [("connection",)]

        await until(tried)
        time.comes(21, 0)
        async with gateway.there():

            async def put_off() -> bool:
                return bool(told.country.all(late))

            await until(put_off)
            assert told.country.one(late).astimezone(Zone.WIB.offset).hour == 7
            assert gateway.got == []
            time.comes(7, 1)
            assert await told.ended() == [("verified", "sms", "sent", None)]


async def _proves(services: Services, gateway: Gateway, path: str, own: dict[str, str]) -> None:
    """By the code that comes to the phone, whatever the hour; and that was yesterday."""
    asked = await services.notify.post(f"{path}/code", headers=own)
    assert asked.status_code == 202, asked.text
    await _arrives(gateway, 1)
    code = {"code": code_in(gateway.got[0]["text"])}
    proven = await services.notify.post(f"{path}/proof", json=code, headers=own)
    assert proven.status_code == 200, proven.text
    services.country.all("UPDATE notification.contact SET proven_at = proven_at - interval '1 day'")


async def _arrives(gateway: Gateway, count: int) -> None:
    async def there() -> bool:
        return len(gateway.got) >= count

    await until(there)


async def _waits_until(services: Services, hour: int, zone: Zone) -> None:
    async def waits() -> bool:
        [(state, not_before)] = services.country.all(NOTICE)
        assert state == "queued"
        return bool(not_before > now() and not_before.astimezone(zone.offset).hour == hour)

    await until(waits)
