"""What waits between us and a partner is seen by those who run the system."""

from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry

from services.intake.partners.measuring import PartnerMeasuring
from shared.bus.addresses import with_credentials
from shared.bus.connection import connect
from shared.bus.streams import PARTNERS
from shared.database.engine import Database
from shared.telemetry import registry
from tests.partners.conftest import Partner, Stack, report
from workflows.backlog_metrics import Measuring


async def test_what_a_partner_sent_waits_until_it_is_taken_and_its_receipt_until_it_is_read(
    stack: Stack, dukcapil: Partner
) -> None:
    settings = stack.settings("lapor_intake")
    database = Database(settings.database_url, application="test")
    own = stack.server.nats.authority.user("intake")
    bus = await connect(with_credentials(stack.server.address, own), "test", patience=10)
    measuring = PartnerMeasuring(bus, database)
    try:
        await dukcapil.send("report", report(), "msg-1")
        await dukcapil.send("reply", {}, "msg-2")
        await measuring.once()
        assert _waiting(registry, "to_us") == 2
        assert _waiting(registry, "to_partner") == 0
        assert registry.get_sample_value(_LAST, {"system": "dukcapil"}) is None

        began = datetime.now(UTC)
        async with stack.intake():
            await dukcapil.exchange("report", report(), "msg-3")
        await measuring.once()
        assert _waiting(registry, "to_us") == 1  # followup is not there
        receipts = await bus.js.consumer_info(PARTNERS.name, dukcapil.system)
        assert _waiting(registry, "to_partner") == receipts.num_pending == 2
        last = registry.get_sample_value(_LAST, {"system": "dukcapil"})
        assert last is not None
        assert last >= (began - timedelta(seconds=1)).timestamp()
    finally:
        await bus.close()
        await database.dispose()


async def test_dead_letters_are_counted_by_the_partner_who_sent_them(
    stack: Stack, dukcapil: Partner
) -> None:
    async with stack.intake():
        receipt = await dukcapil.receipt_for(await dukcapil.send_raw("report", b"no JSON"))
    assert receipt["accepted"] is False
    database = Database(stack.settings("lapor_worker").database_url, application="test")
    await Measuring(database).once()
    await database.dispose()
    assert registry.get_sample_value("lapor_dead_letters", {"system": "dukcapil"}) == 1


_LAST = "lapor_partner_last_message_timestamp_seconds"


def _waiting(registry: CollectorRegistry, direction: str) -> float | None:
    labels = {"system": "dukcapil", "direction": direction}
    return registry.get_sample_value("lapor_partner_waiting", labels)
