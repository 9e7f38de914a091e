"""A contact of an account is replaced by another."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from services.intake.replacing_contacts import apply_due
from services.intake.resources import Resources
from shared.database.engine import Database
from tests.notification.account_services import (
    CHANGES,
    NEW,
    OTHER,
    PASSWORD,
    Services,
    header,
    services,
    text_of,
)
from tests.notification.conftest import MAIL

__all__ = ["services"]


@asynccontextmanager
async def at_intake(
    services: Services, fresh_database: Callable[[str], str]
) -> AsyncIterator[tuple[Database, Resources]]:
    database = Database(fresh_database("lapor_intake"))
    transport: Any = services.intake._transport
    yield database, transport.app.state.resources
    await database.dispose()


NOTICE = """
    UPDATE notification.message SET state = %s, finished_at = now() - make_interval(days => %s)
    WHERE template = 'contact_change'
"""
UNREADABLE = """
    WITH account AS (
        INSERT INTO intake.reporter (name, email, password_hash, holder_key)
        SELECT name, 'of no key', password_hash, holder_key FROM intake.reporter RETURNING id)
    INSERT INTO intake.contact_change (id, reporter_id, channel, contact, digest, entry,
        password_hash, stop_hash, asked_at, takes_effect_at)
    SELECT gen_random_uuid(), account.id, channel, contact, digest, entry, password_hash, 'x',
        asked_at, takes_effect_at - interval '1 hour' FROM intake.contact_change, account
"""


async def test_a_contact_is_replaced_seven_days_after_the_present_one_was_told(
    services: Services, fresh_database: Callable[[str], str]
) -> None:
    own, waiting = await services.asks_to_replace()
    assert [each["channel"] for each in waiting.json()["waiting"]] == ["email"], waiting.text
    notice = await services.mailed(3)  # in the time that the service takes by itself
    assert notice["To"] == MAIL and NEW not in text_of(notice)
    async with at_intake(services, fresh_database) as (database, resources):
        await apply_due(database, resources)
        assert await services.signs_in(NEW, PASSWORD) == 401
        # Due, but the notice did not go out, or went out too late.
        waits = "SELECT takes_effect_at > now() FROM intake.contact_change"
        for state, days in (("failed", 8), ("sent", 6)):
            services.country.all("UPDATE intake.contact_change SET takes_effect_at = now()")
            services.country.all(NOTICE, state, days)
            await apply_due(database, resources)
            assert services.country.one(waits)
        services.country.all("UPDATE intake.contact_change SET takes_effect_at = now()")
        services.country.all(
            "UPDATE notification.message SET finished_at = now() - interval '7 days'"
        )
        # Another account's change that cannot be read is first in line, and holds up nobody.
        services.country.all(UNREADABLE)
        await apply_due(database, resources)
    assert await services.signs_in(NEW, PASSWORD) == 200
    assert await services.signs_in(MAIL, PASSWORD) == 401
    contacts = (await services.notify.get("/reporters/me/contacts", headers=own)).json()
    assert [each["state"] for each in contacts["contacts"]] == ["proven"]
    assert (await services.intake.get(CHANGES, headers=own)).json() == {"waiting": []}


async def test_whoever_has_the_present_contact_stops_the_change_and_ends_all_sessions(
    services: Services, fresh_database: Callable[[str], str]
) -> None:
    own, asked = await services.asks_to_replace()
    assert asked.status_code == 200
    link = re.search(r"/kontak-tetap/(\S+)", text_of(await services.notice()))
    assert link
    token = link.group(1)
    for sent, status in (("of-nobody", 404), (token[:-4], 404), (token, 204), (token, 404)):
        stopped = await services.intake.post("/contact-changes/stop", json={"token": sent})
        assert stopped.status_code == status, sent
    assert services.country.one("SELECT count(*) FROM intake.contact_change") == 0
    assert (await services.intake.get(CHANGES, headers=own)).status_code == 401
    assert await services.signs_in(MAIL, PASSWORD) == 200


async def test_whoever_recovers_the_password_ends_a_change_that_its_former_holder_asked_for(
    services: Services,
) -> None:
    await services.asks_to_replace()
    await services.notice()
    shown = await services.asks_to_recover()
    proof = (await services.notify.post("/account-recovery/proof", json=shown)).json()
    chosen = proof | {"password": OTHER}
    signed_in = (await services.intake.post("/reporters/password", json=chosen)).json()
    waiting = await services.intake.get(CHANGES, headers=header(signed_in))
    assert waiting.json() == {"waiting": []}


async def test_whoever_changes_the_password_ends_what_others_who_knew_it_had_begun(
    services: Services,
) -> None:
    own, _ = await services.asks_to_replace()
    await services.notice()
    shown = await services.shows_new(own, "yang.lain@example.org")
    changed = {"current_password": PASSWORD, "password": OTHER}
    signed_in = await services.intake.post("/reporters/me/password", json=changed, headers=own)
    own = header(signed_in.json())
    assert (await services.intake.get(CHANGES, headers=own)).json() == {"waiting": []}
    late = await services.intake.post(
        CHANGES, json=shown | {"current_password": OTHER}, headers=own
    )
    assert late.json()["errors"][0]["code"] == "code_over"


async def test_a_contact_is_replaced_at_once_where_the_present_one_is_proven_too(
    services: Services,
) -> None:
    own, _ = await services.asks_to_replace()
    asked = await services.intake.post(f"{CHANGES}/email/apply", headers=own)
    assert len(asked.json()["waiting"]) == 1  # nobody has shown the present one
    await services.notice()
    await services.proves(own)
    done = await services.intake.post(f"{CHANGES}/email/apply", headers=own)
    assert done.json() == {"waiting": []}
    assert await services.signs_in(NEW, PASSWORD) == 200


async def test_what_nobody_has_proven_is_replaced_at_once_and_a_kind_that_was_not_there_added(
    services: Services,
) -> None:
    own = await services.signs_up(phone="081234567890")
    shown = await services.shows_new(own)
    wrong = await services.intake.post(
        CHANGES, json=shown | {"current_password": OTHER}, headers=own
    )
    assert wrong.status_code == 422
    changed = await services.intake.post(CHANGES, json=shown, headers=own)
    assert changed.json() == {"waiting": []}, changed.text
    again = await services.intake.post(CHANGES, json=shown, headers=own)
    assert again.status_code == 422  # it was used
    assert await services.signs_in(NEW, PASSWORD) == 200
    assert await services.signs_in("081234567890", PASSWORD) == 200


async def test_what_was_shown_for_one_account_is_worth_nothing_in_another(
    services: Services,
) -> None:
    own = await services.signs_up()
    other = await services.signs_up(email="budi@example.org")
    shown = await services.shows_new(own)
    refused = await services.intake.post(CHANGES, json=shown, headers=other)
    assert refused.json()["errors"][0]["code"] == "code_over"
    # A code that came to one address proves no other.
    code = await services.code("/reporters/me/new-contact/code", own, contact=NEW)
    elsewhere = {"contact": "victim@example.org", "code": code}
    strange = await services.notify.post(
        "/reporters/me/new-contact/proof", json=elsewhere, headers=own
    )
    assert strange.json()["errors"][0]["code"] == "code_wrong"


async def test_a_contact_that_is_added_waits_too_and_the_proven_one_of_the_other_kind_is_told(
    services: Services,
) -> None:
    own = await services.signs_up(email=None, phone="081234567890")
    services.country.all(
        "INSERT INTO notification.contact (id, holder, channel, proven_at)"
        " SELECT gen_random_uuid(), 'account-' || id, 'sms', now() - interval '1 day'"
        " FROM intake.reporter"
    )
    asked = await services.intake.post(CHANGES, json=await services.shows_new(own), headers=own)
    assert [each["channel"] for each in asked.json()["waiting"]] == ["email"], asked.text
    told = "SELECT channel FROM notification.message WHERE template = 'contact_change'"
    assert services.country.all(told) == [("sms",)]
    early = await services.intake.post(f"{CHANGES}/email/apply", headers=own)
    assert len(early.json()["waiting"]) == 1
    assert await services.signs_in(NEW, PASSWORD) == 401
    services.country.all("UPDATE notification.contact SET proven_at = now() WHERE channel = 'sms'")
    done = await services.intake.post(f"{CHANGES}/email/apply", headers=own)
    assert done.json() == {"waiting": []}
    assert await services.signs_in(NEW, PASSWORD) == 200
