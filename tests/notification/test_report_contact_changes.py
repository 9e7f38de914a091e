"""A contact of a report without an account is replaced by another, with number and access code."""

import re
from collections.abc import Callable

import pytest

from services.intake.replacing_contacts import apply_due
from services.notification.messages.texts import ReportFacts, text_of_report_contact_change
from shared.labels.catalogue import Language
from shared.lifecycle.calendar import Zone
from tests.notification.account_services import NEW, Services, services, text_of
from tests.notification.conftest import MAIL, until
from tests.notification.report_contacts import made
from tests.notification.test_contact_changes import NOTICE, at_intake

__all__ = ["services"]

WAITING = "SELECT count(*) FROM intake.contact_change"
DUE = "UPDATE intake.contact_change SET takes_effect_at = now()"


async def test_a_contact_is_replaced_seven_days_after_the_present_one_was_told(
    services: Services, fresh_database: Callable[[str], str]
) -> None:
    report = await made(services)
    waiting = await report.asks_to_replace()
    assert [each["channel"] for each in waiting.json()["waiting"]] == ["email"], waiting.text
    notice = await services.notice()
    assert notice["To"] == MAIL and str(report.number) in text_of(notice)
    assert NEW not in text_of(notice) and NEW not in services.country.everything_in(
        "intake.contact_change"
    )
    async with at_intake(services, fresh_database) as (database, resources):
        await apply_due(database, resources)
        # Due, but the notice did not go out, or went out too late.
        for state, days in (("failed", 8), ("sent", 6)):
            services.country.all(DUE)
            services.country.all(NOTICE, state, days)
            await apply_due(database, resources)
            assert services.country.one("SELECT takes_effect_at > now() FROM intake.contact_change")
        assert (await report.contacts())[0][1] == "s•••@example.org"
        services.country.all(DUE)
        services.country.all(NOTICE, "sent", 7)
        await apply_due(database, resources)
    assert services.country.one(WAITING) == 0
    assert [each[2] for each in await report.contacts()] == ["proven"]
    # It recovers a lost access code now, and the former does not.
    before = len(services.mail.got)
    for contact in (MAIL, NEW):
        await report.asks_to_recover(contact)
    assert (await services.mailed(before + 1))["To"] == NEW


async def test_it_is_replaced_at_once_where_the_present_one_is_proven_too(
    services: Services,
) -> None:
    report = await made(services)
    await report.asks_to_replace()
    apply = f"{report.changes}/email/apply"
    early = await services.intake.post(apply, headers=report.own)
    assert len(early.json()["waiting"]) == 1  # nobody has shown the present one
    await services.notice()
    await report.proves()
    done = await services.intake.post(apply, headers=report.own)
    assert done.json() == {"waiting": []}
    assert [each[2] for each in await report.contacts()] == ["proven"]
    told = "SELECT email FROM notification.preference WHERE holder = %s"
    assert services.country.one(told, f"report-{report.number}") is True


async def test_a_report_that_names_nobody_gets_a_contact_at_once_safe_only_if_it_is_said_so(
    services: Services,
) -> None:
    report = await made(services, anonymous=True)
    services.country.all(
        "UPDATE intake.submission SET name = NULL, email = NULL, holder_key = NULL"
    )
    shown = await report.shows_new()
    done = await report.asks(**shown | {"safe": False})
    assert done.json() == {"waiting": []}, done.text
    assert [each[2] for each in await report.contacts()] == ["proven"]
    told = "SELECT email FROM notification.preference WHERE holder = %s"
    assert services.country.one(told, f"report-{report.number}") is False
    again = await report.asks(**shown)
    assert again.json()["errors"][0]["code"] == "code_over"  # it was used


async def test_whoever_has_the_present_contact_stops_the_change(services: Services) -> None:
    report = await made(services)
    await report.asks_to_replace()
    link = re.search(r"/kontak-laporan/(\S+)", text_of(await services.notice()))
    assert link
    token = link.group(1)
    for sent, status in (("of-nobody", 404), (token[:-4], 404), (token, 204), (token, 404)):
        stopped = await services.intake.post("/contact-changes/stop", json={"token": sent})
        assert stopped.status_code == status, sent
    answer = await services.intake.get(report.changes, headers=report.own)
    assert answer.json() == {"waiting": []}


async def test_whoever_gets_a_new_access_code_ends_what_others_who_knew_it_had_begun(
    services: Services,
) -> None:
    report = await made(services)
    await report.asks_to_replace()
    await services.notice()
    late = await report.shows_new("yang.lain@example.org")
    renewed = await services.intake.post(f"{report.path}/access-code", headers=report.own)
    assert services.country.one(WAITING) == 0
    report.own = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
    refused = await report.asks(**late)
    assert refused.json()["errors"][0]["code"] == "code_over"


async def test_a_contact_that_is_not_safe_is_not_told_and_the_change_waits_all_the_same(
    services: Services, fresh_database: Callable[[str], str]
) -> None:
    report = await made(services, reporter={"name": "Siti", "email": MAIL, "email_safe": False})
    waiting = await report.asks_to_replace()
    assert len(waiting.json()["waiting"]) == 1
    services.notification.written.set()

    async def ended() -> bool:
        notice = "SELECT state, reason FROM notification.message WHERE template = 'contact_change'"
        return services.country.all(notice) == [("skipped", "channel_off")]

    await until(ended)
    async with at_intake(services, fresh_database) as (database, resources):
        await apply_due(database, resources)
        assert services.country.one(WAITING) == 1
        services.country.all(DUE)
        await apply_due(database, resources)
    assert services.country.one(WAITING) == 0


async def test_what_was_shown_for_one_report_is_worth_nothing_at_another(
    services: Services,
) -> None:
    report, other = await made(services), await made(services)
    shown = await report.shows_new()
    assert (await other.asks(**shown)).json()["errors"][0]["code"] == "code_over"
    for method, path in (
        ("GET", report.changes),
        ("POST", f"{report.changes}/email/apply"),
        ("DELETE", f"{report.changes}/email"),
        ("POST", f"{report.path}/contacts/email/removal"),
    ):
        strange = await services.intake.request(method, path, headers=other.own)
        assert strange.status_code == 404, path
        assert (await services.intake.request(method, path)).status_code == 401, path
    # The same answer whether the contact is somebody's or nobody's.
    for contact in (MAIL, "nobody@example.org"):
        path = f"{other.path}/new-contact/code"
        asked = await services.notify.post(path, json={"contact": contact}, headers=other.own)
        assert (asked.status_code, asked.content) == (202, b"")


@pytest.mark.parametrize(
    ("language", "news", "at"),
    [
        ("id", "Ada kabar untuk Anda.", "18.00 WIT"),
        ("en", "There is news for you.", "18:00 WIT"),
    ],
)
def test_by_sms_a_discreet_report_says_only_that_there_is_news(
    language: Language, news: str, at: str
) -> None:
    facts = {"at": "2026-11-30T09:00:00+00:00", "language": language}
    texts = {
        discreet: text_of_report_contact_change(
            facts,
            ReportFacts(10000042, None, discreet, "Dinas", Zone.WIT),
            "http://lapor.test/kontak-laporan/x",
        )
        for discreet in (False, True)
    }
    assert texts[True].sms == news
    assert "10000042" in texts[False].sms and "/kontak-laporan/x" in texts[False].sms
    assert all(at in text.paragraphs[0] for text in texts.values())
    assert len(texts[False].sms) <= 160
