"""*Aman dihubungi di sini?*: without a yes a contact gets the codes it asks for, no news."""

from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.notification.conftest import MAIL, PHONE, Reported, until
from tests.notification.providers import Gateway, MailServer
from tests.notification.test_proofs import bearer, code_in, mailed_code, path, serving, shows

CHOSEN = {"stopped": False, "email": True, "sms": False, "muted": []}


async def test_without_a_yes_a_proven_contact_is_told_nothing_until_it_is_chosen(
    reported: Reported, settings: Settings, mail_server: MailServer
) -> None:
    told = await reported(reporter={"name": "Siti", "email": MAIL, "email_safe": False})
    async with mail_server.there(), serving(settings) as client:
        code = await mailed_code(client, told, mail_server)
        proven = await shows(client, told, code)
        assert (proven.json()["contacts"][0]["state"], proven.json()["email"]) == ("proven", False)
        await told.happens("verified", Status.VERIFIED)
        await told.ended(2)
        choices = f"/reports/{told.number}/preferences"
        assert told.rows()[1:] == [("verified", "email", "skipped", "channel_off")]
        off = CHOSEN | {"email": False}
        assert not (await client.put(choices, json=off, headers=bearer(told))).json()["email"]
        assert told.rows()[1:] == [("verified", "email", "skipped", "channel_off")]
        assert (await client.put(choices, json=CHOSEN, headers=bearer(told))).json()["email"]
        await told.ended(2)
        assert told.rows()[1:] == [("verified", "email", "sent", None)]  # what happened last
        await told.happens("followed_up", Status.FOLLOWED_UP, version=3)
        await told.ended(3)
    assert told.rows()[-1] == ("followed_up", "email", "sent", None)


async def test_a_phone_said_to_be_safe_for_an_anonymous_report_gets_text_messages(
    reported: Reported, settings: Settings, gateway: Gateway, never_quiet: None
) -> None:
    safe = await reported(reporter={"name": "Siti", "phone": PHONE}, anonymous=True)
    shared = await reported(
        reporter={"name": "Siti", "phone": PHONE, "phone_safe": False}, anonymous=True
    )
    async with gateway.there(), serving(settings) as client:
        for told in (safe, shared):
            before = len(gateway.got)
            await client.post(path(told, "sms", "code"), headers=bearer(told))

            async def arrived(before: int = before) -> bool:
                return len(gateway.got) > before

            await until(arrived)
            code = {"code": code_in(gateway.got[-1]["text"])}
            answer = await client.post(path(told, "sms", "proof"), json=code, headers=bearer(told))
            assert answer.json()["sms"] is (told is safe)
            await told.happens("verified", Status.VERIFIED)
            await told.ended(2)
    assert safe.rows()[-1] == ("verified", "sms", "sent", None)
    assert shared.rows()[-1][2:] == ("skipped", "channel_off")
