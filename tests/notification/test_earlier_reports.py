"""Earlier reports of a proven contact are offered to the account that has proven it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.notification.contacts.reporters import forget_discreet
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country, form
from tests.notification.account_services import Services, services
from tests.notification.conftest import MAIL, Reported, until, working

__all__ = ["services"]


async def test_earlier_reports_of_a_proven_contact_are_offered_one_by_one(
    services: Services, fresh_database: Callable[[str], str]
) -> None:
    numbers, codes = [], {}
    for flags in ({}, {"anonymous": True}, {}):
        who = {"name": "Siti", "email": MAIL}
        accepted = (await services.intake.post("/reports", json=form(reporter=who) | flags)).json()
        number, code = accepted["number"], accepted["access_code"]
        numbers.append(number)
        opened = await services.intake.post(f"/reports/{number}/access", json={"access_code": code})
        codes[number] = opened.json()["access_token"]
    named, anonymous, unproven = numbers
    for number in (named, anonymous):
        bearer = {"Authorization": f"Bearer {codes[number]}"}
        sent = await services.code(f"/reports/{number}/contacts/email/code", bearer)
        proof = f"/reports/{number}/contacts/email/proof"
        assert (await services.notify.post(proof, json={"code": sent}, headers=bearer)).is_success
    own = await services.signs_up()
    offered = "/reporters/me/earlier-reports"
    assert (await services.notify.get(offered, headers=own)).json() == {"numbers": []}
    await services.proves(own)
    assert (await services.notify.get(offered, headers=own)).json() == {"numbers": [named]}
    for number in (anonymous, unproven):
        refused = await services.notify.post(f"{offered}/{number}", json={}, headers=own)
        assert refused.status_code == 404
    wrong = {"report_token": codes[named]}
    path = f"{offered}/{anonymous}"
    assert (await services.notify.post(path, json=wrong, headers=own)).status_code == 404
    for number, body in ((named, {}), (anonymous, {"report_token": codes[anonymous]})):
        shown = await services.notify.post(f"{offered}/{number}", json=body, headers=own)
        assert shown.status_code == 200, shown.text
        joined = await services.intake.post("/reporters/me/reports", json=shown.json(), headers=own)
        assert joined.json() == {"number": number}
    assert (await services.notify.get(offered, headers=own)).json() == {"numbers": []}
    mine = (await services.intake.get("/reporters/me/reports", headers=own)).json()["items"]
    assert [item["number"] for item in mine] == [anonymous, named]
    # Made secret by staff, the named one is not offered, and soon by nothing known again.
    country = services.country
    known = "SELECT holder FROM notification.contact WHERE offered IS NOT NULL"
    assert country.all(known) == [(f"report-{named}",)]
    country.all("UPDATE intake.submission SET reporter_id = NULL")
    country.all("UPDATE lifecycle.report SET secret = true WHERE number = %s", named)
    assert (await services.notify.get(offered, headers=own)).json() == {"numbers": []}
    database = Database(fresh_database("lapor_notification"))
    async with database.session() as session:
        await forget_discreet(session, {named})
    await database.dispose()
    assert country.all(known) == []


@pytest.mark.parametrize(
    "hides",
    [
        "UPDATE lifecycle.report SET anonymous = true WHERE number = %s",
        "UPDATE lifecycle.report SET secret = true WHERE number = %s",
    ],
)
async def test_what_a_report_is_offered_by_goes_as_staff_hide_it(
    reported: Reported, settings: Settings, country: Country, hides: str
) -> None:
    hidden, named = await reported(), await reported()
    for told in (hidden, named):
        told.prove("email", MAIL)
    country.all("UPDATE notification.contact SET offered = 'x'::bytea")
    country.all(hides, hidden.number)
    async with working(settings):
        for told in (named, hidden):
            long_ago = {"action": Action.AMEND, "at": now() - timedelta(days=9)}
            await told.happens("amended", Status.VERIFIED, **long_ago)

        async def forgotten() -> bool:
            known = "SELECT holder FROM notification.contact WHERE offered IS NOT NULL"
            return country.all(known) == [(f"report-{named.number}",)]

        await until(forgotten)
