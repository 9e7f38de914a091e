"""SMS 1708 through the signed webhook: reports, long messages, answers."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from standardwebhooks import Webhook

from services.intake.app import make_app
from services.intake.sms.webhook import accept_stale_parts
from shared.database.engine import Database
from tests.intake.conftest import running

SENDER = "+6281234567001"


class Gateway:
    """The operator's gateway: signs what it hands over."""

    def __init__(self, client: Any, secret: str) -> None:
        self.client = client
        self.secret = secret

    async def send(self, text: str, part: tuple[int, int, int] | None = None, **changes: Any):
        message: dict[str, Any] = {
            "id": uuid4().hex,
            "from": SENDER,
            "text": text,
            "received_at": datetime.now(UTC).isoformat(),
        } | changes
        if part:
            message["concat"] = dict(zip(("ref", "part", "total"), part, strict=True))
        return await self.call(json.dumps(message))

    async def call(self, body: str, secret: str | None = None):
        secret, now = secret or self.secret, datetime.now(UTC)
        webhook = Webhook(secret if secret.startswith("whsec_") else secret.encode())
        headers = {
            "webhook-id": "msg",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign("msg", now, body),
            "content-type": "application/json",
        }
        return await self.client.post("/channels/sms", content=body, headers=headers)


async def test_one_message_is_one_report_and_the_answer_names_it(intake, settings, country) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    answer = await gateway.send("Lampu jalan di Jl. Melati mati sejak Senin. Gelap sekali.")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert str(told["number"]) in told["answer"]
    row = country.one(
        "SELECT channel, original_title, classification FROM lifecycle.report"
        " JOIN lifecycle.report_text USING (number)"
    )
    assert row == ("sms", "Lampu jalan di Jl. Melati mati sejak Senin", None)
    assert SENDER not in country.everything_in("intake.submission")


async def test_the_gateway_may_ask_again(intake, settings, country) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    first, second = await asyncio.gather(
        *(gateway.send("Jalan rusak parah di Cicadas", id="g-1") for _ in range(2))
    )
    assert first.json() == second.json()
    changed = await gateway.send("Lain", id="g-1")
    assert changed.json() == first.json()
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


async def test_parts_in_reverse_order_are_joined(intake, settings, country) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    waiting = await gateway.send("kedua.", (7, 2, 2), id="b")
    assert waiting.json() == {"number": None, "answer": None}
    assert b"kedua" not in bytes(country.one("SELECT words FROM intake.sms_part"))
    told = (await gateway.send("Bagian pertama dan ", (7, 1, 2), id="a")).json()
    body = country.one("SELECT original_body FROM lifecycle.report_text")
    assert body == "Bagian pertama dan kedua."
    assert country.all("SELECT words, number FROM intake.sms_part") == [(None, told["number"])] * 2
    again = (await gateway.send("Bagian pertama dan ", (7, 1, 2), id="a")).json()
    assert again == told


async def test_parts_at_the_same_moment_make_one_report(intake, settings, country) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    answers = await asyncio.gather(
        *(gateway.send(f"Bagian {n} dari lima. ", (9, n, 5)) for n in range(1, 6))
    )
    assert [answer.json()["number"] is None for answer in answers].count(False) == 1
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


async def test_a_reference_that_comes_around_is_another_message(intake, settings, country) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    for number in (1, 2):
        await gateway.send(f"Laporan ke-{number} ", (7, 1, 2))
        await gateway.send("selesai", (7, 2, 2))
    bodies = {body for (body,) in country.all("SELECT original_body FROM lifecycle.report_text")}
    assert bodies == {"Laporan ke-1 selesai", "Laporan ke-2 selesai"}


async def test_after_some_minutes_a_gap_beats_no_report(settings, country) -> None:
    app = make_app(settings)
    database: Database = app.state.database
    async with running(settings) as client:
        await Gateway(client, settings.sms_secret).send("Banjir di Rancaekek, tolong ", (3, 1, 3))
    soon = datetime.now(UTC) + timedelta(minutes=4)
    assert await accept_stale_parts(database, app.state.resources, soon) == 0
    late = datetime.now(UTC) + timedelta(minutes=6)
    assert await accept_stale_parts(database, app.state.resources, late) == 1
    assert await accept_stale_parts(database, app.state.resources, late) == 0
    await database.dispose()
    body = country.one("SELECT original_body FROM lifecycle.report_text")
    assert body == "Banjir di Rancaekek, tolong  […]  […]"


async def test_a_message_of_nothing_gets_an_answer_and_no_report(intake, settings, country) -> None:
    answer = await Gateway(intake, settings.sms_secret).send("  ")
    assert answer.json()["number"] is None
    assert "Kirim kembali" in answer.json()["answer"]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


async def test_a_false_signature_and_a_false_form_are_refused(intake, settings) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    body = json.dumps({"id": "x", "from": SENDER, "text": "a"})
    assert (await gateway.call(body, secret="another secret of theirs")).status_code == 401
    assert (await intake.post("/channels/sms", content=body)).status_code == 401
    assert (await gateway.call(body)).status_code == 422
    assert (await gateway.call("[]")).status_code == 422
