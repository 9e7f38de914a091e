"""Who may have webhooks, and where they may go: never into our own network."""

import base64

import httpx
import psycopg
import pytest

from services.reporting.webhooks.destination import is_public
from shared.bus.connection import Bus
from shared.settings import Settings
from tests.reporting.conftest import Bearer, running
from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    HEALTH_ADMIN,
    PAPUA,
    PAPUA_ADMIN,
    ROADS_OFFICER,
)
from tests.reporting.webhooks.telling import (
    Receiver,
    deliveries,
    event,
    subscribe,
    tell,
    telling,
    until,
)


async def test_only_admins_manage_webhooks_and_only_of_their_own_subtree(
    reporting: httpx.AsyncClient, bearer: Bearer, bus: Bus
) -> None:
    url = "https://sistem.contoh.go.id/lapor"
    officer = await reporting.post("/webhooks", json={"url": url}, headers=bearer(ROADS_OFFICER))
    assert (officer.status_code, officer.json()["code"]) == (403, "webhooks_for_admins")
    beside = await reporting.post(
        "/webhooks", json={"url": url, "agency": PAPUA}, headers=bearer(CITY_ADMIN)
    )
    assert beside.status_code == 404
    webhook = await subscribe(reporting, bearer(CITY_ADMIN), url)
    path = f"/webhooks/{webhook['id']}"
    for method, at in (("GET", path), ("DELETE", path), ("GET", f"{path}/deliveries")):
        for other in (PAPUA_ADMIN, HEALTH_ADMIN):
            answer = await reporting.request(method, at, headers=bearer(other))
            assert answer.status_code == 404
    assert (await reporting.get("/webhooks", headers=bearer(HEALTH_ADMIN))).json() == []
    removed = await reporting.delete(path, headers=bearer(CITY_ADMIN))
    assert removed.status_code == 204
    assert (await reporting.get(path, headers=bearer(CITY_ADMIN))).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://sistem.contoh.go.id/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://orang:sandi@contoh.go.id/",
        "https://contoh.go.id:99999/",
        "https://contoh.go.id/#bagian",
        "ftp://contoh.go.id/",
        "https:///",
        "bukan alamat",
    ],
)
async def test_an_address_that_is_not_on_the_internet_is_refused(
    settings: Settings, bearer: Bearer, url: str
) -> None:
    strict = settings.model_copy(update={"webhooks_to_private_addresses": False})
    async with running(strict) as reporting:
        answer = await reporting.post("/webhooks", json={"url": url}, headers=bearer(CITY_ADMIN))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] in {"webhook_url", "webhook_address"}


async def test_a_name_that_leads_into_our_own_network_is_not_called(
    bearer: Bearer, settings: Settings, bus: Bus, receiver: Receiver, reporting: httpx.AsyncClient
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    strict = settings.model_copy(update={"webhooks_to_private_addresses": False})

    async def failed() -> bool:
        return bool(await deliveries(reporting, header, webhook, state="failed"))

    async with telling(strict, delays=(0.1,)):
        await tell(bus, event(61, CITY))
        await until(failed)
    [delivery] = await deliveries(reporting, header, webhook)
    assert [a["error"] for a in delivery["attempts"]] == ["address", "address"]
    assert receiver.got == []


def test_what_is_on_the_internet() -> None:
    for address in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"):
        assert is_public(address), address
    for address in (
        *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1"),  # noqa: S104
        *("224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fd00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("192.0.0.8", "192.88.99.1", "fec0::1"),
    ):
        assert not is_public(address), address


CAME, ATTEMPTED = "2026-11-24T03:17:42.905175Z", "2026-11-24T03:17:43.105175Z"


@pytest.mark.parametrize(
    ("anonymous", "action", "told", "shown"),
    [
        (False, "verify", CAME, [CAME, ATTEMPTED]),
        # As when it was sent: of a copy, or of a report that was anonymous then.
        (False, "verify", "2026-11-24T03:00:00Z", ["2026-11-24T03:00:00Z"] * 2),
        # As the report is now.
        (True, "verify", CAME, ["2026-11-24T03:00:00Z"] * 2),
        # What tells when it came, though it was sent when that was not cut yet.
        (False, "submit", CAME, ["2026-11-24T03:00:00Z"] * 2),
    ],
)
async def test_when_it_was_told_is_no_more_exact_than_what_was_told(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    bus: Bus,
    owner_url: str,
    anonymous: bool,
    action: str,
    told: str,
    shown: list[str],
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, "https://sistem.contoh.go.id/lapor")
    of_kind = "SELECT number FROM lifecycle.report WHERE anonymous = %s LIMIT 1"
    delivery = (
        "INSERT INTO reporting.webhook_delivery (id, webhook_id, event_id, event, number, version,"
        " body, state, created_at, finished_at) VALUES (gen_random_uuid(), %s, %s, 'submitted', %s,"
        " 1, jsonb_build_object('timestamp', %s::text, 'data', jsonb_build_object('action',"
        " %s::text, 'status', 'UNVERIFIED')), 'delivered', %s, %s) RETURNING id"
    )
    attempt = (
        "INSERT INTO reporting.webhook_attempt (delivery_id, attempt, at, status, ms)"
        " VALUES (%s, 1, %s, 204, 7)"
    )
    with psycopg.connect(owner_url, autocommit=True) as connection:
        [number] = connection.execute(of_kind, [anonymous]).fetchall()[0]
        for event_id in ("one", "another"):
            written = [webhook["id"], event_id, number, told, action, CAME, ATTEMPTED]
            [made] = connection.execute(delivery, written).fetchall()[0]
            connection.execute(attempt, [made, ATTEMPTED])
    path = f"/webhooks/{webhook['id']}/deliveries"
    first = (await reporting.get(path, headers=header, params={"limit": 1})).json()
    [listed] = first["items"]
    assert [listed["created_at"], listed["finished_at"]] == shown
    assert listed["attempts"][0]["at"] == shown[1]
    assert listed["to_the_hour"] is (shown[0] != CAME)
    # Where the next page begins is told to the service alone.
    opened = base64.urlsafe_b64decode(first["next"] + "=" * (-len(first["next"]) % 4))
    assert b"03:17" not in opened
    following = {"limit": 1, "cursor": first["next"]}
    second = (await reporting.get(path, headers=header, params=following)).json()
    assert [second["next"], len(second["items"])] == [None, 1]
    assert second["items"][0]["id"] != listed["id"]
