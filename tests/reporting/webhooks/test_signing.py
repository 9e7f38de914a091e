"""Signatures that others check with their libraries, and a secret changed without a gap."""

import asyncio
import json
import subprocess
from pathlib import Path

import httpx
import psycopg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shared.bus.connection import Bus
from shared.settings import Settings
from tests.locks import all_wait, held
from tests.node_packages import NODE
from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY, CITY_ADMIN, HEALTH_ADMIN
from tests.reporting.webhooks.telling import (
    Receiver,
    deliveries,
    event,
    subscribe,
    tell,
    telling,
    until,
)


async def sent(
    reporting: httpx.AsyncClient,
    header: dict[str, str],
    webhook: dict[str, str],
    bus: Bus,
    receiver: Receiver,
    number: int,
) -> tuple[dict[str, str], bytes]:
    """Headers and body of what arrives for an event."""
    before = len(receiver.got)
    await tell(bus, event(number, CITY))

    async def arrived() -> bool:
        done = await deliveries(reporting, header, webhook, state="delivered")
        return number in {delivery["number"] for delivery in done}

    await until(arrived)
    [got] = receiver.got[before:]
    return got


async def test_the_npm_library_takes_the_signature_and_no_other(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    node_packages: Path,
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    async with telling(settings):
        headers, body = await sent(reporting, header, webhook, bus, receiver, 71)

    def verified(body: str) -> str:
        request = {"secret": webhook["secret"], "body": body, "headers": headers}
        done = subprocess.run(
            [NODE, "verify.cjs"],
            cwd=node_packages,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    assert verified(body.decode()) == "good"
    assert verified(body.decode().replace("71", "72")) != "good"


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    path = f"/webhooks/{webhook['id']}/secret"
    assert (await reporting.post(path, headers=bearer(HEALTH_ADMIN))).status_code == 404
    renewed = (await reporting.post(path, headers=header)).json()
    assert renewed["secret"] != webhook["secret"] and renewed["previous_until"]
    async with telling(settings):
        headers, body = await sent(reporting, header, webhook, bus, receiver, 81)
        for secret in (webhook["secret"], renewed["secret"]):
            Webhook(secret).verify(body, headers)
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute(
                "UPDATE reporting.webhook SET previous_until = now() WHERE id = %s", [webhook["id"]]
            )
        headers, body = await sent(reporting, header, webhook, bus, receiver, 82)
    Webhook(renewed["secret"]).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(body, headers)


async def test_of_two_new_secrets_made_at_once_both_sign(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    path = f"/webhooks/{webhook['id']}/secret"
    async with held(owner_url, "SELECT FROM reporting.webhook FOR UPDATE"):
        tries = [asyncio.create_task(reporting.post(path, headers=header)) for _ in range(2)]
        await all_wait(owner_url, 2)
    answers = await asyncio.gather(*tries)
    async with telling(settings):
        headers, body = await sent(reporting, header, webhook, bus, receiver, 83)
    for answer in answers:
        Webhook(answer.json()["secret"]).verify(body, headers)
