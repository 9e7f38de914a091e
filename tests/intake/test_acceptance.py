"""Acceptance as partner systems and other channels call it: one by one, or many at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from services.intake.accepting.acceptance import Acceptance
from services.intake.accepting.new_report import Accepted, DifferentContent, Identity, NewReport
from shared.database.engine import Database
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import Actor, ActorKind
from shared.settings import Settings
from tests.intake.conftest import CITY, Country


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url)
    yield database
    await database.dispose()


@pytest.fixture
def acceptance(settings: Settings) -> Acceptance:
    return Acceptance.of(settings)


def partner_report(external_id: str, title: str = "Lampu jalan mati") -> NewReport:
    return NewReport(
        title=title,
        body="Sudah seminggu lampu jalan mati.",
        channel=Channel.PARTNER,
        scope="partner:mitra",
        idempotency_key=external_id,
        actor=Actor(kind=ActorKind.PARTNER, system="mitra"),
        addressee_id=CITY,
        identity=Identity(name="Warga", phone="+6281234567890"),
        system="mitra",
        external_id=external_id,
    )


async def test_many_at_once_each_get_their_own_answer(
    acceptance: Acceptance, database: Database, country: Country
) -> None:
    async with database.session() as session:
        first = await acceptance.accept(session, partner_report("a"))
    batch = [
        partner_report("b"),
        partner_report("a"),
        partner_report("b"),
        partner_report("a", title="Lain"),
        partner_report("c"),
    ]
    async with database.session() as session:
        new, known, twice, different, last = await acceptance.accept_many(session, batch)
    assert isinstance(new, Accepted)
    assert isinstance(known, Accepted)
    assert isinstance(twice, Accepted)
    assert isinstance(different, DifferentContent)
    assert isinstance(last, Accepted)
    assert (known.number, known.access_code, known.replayed) == (
        first.number,
        first.access_code,
        True,
    )
    assert (twice.number, twice.access_code) == (new.number, new.access_code)
    assert different.number == first.number
    rows = country.all("SELECT system, external_id, number FROM lifecycle.report ORDER BY number")
    assert rows == [
        ("mitra", "a", first.number),
        ("mitra", "b", new.number),
        ("mitra", "c", last.number),
    ]
    for table in ("intake.submission", "lifecycle.history", "lifecycle.outbox"):
        assert country.everything_in(table).count("),") == 2, table
    assert country.all("SELECT DISTINCT actor_kind, system FROM lifecycle.history") == [
        ("partner", "mitra")
    ]


async def test_what_is_rolled_back_was_never_there(
    acceptance: Acceptance, database: Database, country: Country
) -> None:
    with suppress(asyncio.CancelledError):
        async with database.session() as session:
            await acceptance.accept(session, partner_report("a"))
            raise asyncio.CancelledError
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0
    async with database.session() as session:
        accepted = await acceptance.accept(session, partner_report("a"))
    assert not accepted.replayed
