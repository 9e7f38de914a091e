"""What notification asks again and again reads no large table from end to end."""

import re
from uuid import uuid4

from services.notification.metrics import measure
from services.notification.models import Message
from services.notification.outgoing.to_staff import StaffOutbox
from shared.clock import now
from shared.database.engine import Database
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.settings import Settings
from tests.plans import plans_of


async def test_what_waits_is_counted_without_reading_what_was_sent(settings: Settings) -> None:
    database = Database(settings.database_url)
    plans = await plans_of(database, measure(database))
    await database.dispose()
    assert "message_waiting on message" in plans, plans


async def test_the_address_of_a_member_of_staff_is_read_alone(settings: Settings) -> None:
    database = Database(settings.database_url)
    index = BlindIndex(settings.blind_index_key)
    outbox = StaffOutbox(IdentityCipher(settings.identity_keys), index, "")
    message = Message(
        id=uuid4(),
        key="account.1",
        version=0,
        event="account",
        template="prove_email",
        recipient="staff-12",
        channel="email",
        facts={},
        state="queued",
        created_at=now(),
        not_before=now(),
    )

    async def prepare() -> None:
        async with database.session() as session:
            await outbox.prepare(session, [message])

    plans = await plans_of(database, prepare())
    await database.dispose()
    assert re.search(r"staff_contact_pkey on staff_contact.*\n *Index Cond: .staff_id =", plans), (
        plans
    )
