"""Partners are known to every node: at once where it can be reached, else when it is back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.nats import tokens
from deploy.partners.activity import Activity, activities
from deploy.partners.register import Credentials, add, partners, push_all, remove, rotate
from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.bus.streams import declare
from shared.database.engine import Database
from tests.bus.conftest import settings_of
from tests.bus.nodes import Node, running, settings_for, url_of


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[list[Node]]:
    async with running(tmp_path) as nodes:
        await declare(url_of(nodes), replicas=3)
        yield nodes


async def test_a_node_that_was_down_meanwhile_knows_whom_was_let_in_and_whom_was_not(
    cluster: list[Node], database: Database
) -> None:
    away = cluster[2]
    kept = await add(database, settings_for(cluster), "Kemenkes")
    assert (kept.reach.reached, kept.reach.away) == (("n0", "n1", "n2"), ())
    connected = [await _at(node, kept) for node in cluster]
    await away.stop()

    new = await add(database, settings_for(cluster), "Dukcapil")
    assert (new.reach.reached, new.reach.away) == (("n0", "n1"), ("n2",))
    assert "not reached, and told when back: n2" in str(new.reach)
    await (await _at(cluster[0], new)).close()
    reach = await remove(database, settings_for(cluster), "kemenkes")
    assert reach is not None
    assert reach.away == ("n2",)
    for bus in connected:
        async with asyncio.timeout(20):
            while bus.nc.is_connected:
                await asyncio.sleep(0.05)
        await bus.close()

    await away.restart()
    await _until_let_in(away, new)
    partner = await _at(away, new)
    ack = await partner.publish("lapor.v1.ingest.dukcapil.report", b"{}", msg_id="dukcapil-1")
    assert ack.stream == "INGEST_REPORTS"
    await partner.close()
    # It had the removed partner's account on its disk: it learns, and does not teach the others.
    for node in (away, *cluster):
        await _until_refused(node, kept)


async def test_who_uses_which_node_is_shown_and_who_was_never_there(
    cluster: list[Node], database: Database
) -> None:
    settings = settings_for(cluster)
    dukcapil = await add(database, settings, "Dukcapil")
    await add(database, settings, "Kemenkes")
    buses = [await _at(node, dukcapil) for node in cluster]
    ours = await connect(url_of(cluster), "test", patience=20)
    await ours.publish("lapor.v1.partner.dukcapil.receipt", b"{}", msg_id="1")
    async with database.session() as session:
        known = await partners(session)

    shown = await activities(settings, known)

    assert shown["dukcapil"].connections == 3
    assert shown["dukcapil"].last_seen is not None
    assert shown["dukcapil"].last_message is not None
    assert shown["kemenkes"] == Activity(0, None, None)
    for bus in (*buses, ours):
        await bus.close()


async def test_all_keys_are_changed_while_partners_are_let_in(
    cluster: list[Node], database: Database
) -> None:
    """As the guide has it: first all believe the new keys, then these sign, then the old go."""
    partner = await add(database, settings_for(cluster), "Dukcapil")
    former = cluster[0].variables
    former_user = cluster[0].authority.user("relay")
    fresh = {name: tokens.new_seed(kind) for name, kind in _ROTATED.items()}

    for variables, restart in (
        (former | {name: f"{former[name]},{seed}" for name, seed in fresh.items()}, True),
        (former | {name: f"{seed},{former[name]}" for name, seed in fresh.items()}, False),
        (former | fresh, True),
    ):
        for node in cluster if restart else ():
            await node.restart(variables)
            await _until_let_in(node, partner)
        async with asyncio.timeout(60):  # nodes that were restarted find each other
            while True:
                reaches = await push_all(database, settings_of(variables, url_of(cluster)))
                if not any(reach.away for reach in reaches.values()):
                    break
        assert {reach.reached for reach in reaches.values()} == {("n0", "n1", "n2")}
        for node in cluster:
            await _until_let_in(node, partner)

    with pytest.raises(BusUserUnknown):
        await connect(url_of(cluster), "relay", patience=10, credentials=former_user)
    await rotate(database, settings_for(cluster), "dukcapil")


_ROTATED: dict[str, tokens.Kind] = {
    "LAPOR_NATS_OPERATOR_KEYS": "operator",
    "LAPOR_NATS_SYSTEM_KEYS": "account",
    "LAPOR_NATS_ACCOUNT_KEYS": "account",
}


async def _until_let_in(node: Node, partner: Credentials) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                return await (await _at(node, partner)).close()
            except BusUserUnknown:
                await asyncio.sleep(0.1)


async def _until_refused(node: Node, partner: Credentials) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await (await _at(node, partner)).close()
            except BusUserUnknown:
                return
            await asyncio.sleep(0.1)


async def _at(node: Node, partner: Credentials) -> Bus:
    """The partner's connection to this node, which stays with it."""
    url = f"nats://127.0.0.1:{node.port}"
    return await connect(url, "partner", patience=10, credentials=partner.nats)
