"""Partner reports while something is away, crashes or is put back: none is lost, none doubled."""

import asyncio

import psycopg
from sqlalchemy import text

from deploy.partners.register import remove
from services.intake.accepting.acceptance import Acceptance
from services.intake.partners.receiving import PartnerReports
from shared.bus.connection import connect
from shared.bus.dead_letter_review import retry, unresolved
from shared.bus.errors import TryLater
from shared.bus.pull import Pull
from shared.bus.streams import INTAKE
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher
from tests.deadlines import READY_WITHIN
from tests.partners.conftest import Partner, Stack, report


async def test_a_dead_letter_put_back_after_the_cause_is_gone_becomes_a_report(
    stack: Stack, dukcapil: Partner
) -> None:
    settings = stack.settings("lapor_intake")
    async with stack.intake():
        refused = await dukcapil.exchange("report", report(category="banjir"))
        assert [p["code"] for p in refused["problems"]] == ["category_unknown"]
        bus = await connect(stack.server.url, "operator", patience=10)
        async with stack.owner.session() as session:
            await session.execute(
                text(
                    "INSERT INTO routing.category (id, code, name, active)"
                    " VALUES (2, 'banjir', 'Banjir', true)"
                )
            )
        async with stack.owner.session() as session:
            [letter] = await unresolved(session)
            await retry(session, IdentityCipher(settings.identity_keys), bus, letter)
        await bus.close()
        await dukcapil.until(lambda: len(dukcapil.receipts) == 2)

    accepted = dukcapil.receipts[1]
    assert accepted["accepted"]
    assert accepted["message_id"] == refused["message_id"]
    assert accepted["sequence"] > refused["sequence"]


async def test_what_a_removed_partner_left_behind_is_not_accepted(
    stack: Stack, dukcapil: Partner
) -> None:
    ack = await dukcapil.send("report", report())
    await remove(stack.owner, stack.server.settings, "dukcapil")

    async with stack.intake():
        async with asyncio.timeout(120):
            while not (letters := await stack.rows("SELECT * FROM lifecycle.dead_letter")):
                await asyncio.sleep(0.05)

    assert [(x.reason_code, x.stream_sequence) for x in letters] == [("partner_inactive", ack.seq)]
    assert await stack.rows("SELECT FROM lifecycle.report") == []


async def test_a_crash_between_commit_and_ack_doubles_nothing(
    stack: Stack, dukcapil: Partner
) -> None:
    ack = await dukcapil.send("report", report())
    settings = stack.settings("lapor_intake")
    database = Database(settings.database_url)
    bus = await connect(stack.server.url, "dies", patience=10)
    dying = PartnerReports(database, Acceptance.of(settings), f"{settings.intake_url}/reports")
    pull = await Pull.open(bus, INTAKE)
    messages = await pull.messages(10, 5)
    assert await dying.accept(messages) == [None]
    # Committed, never acknowledged; the server gives it to another reader at once.
    await messages[0].nak()
    await bus.close()
    await database.dispose()

    async with stack.intake():
        first = await dukcapil.receipt_for(ack)
        async with asyncio.timeout(120):
            while (await stack.stream()).state.messages:
                await asyncio.sleep(0.05)
        await _until_told(stack)

    assert len(await stack.rows("SELECT FROM lifecycle.report")) == 1
    # Who listens live may hear it twice, by the same id; kept is one.
    assert {receipt["number"] for receipt in dukcapil.receipts} == {first["number"]}
    assert (await stack.stream("PARTNERS")).state.messages == 1


async def test_while_the_database_is_away_reports_wait_and_one_that_it_never_takes_stands_alone(
    stack: Stack, dukcapil: Partner
) -> None:
    settings = stack.settings("lapor_intake")
    bus = await connect(stack.server.url, "reads", patience=10)
    for external_id in ("1", "2", "3"):
        await dukcapil.send("report", report(external_id))
    messages = await (await Pull.open(bus, INTAKE)).messages(10, 5)
    url = settings.database_url.rpartition("/")[0] + "/nothing_there"
    away = Database(url)
    verdicts = await PartnerReports(away, Acceptance.of(settings), "").accept(messages)
    assert [type(verdict) for verdict in verdicts] == [TryLater] * 3
    await away.dispose()

    async with stack.owner.session() as session:
        await session.execute(text("ALTER TABLE lifecycle.report ADD CHECK (external_id <> '2')"))
    database = Database(settings.database_url)
    verdicts = await PartnerReports(database, Acceptance.of(settings), "").accept(messages)
    assert verdicts[0] is None
    assert isinstance(verdicts[1], psycopg.errors.CheckViolation)
    assert verdicts[2] is None
    await database.dispose()
    await bus.close()


async def test_two_thousand_reports_are_drained_and_none_is_lost(
    stack: Stack, dukcapil: Partner
) -> None:
    total = 2_000
    for start in range(0, total, 250):
        await asyncio.gather(
            *(
                dukcapil.send("report", report(f"B-{n}"), f"b-{n}")
                for n in range(start, start + 250)
            )
        )

    async with stack.intake():
        await dukcapil.until(lambda: len(dukcapil.receipts) >= total, seconds=90)

    assert {receipt["external_id"] for receipt in dukcapil.receipts} == {
        f"B-{n}" for n in range(total)
    }
    assert len({receipt["number"] for receipt in dukcapil.receipts}) == total
    [count] = await stack.rows("SELECT count(*) AS n FROM lifecycle.report")
    assert count.n == total


async def test_the_service_starts_without_nats_and_reads_when_it_comes(
    stack: Stack, dukcapil: Partner
) -> None:
    await stack.server.nats.stop()
    async with stack.intake():
        assert (await stack.get("/healthz")).status_code == 200
        stack.server.nats.start()
        await stack.server.nats.wait_ready(READY_WITHIN)
        async with asyncio.timeout(120):
            while not dukcapil.bus.nc.is_connected:
                await asyncio.sleep(0.05)
        receipt = await dukcapil.exchange("report", report())

    assert receipt["accepted"]


async def _until_told(stack: Stack) -> None:
    async with asyncio.timeout(120):
        while await stack.rows("SELECT FROM lifecycle.outbox"):
            await asyncio.sleep(0.05)
