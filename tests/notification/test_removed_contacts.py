"""A contact that somebody else reads is removed at once, and nothing goes there any more."""

import re
from collections.abc import Callable

from services.intake.replacing_contacts import apply_due
from tests.notification.account_services import (
    CHANGES,
    NEW,
    OTHER,
    PASSWORD,
    Services,
    services,
    text_of,
)
from tests.notification.conftest import MAIL, until
from tests.notification.report_contacts import made
from tests.notification.test_contact_changes import at_intake

__all__ = ["services"]

DUE = "UPDATE intake.contact_change SET takes_effect_at = now()"


async def test_a_removed_contact_of_a_report_is_told_nothing_and_recovers_nothing(
    services: Services, fresh_database: Callable[[str], str]
) -> None:
    report = await made(services)
    await report.proves()
    services.country.all(
        "INSERT INTO notification.message (id, key, number, version, event, template, recipient,"
        " channel, contact_id, facts, state, not_before) SELECT gen_random_uuid(), 'x', %s, 1,"
        " 'verified', 'verified', 'reporter', 'email', id, '{}', 'queued', now() + interval '1 h'"
        " FROM notification.contact WHERE holder = %s",
        *(report.number, f"report-{report.number}"),
    )
    assert await report.removes() == 204
    assert await report.removes() == 404
    assert await report.contacts() == []
    assert services.country.one(
        "SELECT email IS NULL AND NOT email_safe FROM intake.submission WHERE number = %s",
        report.number,
    )
    waiting = "SELECT state, reason FROM notification.message WHERE key = 'x'"
    assert services.country.all(waiting) == [("skipped", "no_contact")]
    gone = await services.notify.post(f"{report.path}/contacts/email/code", headers=report.own)
    assert gone.status_code == 404
    # Another waits as long as if the former had been told, and nothing is.
    shown = await report.shows_new()
    before = len(services.mail.got)
    asked = await report.asks(**shown)
    assert [each["channel"] for each in asked.json()["waiting"]] == ["email"], asked.text
    for contact in (MAIL, NEW):
        await report.asks_to_recover(contact)
    async with at_intake(services, fresh_database) as (database, resources):
        await apply_due(database, resources)
        assert await report.contacts() == []
        services.country.all(DUE)
        await apply_due(database, resources)
    assert [each[2] for each in await report.contacts()] == ["proven"]
    await report.asks_to_recover(NEW)
    assert (await services.mailed(before + 1))["To"] == NEW
    assert "contact_change" not in services.country.everything_in("notification.message")


async def test_the_link_of_a_notice_stops_nothing_once_its_contact_was_removed(
    services: Services,
) -> None:
    report = await made(services)
    await report.asks_to_replace()
    link = re.search(r"/kontak-laporan/(\S+)", text_of(await services.notice()))
    assert link
    assert await report.removes() == 204
    body = {"token": link.group(1)}
    assert (await services.intake.post("/contact-changes/stop", json=body)).status_code == 404
    waiting = (await services.intake.get(report.changes, headers=report.own)).json()["waiting"]
    assert [each["channel"] for each in waiting] == ["email"]


async def test_a_contact_that_nobody_had_proven_is_removed_and_another_is_there_at_once(
    services: Services,
) -> None:
    report = await made(services)
    assert await report.removes() == 204
    done = await report.asks(**await report.shows_new())
    assert done.json() == {"waiting": []}, done.text
    assert [each[2] for each in await report.contacts()] == ["proven"]


async def test_a_removed_contact_of_an_account_is_a_name_to_sign_in_with_and_nothing_else(
    services: Services,
) -> None:
    own = await services.signs_up()
    await services.proves(own)
    path = "/reporters/me/contacts/email/removal"
    for password, status in ((OTHER, 422), (PASSWORD, 204)):
        body = {"current_password": password}
        assert (await services.intake.post(path, json=body, headers=own)).status_code == status
    contacts = (await services.notify.get("/reporters/me/contacts", headers=own)).json()
    assert [each["state"] for each in contacts["contacts"]] == ["removed"]
    gone = await services.notify.post("/reporters/me/contacts/email/code", headers=own)
    assert gone.status_code == 404
    before = len(services.mail.got)
    await services.notify.post("/account-recovery", json={"contact": MAIL})
    assert await services.signs_in(MAIL, PASSWORD) == 200
    asked = await services.intake.post(CHANGES, json=await services.shows_new(own), headers=own)
    assert [each["channel"] for each in asked.json()["waiting"]] == ["email"], asked.text

    async def looked_up() -> bool:
        counted = "SELECT count(*) FROM notification.message WHERE state = 'queued'"
        return bool(services.country.one(counted) == 0)

    await until(looked_up)
    assert {mail["To"] for mail in services.mail.got[before:]} == {NEW}
