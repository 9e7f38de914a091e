"""Who reports by SMS gets a first code, in order to be told there."""

import re
from typing import Any

from services.notification.contacts.code_limits import TO_CONTACT
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import PHONE, Reported, Told, until
from tests.notification.providers import Gateway
from tests.notification.test_proofs import bearer, path, serving

BY_PHONE = {"reporter": {"name": "Siti", "phone": PHONE}}


async def submitted(told: Told, **changes: Any) -> None:
    await told.happens("submitted", Status.UNVERIFIED, **{"version": 1, "channel": "sms"} | changes)


async def test_a_number_that_reported_by_sms_proves_itself_by_the_code_that_came_back(
    reported: Reported, settings: Settings, gateway: Gateway, country: Country
) -> None:
    told = await reported(**BY_PHONE)
    async with gateway.there(), serving(settings) as client:
        await submitted(told)

        async def came() -> bool:
            return bool(gateway.got)

        await until(came)
        await submitted(told)  # told twice, it sends one code
        await until_told(told)
        [text] = [message["text"] for message in gateway.got]
        # As it is sent back to 1708.
        found = re.search(rf"\b{told.number} (\d{{6}})\b", text)
        assert found
        shown = {"code": found.group(1)}
        proven = await client.post(path(told, "sms", "proof"), json=shown, headers=bearer(told))
        assert proven.json()["contacts"][0]["state"] == "proven"


async def test_the_code_for_a_report_that_staff_made_secret_does_not_name_it(
    reported: Reported, settings: Settings, gateway: Gateway, country: Country
) -> None:
    told = await reported(**BY_PHONE)
    country.all("UPDATE lifecycle.report SET secret = true WHERE number = %s", told.number)
    async with gateway.there(), serving(settings):
        await submitted(told)

        async def came() -> bool:
            return bool(gateway.got)

        await until(came)
    [text] = [message["text"] for message in gateway.got]
    assert re.search(r"\b\d{6}\b", text)
    assert str(told.number) not in text


async def test_first_codes_have_the_budgets_of_all_codes_and_go_to_nobody_who_reports_elsewhere(
    reported: Reported, settings: Settings, gateway: Gateway, country: Country
) -> None:
    elsewhere = await reported(**BY_PHONE)
    many = [await reported(**BY_PHONE) for _ in range(TO_CONTACT.count + 1)]
    async with gateway.there(), serving(settings):
        await submitted(elsewhere, channel="website")
        for told in many:
            await submitted(told)
        await until_told(many[-1])

        async def all_came() -> bool:
            return len(gateway.got) >= TO_CONTACT.count

        await until(all_came)
    asked = country.all("SELECT number FROM notification.message WHERE event = 'code'")
    numbers = {number for (number,) in asked}
    assert len(asked) == len(numbers) == TO_CONTACT.count
    assert numbers < {told.number for told in many}


async def until_told(told: Told) -> None:
    """What was published before was read."""
    await told.happens("verified", Status.VERIFIED, version=9)

    async def read() -> bool:
        return any(row[0] == "verified" for row in told.rows())

    await until(read)
