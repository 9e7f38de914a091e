"""Who does not answer is tried for days, then left alone; sent again when asked."""

import httpx
import psycopg

from deploy.local.ports import free_port
from services.reporting.webhooks import delivery_activities
from shared.bus.connection import Bus
from shared.settings import Settings
from tests.reporting.conftest import Bearer
from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    HEALTH,
    HEALTH_ADMIN,
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


async def test_one_that_never_answers_fails_and_is_sent_again_when_asked(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
) -> None:
    header = bearer(HEALTH_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    receiver.answers = [503] * 4
    async with telling(settings):
        await tell(bus, event(31, HEALTH))

        async def failed() -> bool:
            return bool(await deliveries(reporting, header, webhook, state="failed"))

        await until(failed)
        [delivery] = await deliveries(reporting, header, webhook)
        assert [a["status"] for a in delivery["attempts"]] == [503] * 4
        view = (await reporting.get(f"/webhooks/{webhook['id']}", headers=header)).json()
        assert view["failing_since"] is not None and view["disabled"] is None
        path = f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/resend"
        assert (await reporting.post(path, headers=bearer(PAPUA_ADMIN))).status_code == 404
        assert (await reporting.post(path, headers=header)).status_code == 202

        async def delivered() -> bool:
            return bool(await deliveries(reporting, header, webhook, state="delivered"))

        await until(delivered)
    [delivery] = await deliveries(reporting, header, webhook)
    assert [a["attempt"] for a in delivery["attempts"]] == [1, 2, 3, 4, 5]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    view = (await reporting.get(f"/webhooks/{webhook['id']}", headers=header)).json()
    assert view["failing_since"] is None


async def test_one_that_fails_for_days_or_is_gone_is_disabled_with_a_note(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    gone = await subscribe(reporting, header, receiver.url, agency=ROADS)
    failing = await subscribe(reporting, header, f"http://127.0.0.1:{free_port()}/", agency=HEALTH)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE reporting.webhook SET failing_since = now() - %s - interval '1 hour'"
            " WHERE id = %s",
            [delivery_activities.FAILING, failing["id"]],
        )
    receiver.answers = [410]

    async def disabled() -> bool:
        views = (await reporting.get("/webhooks", headers=header)).json()
        return {v["disabled"] for v in views} == {"gone", "failing"}

    async with telling(settings):
        await tell(bus, event(41, ROADS))
        await tell(bus, event(42, HEALTH))
        await until(disabled)
        notes = {
            view["disabled"]: view["disabled_label"]
            for view in (await reporting.get("/webhooks", headers=header)).json()
        }
        assert "410" in notes["gone"] and "lima hari" in notes["failing"]

        async def both_over() -> bool:
            states = [
                (await deliveries(reporting, header, webhook))[0]["state"]
                for webhook in (gone, failing)
            ]
            return states == ["failed", "failed"]

        await until(both_over)
        await tell(bus, event(43, ROADS))
        await tell(bus, event(44, CITY))
        [delivery] = await deliveries(reporting, header, failing)
        assert [a["error"] for a in delivery["attempts"]] == ["connection"]
        resend = f"/webhooks/{gone['id']}/deliveries"
        [first] = await deliveries(reporting, header, gone)
        answer = await reporting.post(f"{resend}/{first['id']}/resend", headers=header)
        assert (answer.status_code, answer.json()["code"]) == (409, "webhook_disabled")
        enabled = await reporting.post(f"/webhooks/{gone['id']}/enable", headers=header)
        assert enabled.json()["disabled"] is None
        assert (await reporting.post(f"{resend}/{first['id']}/resend", headers=header)).is_success

        async def delivered() -> bool:
            return bool(await deliveries(reporting, header, gone, state="delivered"))

        await until(delivered)
    assert len(receiver.got) == 2
