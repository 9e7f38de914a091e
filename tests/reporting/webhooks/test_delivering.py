"""An agency's own system is told, signed, again until it answers, and only of its own."""

from datetime import datetime, timedelta
from json import loads
from typing import Any

import httpx
import psycopg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shared.bus.connection import Bus
from shared.database.columns import now
from shared.lifecycle.actions import Action
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from tests.reporting.conftest import Bearer
from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    HEALTH,
    PAPUA,
    PAPUA_ADMIN,
    ROADS,
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


async def test_a_receiver_that_fails_at_first_gets_it_in_the_end_signed(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    listed = (await reporting.get("/webhooks", headers=header)).json()
    assert listed == [webhook]
    with psycopg.connect(owner_url) as connection:
        [stored] = connection.execute("SELECT secret FROM reporting.webhook").fetchall()
    assert secret.encode() not in stored[0]

    receiver.answers = [500, 302]
    async with telling(settings):
        await tell(bus, event(10_000_001, ROADS, chain=(CITY, ROADS), due_at=now()))

        async def arrived() -> bool:
            return bool(await deliveries(reporting, header, webhook, state="delivered"))

        await until(arrived)
    [delivery] = await deliveries(reporting, header, webhook)
    assert [(a["attempt"], a["status"]) for a in delivery["attempts"]] == [
        *[(1, 500), (2, 302), (3, 204)]
    ]
    assert all(a["ms"] >= 0 and a["error"] is None for a in delivery["attempts"])
    assert (delivery["state_label"], delivery["number"]) == ("Terkirim", 10_000_001)
    assert len(receiver.got) == 3
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {delivery["message_id"]}
    for headers, body in receiver.got:
        payload = Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    assert payload["type"] == "report.verified"
    assert payload["data"]["handler_id"] == ROADS
    assert payload["data"]["url"] == f"{settings.routing_url}/reports/10000001"
    assert set(payload["data"]) == {
        *("number", "version", "event", "action", "actor_kind", "at", "from_status", "status"),
        *("tab", "handler_id", "chain", "channel", "held", "overdue", "due_at", "auto_close_at"),
        "url",
    }


async def test_each_hears_of_its_own_subtree_once_and_of_what_leaves_it(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
) -> None:
    city = await subscribe(reporting, bearer(CITY_ADMIN), receiver.url)
    health = await subscribe(reporting, bearer(CITY_ADMIN), receiver.url, agency=HEALTH)
    papua = await subscribe(reporting, bearer(PAPUA_ADMIN), receiver.url)
    for_health, for_papua = event(21, HEALTH), event(22, PAPUA)
    away = event(23, PAPUA, details={"from_handler": ROADS, "to_handler": PAPUA})
    before = event(24, ROADS, at=now().replace(year=2020))
    async with telling(settings):
        for happened in (for_health, for_papua, away, before, for_health, event(25, CITY)):
            await tell(bus, happened)

        async def all_there() -> bool:
            delivered = [
                await deliveries(reporting, bearer(CITY_ADMIN), city, state="delivered"),
                await deliveries(reporting, bearer(PAPUA_ADMIN), papua, state="delivered"),
            ]
            return [len(each) for each in delivered] == [3, 2]

        await until(all_there)

    async def numbers(staff: int, webhook: dict[str, Any]) -> set[int]:
        return {d["number"] for d in await deliveries(reporting, bearer(staff), webhook)}

    assert await numbers(CITY_ADMIN, city) == {21, 23, 25}
    assert await numbers(CITY_ADMIN, health) == {21}
    assert await numbers(PAPUA_ADMIN, papua) == {22, 23}
    assert len(receiver.got) == 6
    path, page = f"/webhooks/{city['id']}/deliveries", []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = (await reporting.get(path, headers=bearer(CITY_ADMIN), params=query)).json()
        page += [d["number"] for d in answer["items"]]
        if (cursor := answer["next"]) is None:
            break
    assert sorted(page) == [21, 23, 25]


async def test_what_came_while_temporal_was_away_is_sent_later(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO reporting.webhook_delivery (id, webhook_id, event_id, event, number,"
            " version, body) VALUES (gen_random_uuid(), %s, 'x', 'verified', 51, 2, '{}')",
            [webhook["id"]],
        )

    async def delivered() -> bool:
        return bool(await deliveries(reporting, header, webhook, state="delivered"))

    async with telling(settings):
        await until(delivered)


async def test_an_agency_in_copy_hears_of_it_but_not_of_the_others_own_affairs(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
) -> None:
    papua = await subscribe(reporting, bearer(PAPUA_ADMIN), receiver.url)
    by_partner = {"actor_kind": ActorKind.PARTNER, "due_at": now() + timedelta(days=5, minutes=7)}
    in_copy = event(91, HEALTH, copies=(PAPUA,), **by_partner)
    internal = event(92, HEALTH, copies=(PAPUA,), event="coordinated", action=Action.COORDINATE)
    copied = event(93, HEALTH, copies=(PAPUA,), event="copies_changed", action=Action.CHANGE_COPIES)
    async with telling(settings):
        for happened in (in_copy, internal, copied, event(94, HEALTH), event(95, PAPUA)):
            await tell(bus, happened)

        async def last() -> bool:
            done = await deliveries(reporting, bearer(PAPUA_ADMIN), papua, state="delivered")
            return 95 in {delivery["number"] for delivery in done}

        await until(last)
    delivered = await deliveries(reporting, bearer(PAPUA_ADMIN), papua)
    assert {delivery["number"] for delivery in delivered} == {91, 93, 95}

    bodies = {body["data"]["number"]: body for _, sent in receiver.got if (body := loads(sent))}
    by_copy, own = bodies[91]["data"], bodies[95]["data"]
    assert (by_copy.get("channel"), own["channel"]) == (None, "website")
    assert by_copy["actor_kind"] == "reporter"
    times = (bodies[91]["timestamp"], by_copy["at"], by_copy["due_at"])
    assert all(":00:00" in at for at in times), times
    assert datetime.fromisoformat(by_copy["at"]) <= in_copy.at


BY: dict[str, dict[str, Any]] = {
    "the reporter": {"actor_kind": ActorKind.REPORTER},
    "their partner system": {"actor_kind": ActorKind.PARTNER},
    "staff who met them": {"details": {"brought_by": "visit"}},
    "an officer": {"event": "coordinated", "action": Action.COORDINATE},
}


@pytest.mark.parametrize("by", BY)
async def test_of_an_anonymous_report_the_minute_is_told_in_which_staff_did_something_alone(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
    by: str,
) -> None:
    webhook = await subscribe(reporting, bearer(PAPUA_ADMIN), receiver.url)
    of_kind = "SELECT min(number) FROM lifecycle.report WHERE anonymous = %s"
    with psycopg.connect(owner_url) as connection:
        [[anonymous], [named]] = [
            connection.execute(of_kind, [kind]).fetchall()[0] for kind in (True, False)
        ]
    hour = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    at, due_at = hour + timedelta(minutes=17, seconds=43), hour + timedelta(days=5, minutes=41)
    reply: dict[str, Any] = {
        "event": "replied",
        "action": Action.REPLY,
        "version": 5,
        "from_status": Status.FOLLOWED_UP,
        "status": Status.REPLIED_BY_REPORTER,
        "tab": Tab.IN_PROCESS,
        "at": at,
        "due_at": due_at,
    }
    async with telling(settings):
        for number in (anonymous, named):
            await tell(bus, event(number, PAPUA, **reply | BY[by]))

        async def both() -> bool:
            done = await deliveries(reporting, bearer(PAPUA_ADMIN), webhook, state="delivered")
            return len(done) == 2

        await until(both)
    bodies = {body["data"]["number"]: body for _, sent in receiver.got if (body := loads(sent))}
    cut = bodies[anonymous]
    shown = at if by == "an officer" else hour
    assert [
        datetime.fromisoformat(cut["timestamp"]),
        datetime.fromisoformat(cut["data"]["at"]),
    ] == [shown] * 2
    assert datetime.fromisoformat(cut["data"]["due_at"]) == hour + timedelta(days=5)
    for name, exact in (("at", at), ("due_at", due_at)):
        assert datetime.fromisoformat(bodies[named]["data"][name]) == exact
