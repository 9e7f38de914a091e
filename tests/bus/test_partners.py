"""A partner system is itself and nobody else: the server sees to it."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from nats.aio.client import Client, RawCredentials
from nats.js.errors import NoStreamResponseError
from sqlalchemy import select

from deploy.nats.authority import new_authority, new_user
from deploy.nats.system import PushError, open_system
from deploy.nats.tokens import NO_LIMIT, new_seed, public_key
from deploy.partners import register
from deploy.partners.register import Credentials, PartnerError, add, remove, rotate
from services.intake.partners.model import Partner
from shared.bus import cloudevents
from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.database.engine import Database
from shared.http.secret_tokens import token_hash
from tests.bus.conftest import Server, settings_of
from tests.node_packages import NODE


def stored_hash(credentials: Credentials) -> str:
    return token_hash(credentials.http_token).hex()


@pytest.fixture
async def dukcapil(server: Server, database: Database) -> Credentials:
    return await add(database, server.settings, "Dukcapil")


@pytest.fixture
async def kemenkes(server: Server, database: Database, dukcapil: Credentials) -> Credentials:
    return await add(database, server.settings, "Kemenkes")


async def test_what_a_partner_is_given_is_stored_nowhere_in_the_clear(
    database: Database, dukcapil: Credentials, server: Server
) -> None:
    async with database.session() as session:
        partner = (await session.execute(select(Partner))).scalar_one()

    assert (partner.system, partner.name, partner.active) == ("dukcapil", "Dukcapil", True)
    assert partner.http_token_hash == stored_hash(dukcapil)
    [account] = server.nats.folder.rglob(f"{partner.nats_account}.jwt")
    for secret in (dukcapil.nats.seed, dukcapil.http_token):
        assert secret not in account.read_text() + repr(partner) + repr(dukcapil)


async def test_a_partner_publishes_and_reads_its_own_receipts(
    server: Server, bus: Bus, dukcapil: Credentials
) -> None:
    partner = await _as_partner(server, dukcapil)
    headers, body = cloudevents.encode(
        cloudevents.event("id.go.lapor.report", "/dukcapil", {}, id="1")
    )
    acknowledged = await partner.publish(
        "lapor.v1.ingest.dukcapil.report", body, msg_id="dukcapil-1", headers=headers
    )
    assert acknowledged.stream == "INGEST_REPORTS"
    live = await partner.nc.subscribe("lapor.v1.partner.dukcapil.*")
    await partner.nc.flush()

    await bus.publish("lapor.v1.partner.dukcapil.receipt", b"received", msg_id="r1")
    await bus.publish("lapor.v1.partner.dukcapil.event", b"verified", msg_id="e1")

    assert (await live.next_msg(timeout=5)).data == b"received"
    js = partner.nc.jetstream(prefix=dukcapil.api_prefix)
    assert (await js.consumer_info("PARTNERS", "dukcapil")).num_pending == 2
    reader = await js.pull_subscribe_bind("dukcapil", "PARTNERS")
    kept = [message for _ in range(2) for message in await reader.fetch(1)]
    assert [message.data for message in kept] == [b"received", b"verified"]
    for message in kept:
        await message.ack_sync()
    state = await bus.js.consumer_info("PARTNERS", "dukcapil")
    assert (state.num_ack_pending, state.num_pending) == (0, 0)
    await partner.close()


async def test_publishing_elsewhere_is_refused_by_the_server(
    server: Server, bus: Bus, dukcapil: Credentials, kemenkes: Credentials
) -> None:
    for subject in (
        "lapor.v1.ingest.kemenkes.report",
        "lapor.v1.partner.dukcapil.receipt",
        "lapor.v1.report.submitted",
        "lapor.v1.api.CONSUMER.MSG.NEXT.PARTNERS.kemenkes",
        "lapor.v1.api.CONSUMER.INFO.PARTNERS.kemenkes",
        "lapor.v1.api.STREAM.INFO.PARTNERS",
        "$JS.API.CONSUMER.MSG.NEXT.PARTNERS.dukcapil",
        "$JS.API.CONSUMER.MSG.NEXT.INGEST_REPORTS.intake",
        "$JS.API.STREAM.MSG.GET.PARTNERS",
        "$JS.API.STREAM.PURGE.PARTNERS",
        "$JS.ACK.PARTNERS.kemenkes.1.1.1.1.0",
        "$SYS.REQ.SERVER.PING",
    ):
        overheard = await bus.nc.subscribe(subject)
        await bus.nc.flush()

        async with _watched(server, dukcapil) as (partner, refusals):
            await partner.publish(subject, b"{}")
            await partner.flush()
            refusal = await asyncio.wait_for(refusals.get(), 5)

        assert f'publish to "{subject}"'.lower() in refusal
        assert overheard.pending_msgs == 0


async def test_reading_what_is_anothers_is_refused_by_the_server(
    server: Server, dukcapil: Credentials, kemenkes: Credentials
) -> None:
    anothers = "lapor.v1.partner.kemenkes.*"
    for subject in (anothers, "lapor.v1.partner.*.receipt", "lapor.v1.>", ">"):
        async with _watched(server, dukcapil) as (partner, refusals):
            await partner.subscribe(subject)
            refusal = await asyncio.wait_for(refusals.get(), 5)

        assert f'subscription to "{subject}"'.lower() in refusal


async def test_an_account_cannot_import_anothers_subjects_whatever_its_token_says(
    server: Server, database: Database, dukcapil: Credentials, kemenkes: Credentials
) -> None:
    authority = server.nats.authority
    async with database.session() as session:
        account = (await session.get_one(Partner, "kemenkes")).nats_account
        others = (await session.get_one(Partner, "dukcapil")).nats_account
    assert account is not None
    assert others is not None
    subject, own = "lapor.v1.ingest.dukcapil.report", "lapor.v1.ingest.kemenkes.report"
    foreign = replace(authority, account_keys=(new_seed("account"),))
    for token, refusal in (
        (authority.activation(others, "service", subject), "doesn't match account"),
        (authority.activation(account, "service", own), "doesn't match import"),
    ):
        with pytest.raises(PushError, match=refusal):
            await _import(server, account, subject, token)

    # One signed by somebody else is taken as it stands, and lets nothing through.
    token = foreign.activation(account, "service", subject)
    await _import(server, account, subject, token, signer=foreign.account_keys[0])
    user = new_user(foreign.account_keys[0], account, "kemenkes", {}, {})
    partner = await connect(server.address, "partner", patience=5, credentials=user)
    with pytest.raises(NoStreamResponseError):
        await partner.js.publish(subject, b"{}", timeout=2)
    await partner.close()


async def test_adding_a_partner_drops_nobodys_connection(
    server: Server, database: Database, bus: Bus, dukcapil: Credentials
) -> None:
    partner = await _as_partner(server, dukcapil)
    ids = (bus.nc.client_id, partner.nc.client_id)

    await add(database, server.settings, "Kemenkes")

    await bus.nc.flush()
    await partner.publish("lapor.v1.ingest.dukcapil.reply", b"{}", msg_id="dukcapil-2")
    assert (bus.nc.client_id, partner.nc.client_id) == ids
    assert (bus.nc.stats["reconnects"], partner.nc.stats["reconnects"]) == (0, 0)
    await partner.close()


async def test_a_removed_partner_is_cut_off_and_may_come_back_with_new_keys(
    server: Server, database: Database, dukcapil: Credentials
) -> None:
    partner = await _as_partner(server, dukcapil)
    await remove(database, server.settings, "dukcapil")

    async with asyncio.timeout(120):
        while partner.nc.is_connected:
            await asyncio.sleep(0.02)
    await partner.close()
    with pytest.raises(BusUserUnknown):
        await _as_partner(server, dukcapil)

    back = await add(database, server.settings, "Dukcapil")
    assert back.nats.seed != dukcapil.nats.seed
    await (await _as_partner(server, back)).close()


async def test_new_keys_end_the_old_ones_and_lose_nothing_that_waits(
    server: Server, database: Database, bus: Bus, dukcapil: Credentials, kemenkes: Credentials
) -> None:
    other = await _as_partner(server, kemenkes)
    partner = await _as_partner(server, dukcapil)
    await bus.publish("lapor.v1.partner.dukcapil.receipt", b"waiting", msg_id="r1")

    new = await rotate(database, server.settings, "dukcapil")

    async with asyncio.timeout(120):
        while partner.nc.is_connected:
            await asyncio.sleep(0.02)
    await partner.close()
    with pytest.raises(BusUserUnknown):
        await _as_partner(server, dukcapil)
    renewed = await _as_partner(server, new)
    js = renewed.nc.jetstream(prefix=new.api_prefix)
    [kept] = await (await js.pull_subscribe_bind("dukcapil", "PARTNERS")).fetch(1)
    assert kept.data == b"waiting"
    async with database.session() as session:
        stored = await session.get_one(Partner, "dukcapil")
    assert (stored.active, stored.http_token_hash) == (True, stored_hash(new))
    assert other.nc.stats["reconnects"] == 0
    await renewed.close()
    await other.close()


async def test_keys_that_cannot_be_given_leave_the_old_ones(
    server: Server, database: Database, dukcapil: Credentials
) -> None:
    strangers = settings_of(new_authority(), server.url)
    with pytest.raises(PushError, match="does not know this operator"):
        await rotate(database, strangers, "dukcapil")
    with pytest.raises(PartnerError):
        await rotate(database, server.settings, "kemenkes")

    async with database.session() as session:
        stored = await session.get_one(Partner, "dukcapil")
    assert (stored.active, stored.http_token_hash) == (True, stored_hash(dukcapil))
    await (await _as_partner(server, dukcapil)).close()


async def test_a_name_is_given_once_and_not_ours(
    server: Server, database: Database, dukcapil: Credentials
) -> None:
    for name in ("Dukcapil", "LAPOR!", "*", "9"):
        with pytest.raises(PartnerError):
            await add(database, server.settings, name)
    with pytest.raises(PartnerError):
        await remove(database, server.settings, "kemenkes")


async def test_a_rotation_that_fails_leaves_the_keys_of_another_made_meanwhile(
    server: Server, database: Database, dukcapil: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def other_operator_rotates(*_: object) -> None:
        monkeypatch.undo()
        others.append(await rotate(database, server.settings, "dukcapil"))
        raise PartnerError("not usable")

    others: list[Credentials] = []
    monkeypatch.setattr(register, "_until_usable", other_operator_rotates)
    with pytest.raises(PartnerError, match="not usable"):
        await rotate(database, server.settings, "dukcapil")
    async with database.session() as session:
        partner = (await session.execute(select(Partner))).scalar_one()
    assert partner.http_token_hash == stored_hash(others[0])
    await (await _as_partner(server, others[0])).close()


async def test_the_npm_client_sends_a_report_reads_its_receipt_and_cannot_be_another(
    server: Server, bus: Bus, dukcapil: Credentials, kemenkes: Credentials, node_packages: Path
) -> None:
    await bus.publish("lapor.v1.partner.dukcapil.receipt", b'{"number":"1"}', msg_id="r1")

    process = await asyncio.create_subprocess_exec(
        NODE,
        str(node_packages / "partner.js"),
        server.address,
        "dukcapil",
        "kemenkes",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(dukcapil.nats.file.encode()), 60)

    assert process.returncode == 0, err.decode()
    assert json.loads(out) == {
        "acknowledged": {"stream": "INGEST_REPORTS", "duplicate": False},
        "receipt": {"subject": "lapor.v1.partner.dukcapil.receipt", "body": {"number": "1"}},
        "refused": {
            "impersonated": "PermissionViolationError",
            "foreign": "PermissionViolationError",
            "overheard": "PermissionViolationError",
        },
    }
    stored = await bus.js.get_msg("INGEST_REPORTS", 1)
    event = cloudevents.decode(stored.headers, stored.data or b"")
    assert event.get_id() == "JKT-2026-0001"


async def _import(
    server: Server, account: str, subject: str, token: str, signer: str | None = None
) -> None:
    """Push an account that imports this subject of ours by this token."""
    ours = server.nats.authority
    pushed = ours.sign_account(
        account,
        "kemenkes",
        {
            "type": "account",
            "limits": {"conn": 1, "subs": 9, "payload": NO_LIMIT, "data": -1, "imports": 9},
            "signing_keys": [public_key(signer)] if signer else [],
            "imports": [
                {
                    "name": subject,
                    "subject": subject,
                    "account": ours.account,
                    "token": token,
                    "type": "service",
                }
            ],
        },
    )
    async with open_system(ours, server.url) as system:
        await system.push(pushed)


async def _as_partner(server: Server, partner: Credentials) -> Bus:
    return await connect(server.address, "partner", patience=5, credentials=partner.nats)


@asynccontextmanager
async def _watched(
    server: Server, partner: Credentials
) -> AsyncIterator[tuple[Client, asyncio.Queue[str]]]:
    """A partner's bare connection and what the server refuses it."""
    refusals: asyncio.Queue[str] = asyncio.Queue()

    async def note(error: Exception) -> None:
        await refusals.put(str(error).lower())

    client = Client()
    await client.connect(
        server.address, user_credentials=RawCredentials(partner.nats.file), error_cb=note
    )
    try:
        yield client, refusals
    finally:
        await client.close()
