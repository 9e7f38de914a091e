"""Who may have webhooks, and where they may go: never into our own network."""

import httpx
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
