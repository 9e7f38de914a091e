"""What waited, for the morning or its provider, is sent where it is still so."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.models import Message
from services.notification.outgoing.prepared import NoLongerSent
from services.notification.outgoing.to_staff import StaffOutbox
from shared.database.engine import Database
from shared.lifecycle.statuses import Status, Tab
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import MAIL, PHONE, Reported, Told, until, working
from tests.notification.providers import Gateway
from tests.notification.staff import ADMIN, StaffTold
from tests.times import Time, time

__all__ = ["time"]

pytestmark = pytest.mark.usefixtures("soon_again")
QUESTION = ("deferred", Status.AWAITING_INFORMATION)
NIGHT = (
    ("verified", Status.VERIFIED),
    ("followed_up", Status.FOLLOWED_UP),
    ("closed", Status.CLOSED_BY_ADMIN),
)


@pytest.fixture
async def by_night(reported: Reported, time: Time) -> Told:
    """A report with a proven phone; it is a quiet hour."""
    time.comes(22, 0)
    told = await reported()
    told.prove("sms", PHONE)
    return told


async def morning(told: Told, count: int, time: Time) -> None:
    """It comes when so many messages wait."""

    async def waiting() -> bool:
        return len(told.rows()) >= count

    await until(waiting)
    time.comes(7, 1)


async def test_of_the_news_of_a_night_the_last_is_told(
    by_night: Told, gateway: Gateway, settings: Settings, time: Time
) -> None:
    async with gateway.there(), working(settings):
        for version, (event, status) in enumerate(NIGHT, 2):
            await by_night.happens(event, status, version=version)
        await morning(by_night, len(NIGHT), time)
        await by_night.ended(len(NIGHT))
    assert by_night.rows() == [
        ("verified", "sms", "skipped", "outdated"),
        ("followed_up", "sms", "skipped", "outdated"),
        ("closed_by_admin", "sms", "sent", None),
    ]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("followed_up", Status.FOLLOWED_UP), ("overdue", Status.FOLLOWED_UP)),
        (("closed", Status.CLOSED_BY_ADMIN), ("rectified", Status.CLOSED_BY_ADMIN)),
    ],
)
async def test_what_was_answered_or_closed_is_told_though_something_beside_it_came_later(
    by_night: Told,
    gateway: Gateway,
    settings: Settings,
    first: tuple[str, Status],
    then: tuple[str, Status],
    time: Time,
) -> None:
    async with gateway.there(), working(settings):
        await by_night.happens(*first, version=2)
        await by_night.happens(*then, version=3, details={"clock": "settlement"})
        await morning(by_night, 2, time)
        rows = await by_night.ended(2)
    assert [row[1:] for row in rows] == [("sms", "sent", None)] * 2


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_question_is_told_in_the_morning_unless_it_was_answered(
    by_night: Told,
    gateway: Gateway,
    settings: Settings,
    is_open: bool,
    time: Time,
) -> None:
    by_night.country.all(
        "UPDATE lifecycle.report SET state = jsonb_set(state, '{question_open}', to_jsonb(%s))"
        " WHERE number = %s",
        *(is_open, by_night.number),
    )
    async with gateway.there(), working(settings):
        await by_night.happens(*QUESTION, version=2, tab=Tab.DEFERRED)
        await by_night.happens("verified", Status.VERIFIED, version=3)
        await morning(by_night, 2, time)
        rows = await by_night.ended(2)
    asked = ("sent", None) if is_open else ("skipped", "outdated")
    assert rows == [("question", "sms", *asked), ("verified", "sms", "sent", None)]


@pytest.mark.parametrize("decision", [None, "rejected"])
async def test_mail_that_waited_calls_nobody_to_what_is_decided(
    reported: Reported, country: Country, settings: Settings, decision: str | None
) -> None:
    told, staff = await reported(), StaffTold(country, settings)
    staff.handled_by_unit(told.number, handler_id=2, tab="closed")
    staff.prove(ADMIN, MAIL)
    country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, overdue)"
        " VALUES (gen_random_uuid(), %s, 'objection', now(), NULL, 2, 1, false)",
        told.number,
    )
    database = Database(settings.database_url)

    async def read(session: AsyncSession) -> Message | None:
        of_admin = col(Message.recipient) == f"staff-{ADMIN.id}"
        mails = select(Message).where(col(Message.number) == told.number, of_admin)
        return (await session.scalars(mails)).one_or_none()

    async def waits() -> bool:
        async with database.session() as session:
            return await read(session) is not None

    async with working(settings):  # whoever carries mail is away
        await told.happens(
            *("objected", Status.CLOSED_BY_ADMIN),
            details={"decider_id": 1, "objection_reason": "not_solved"},
            tab=Tab.CLOSED,
            handler_id=2,
            chain=(2,),
        )
        await until(waits)
    country.all(
        "UPDATE lifecycle.request SET decision = %s WHERE number = %s", decision, told.number
    )
    index = BlindIndex(settings.blind_index_key)
    outbox = StaffOutbox(IdentityCipher(settings.identity_keys), index, "")
    async with database.session() as session:
        mail = await read(session)
        assert mail is not None
        session.expunge(mail)
        mail.not_before = mail.created_at + timedelta(hours=1)
        ready = (await outbox.prepare(session, [mail]))[mail.id]
    await database.dispose()
    assert (ready == NoLongerSent("outdated")) is (decision is not None), ready
