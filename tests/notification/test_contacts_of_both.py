"""A report in an account may have a phone of its own beside the account's mail: what is chosen by
the one holds for both."""

from typing import Any
from uuid import uuid4

import pytest

from services.notification.proven import proof_digest
from shared.bus.connection import Bus
from shared.clock import now
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.notification.account_services import Services, services
from tests.notification.conftest import PHONE, Told, until, working
from tests.notification.providers import Gateway
from tests.notification.report_contacts import OwnReport, made

__all__ = ["services"]


pytestmark = pytest.mark.usefixtures("never_quiet", "soon_again")


@pytest.fixture
async def report(services: Services) -> OwnReport:
    """Whose phone is its own, and whose mail that of the account into which it was put."""
    account = await services.signs_up()
    await services.proves(account)
    report = await made(services, reporter={"name": "Siti", "phone": PHONE, "phone_safe": True})
    services.country.all(
        "UPDATE intake.submission SET reporter_id = (SELECT id FROM intake.reporter)"
        " WHERE number = %s",
        report.number,
    )
    holder, index = f"report-{report.number}", services.notification.index
    services.country.all(
        "INSERT INTO notification.contact (id, holder, channel, proven_at, proof)"
        " VALUES (%s, %s, 'sms', %s, %s)",
        *(uuid4(), holder, now(), proof_digest(index, holder, "sms", PHONE)),
    )
    services.country.all(
        "INSERT INTO notification.preference (holder, unsubscribe_token, email)"
        " VALUES (%s, %s, false)",
        *(holder, uuid4()),
    )
    return report


ACCOUNT = "UPDATE notification.preference SET {} WHERE holder LIKE 'account-%%'"
STOPPED = ACCOUNT.format("stopped_at = now()")
MUTED = ACCOUNT.format("muted = '[\"progress\"]'")
NO_MAIL = ACCOUNT.format("email = false")


async def test_what_is_shown_as_chosen_is_what_happens_by_each_contact(
    services: Services, report: OwnReport
) -> None:
    async def shown() -> dict[str, Any]:
        answer = await services.notify.get(f"{report.path}/contacts", headers=report.own)
        return {name: answer.json()[name] for name in ("email", "sms", "stopped", "muted")}

    wanted = {"email": True, "sms": True, "stopped": False, "muted": []}
    assert await shown() == wanted
    path = f"{report.path}/preferences"
    await services.notify.put(path, json=wanted | {"sms": False}, headers=report.own)
    assert await shown() == wanted | {"sms": False}
    # The account has no phone here: nothing was chosen for its other reports.
    assert services.country.all(
        "SELECT email, sms FROM notification.preference WHERE holder LIKE 'account-%%'"
    ) == [(True, None)]


@pytest.mark.parametrize(("unwilling", "reason"), [(STOPPED, "stopped"), (MUTED, "muted")])
async def test_whoever_wants_nothing_by_mail_gets_no_text_message_in_its_place(
    services: Services,
    report: OwnReport,
    settings: Settings,
    bus: Bus,
    gateway: Gateway,
    unwilling: str,
    reason: str,
) -> None:
    told = Told(services.country, bus, settings, report.number)
    services.country.all(NO_MAIL)
    async with working(settings):  # the gateway is away
        await told.happens("verified", Status.VERIFIED)

        async def waits() -> bool:
            return told.rows() == [("verified", "sms", "queued", "connection")]

        await until(waits)
    services.country.all(unwilling)
    services.country.all("UPDATE notification.message SET leased_until = NULL, not_before = now()")
    async with gateway.there(), working(settings):
        assert await told.ended() == [("verified", "sms", "skipped", reason)]
        await told.happens("followed_up", Status.FOLLOWED_UP, version=3)
        [_, later] = await told.ended(2)
        assert later[2:] == ("skipped", reason)
    assert gateway.got == []
