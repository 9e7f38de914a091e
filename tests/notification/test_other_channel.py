"""News that one contact cannot be told goes by the other, once, however late that turns out."""

import asyncio
from datetime import timedelta

import pytest

from services.notification.sending.late_failures import came_back
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import MAIL, PHONE, Reported, Told, until, working
from tests.notification.providers import Gateway, MailServer

VERIFIED = ("verified", Status.VERIFIED)
FOLLOWED_UP = ("followed_up", Status.FOLLOWED_UP)


pytestmark = pytest.mark.usefixtures("never_quiet", "soon_again")


@pytest.fixture
async def both(reported: Reported) -> Told:
    """A report with a proven address and a proven phone."""
    told = await reported()
    told.prove("email", MAIL)
    told.prove("sms", PHONE)
    return told


async def comes_back(settings: Settings, told: Told, *, nobody_there: bool = True) -> bool:
    """The last mail about the report, after its server had taken it."""
    id = told.country.one(
        "SELECT id FROM notification.message WHERE number = %s AND channel = 'email'"
        " ORDER BY version DESC LIMIT 1",
        told.number,
    )
    database = Database(settings.database_url)
    async with database.session() as session:
        known = await came_back(session, id, "email", nobody_there=nobody_there)
    await database.dispose()
    return known


@pytest.mark.parametrize("nobody_there", [True, False])
async def test_mail_that_comes_back_later_is_followed_by_one_text_message(
    both: Told, mail_server: MailServer, gateway: Gateway, settings: Settings, nobody_there: bool
) -> None:
    async with mail_server.there(), gateway.there(), working(settings):
        await both.happens(*VERIFIED)
        assert await both.ended() == [("verified", "email", "sent", None)]
        assert await comes_back(settings, both, nobody_there=nobody_there)
        assert not await comes_back(settings, both, nobody_there=nobody_there)
        await both.ended(2)
    reason = "no_such_address" if nobody_there else "undelivered"
    assert both.rows() == [
        ("verified", "email", "failed", reason),
        ("verified", "sms", "sent", None),
    ]
    assert [text["to"] for text in gateway.got] == [PHONE]


async def test_what_came_back_when_it_was_no_news_any_more_is_told_by_no_other_channel(
    both: Told, mail_server: MailServer, settings: Settings, country: Country
) -> None:
    async with mail_server.there(), working(settings):
        await both.happens(*VERIFIED)
        await both.ended()
    country.all("UPDATE notification.message SET created_at = %s", now() - timedelta(days=8))
    assert await comes_back(settings, both)
    assert both.rows() == [("verified", "email", "failed", "no_such_address")]


async def test_of_two_events_at_once_to_an_address_at_which_nobody_is_both_are_told_by_sms(
    both: Told, mail_server: MailServer, gateway: Gateway, settings: Settings, country: Country
) -> None:
    """The second waits for its turn while the first comes back, and its proof has ended then."""
    async with working(settings):  # whoever carries mail is away
        await asyncio.gather(both.happens(*VERIFIED), both.happens(*FOLLOWED_UP, version=3))

        async def two() -> bool:
            return len(both.rows()) == 2

        await until(two)
    country.all(
        "UPDATE notification.message SET leased_until = NULL,"
        " not_before = CASE WHEN version = 2 THEN now() ELSE now() + interval '1 hour' END"
    )
    mail_server.refusals = ["550 5.1.1 no such user"]
    async with mail_server.there(), gateway.there(), working(settings):
        await both.ended(2)
        country.all("UPDATE notification.message SET not_before = now() WHERE state = 'queued'")
        await both.ended(4)
    assert sorted(both.rows()) == [
        ("followed_up", "email", "skipped", "unproven"),
        ("followed_up", "sms", "sent", None),
        ("verified", "email", "failed", "no_such_address"),
        ("verified", "sms", "sent", None),
    ]
    assert [text["to"] for text in gateway.got] == [PHONE, PHONE]


async def test_a_number_that_nobody_has_any_more_is_followed_by_mail(
    both: Told, mail_server: MailServer, gateway: Gateway, settings: Settings, country: Country
) -> None:
    """Mail was switched off for the night in which the text message was written."""
    country.all("UPDATE notification.preference SET email = false")
    async with working(settings):  # the gateway is away
        await both.happens(*VERIFIED)

        async def waits() -> bool:
            return both.rows() == [("verified", "sms", "queued", "connection")]

        await until(waits)
    country.all("UPDATE notification.preference SET email = true")
    country.all("UPDATE notification.message SET leased_until = NULL, not_before = now()")
    gateway.answers = [(422, {"code": "number_unknown"})]
    async with mail_server.there(), gateway.there(), working(settings):
        await both.ended(2)
    assert sorted(both.rows()) == [
        ("verified", "email", "sent", None),
        ("verified", "sms", "failed", "no_such_number"),
    ]
    assert len(mail_server.got) == 1


@pytest.mark.parametrize(
    "unwilling",
    [
        "UPDATE notification.preference SET stopped_at = now()",
        "UPDATE notification.preference SET muted = '[\"progress\"]'",
        "UPDATE notification.preference SET sms = false",
        "UPDATE lifecycle.report SET anonymous = true",
    ],
)
async def test_whoever_does_not_want_text_messages_gets_none_in_place_of_mail(
    both: Told, mail_server: MailServer, settings: Settings, country: Country, unwilling: str
) -> None:
    async with mail_server.there(), working(settings):
        await both.happens(*VERIFIED)
        await both.ended()
        country.all(unwilling)
        assert await comes_back(settings, both)
    assert both.rows() == [("verified", "email", "failed", "no_such_address")]
