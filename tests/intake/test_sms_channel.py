"""SMS 1708 through the signed webhook: reports, long messages, answers."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from services.intake.app import make_app
from services.intake.sms.stale_parts import accept_stale_parts
from shared.database.engine import Database
from shared.settings import Settings
from tests.intake.conftest import Country, running

SENDER, OTHER, THIRD = "+6281234567001", "+6281234567002", "+6281234567003"


class Gateway:
    """The operator's gateway: signs what it hands over."""

    def __init__(self, client: httpx.AsyncClient, secret: str) -> None:
        self.client = client
        self.secret = secret

    async def send(
        self, text: str, part: tuple[int, int, int] | None = None, **changes: Any
    ) -> httpx.Response:
        message: dict[str, Any] = {
            "id": uuid4().hex,
            "from": SENDER,
            "text": text,
            "received_at": datetime.now(UTC).isoformat(),
        } | changes
        if part:
            message["concat"] = dict(zip(("ref", "part", "total"), part, strict=True))
        return await self.call(json.dumps(message))

    async def call(self, body: str, secret: str | None = None) -> httpx.Response:
        secret, now = secret or self.secret, datetime.now(UTC)
        webhook = Webhook(secret if secret.startswith("whsec_") else secret.encode())
        headers = {
            "webhook-id": "msg",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign("msg", now, body),
            "content-type": "application/json",
        }
        return await self.client.post("/channels/sms", content=body, headers=headers)


async def test_one_message_is_one_report_and_the_answer_names_it(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    answer = await gateway.send("Lampu jalan di Jl. Melati mati sejak Senin. Gelap sekali.")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert str(report["number"]) in report["answer"]
    row = country.one(
        "SELECT channel, original_title, classification FROM lifecycle.report"
        " JOIN lifecycle.report_text USING (number)"
    )
    assert row == ("sms", "Lampu jalan di Jl. Melati mati sejak Senin", None)
    assert SENDER not in country.everything_in("intake.submission")


async def test_the_gateway_may_ask_again(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    first, second = await asyncio.gather(
        *(gateway.send("Jalan rusak parah di Cicadas", id="g-1") for _ in range(2))
    )
    assert first.json() == second.json()
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


async def test_words_that_begin_with_an_amount_or_a_date_are_a_report(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway, parts = Gateway(intake, settings.sms_secret), ("25000000 diminta ", "oknum lurah")
    for words in ("17082026 jalan rusak", "No. 12345678/2025 belum dibayar"):
        first, again = [await gateway.send(words, id=words[:8]) for _ in range(2)]
        assert first.json() == again.json() and first.json()["number"]
        assert (await gateway.send(f"{words}.", id=words[:8])).status_code == 409
    for _ in range(2):
        long = [await gateway.send(parts[n], (7, n + 1, 2), id=f"part-{n}") for n in range(2)]
    assert long[0].json() == long[1].json() and long[0].json()["number"]
    bodies = "SELECT original_body FROM lifecycle.report_text ORDER BY number"
    assert country.all(bodies) == [
        ("17082026 jalan rusak",),
        ("No. 12345678/2025 belum dibayar",),
        ("25000000 diminta oknum lurah",),
    ]
    assert country.one("SELECT count(*) FROM intake.sms_part WHERE words IS NOT NULL") == 0


async def test_a_command_without_a_number_is_answered_by_how_it_is_written(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    for words in ("PUAS", "STATUS", "terima kasih"):
        first, again = [await gateway.send(words, id=words) for _ in range(2)]
        assert first.json() == again.json() and first.json()["number"] is None
        assert "nomor laporan, spasi, lalu pesan" in first.json()["answer"]
        assert (await gateway.send(f"{words} 5", id=words)).status_code == 409
    parts = [await gateway.send(half, (7, n, 2), id=half) for n, half in ((1, "PU"), (2, "AS"))]
    again = await gateway.send("PU", (7, 1, 2), id="PU")
    assert again.json() == parts[1].json() and "Laporan baru" in again.json()["answer"]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0
    assert country.one("SELECT count(*) FROM intake.sms_part WHERE words IS NOT NULL") == 0


async def test_parts_in_reverse_order_are_joined(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    waiting = await gateway.send("kedua.", (7, 2, 2), id="b")
    assert waiting.json() == {"number": None, "answer": None}
    assert b"kedua" not in bytes(country.one("SELECT words FROM intake.sms_part"))
    report = (await gateway.send("Bagian pertama dan ", (7, 1, 2), id="a")).json()
    body = country.one("SELECT original_body FROM lifecycle.report_text")
    assert body == "Bagian pertama dan kedua."
    assert (
        country.all("SELECT words, number FROM intake.sms_part") == [(None, report["number"])] * 2
    )
    again = (await gateway.send("Bagian pertama dan ", (7, 1, 2), id="a")).json()
    assert again == report


HALVES = ("Jalan rusak \ud83d", "\ude1f tolong")


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_an_emoji_split_between_two_parts_is_whole_again(
    intake: httpx.AsyncClient, settings: Settings, country: Country, order: tuple[int, int]
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    for number in order:
        told = await gateway.send(HALVES[number - 1], (7, number, 2), id=f"part-{number}")
        assert told.status_code == 200, told.text
    body = country.one("SELECT original_body FROM lifecycle.report_text")
    assert body == "Jalan rusak 😟 tolong"
    again = await gateway.send(HALVES[1], (7, 2, 2), id="part-2")
    assert again.json()["number"] == country.one("SELECT number FROM lifecycle.report")


@pytest.mark.parametrize(
    ("part", "left"), [(1, "Jalan rusak  […]"), (2, "[…]  tolong"), (None, "Jalan rusak")]
)
async def test_half_an_emoji_whose_other_half_does_not_come_is_dropped(
    settings: Settings, country: Country, part: int | None, left: str
) -> None:
    app = make_app(settings)
    database: Database = app.state.database
    async with running(settings) as client:
        gateway = Gateway(client, settings.sms_secret)
        text = HALVES[part - 1] if part else HALVES[0]
        answer = await gateway.send(text, (7, part, 2) if part else None)
        assert answer.status_code == 200, answer.text
    late = datetime.now(UTC) + timedelta(minutes=6)
    await accept_stale_parts(database, app.state.resources, late)
    await database.dispose()
    assert country.one("SELECT original_body FROM lifecycle.report_text") == left


async def test_a_message_of_half_an_emoji_is_a_message_of_nothing(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    answer = await Gateway(intake, settings.sms_secret).send("\ud83d")
    assert answer.json()["number"] is None and answer.json()["answer"]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


async def test_parts_at_the_same_moment_make_one_report(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    answers = await asyncio.gather(
        *(gateway.send(f"Bagian {n} dari lima. ", (9, n, 5)) for n in range(1, 6))
    )
    assert [answer.json()["number"] is None for answer in answers].count(False) == 1
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


async def test_a_reference_that_comes_around_is_another_message(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    for number in (1, 2):
        await gateway.send(f"Laporan ke-{number} ", (7, 1, 2))
        await gateway.send("selesai", (7, 2, 2))
    bodies = {body for (body,) in country.all("SELECT original_body FROM lifecycle.report_text")}
    assert bodies == {"Laporan ke-1 selesai", "Laporan ke-2 selesai"}


async def test_after_some_minutes_a_gap_beats_no_report(
    settings: Settings, country: Country
) -> None:
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


async def test_a_message_of_nothing_gets_an_answer_and_no_report(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    for nothing in ("  ", "\x00\x01", "\u200b\u202e", "\u3164"):
        answer = await Gateway(intake, settings.sms_secret).send(nothing)
        assert answer.json()["number"] is None
        assert "Kirim kembali" in answer.json()["answer"]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


async def test_what_nobody_sees_makes_no_report_of_a_command_and_no_part_of_a_report(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    for command in ("\x0010000042 PUAS", "\ufeff10000042 PUAS", "\x00PU\u200bAS"):
        assert (await gateway.send(command)).json()["number"] is None, ascii(command)
    report = await gateway.send("\x00\u202eLampu\x1b jalan\u200b mati")
    assert report.json()["number"]
    words = "SELECT original_title, original_body FROM lifecycle.report_text"
    assert country.all(words) == [("Lampu jalan mati", "Lampu jalan mati")]


async def test_a_false_signature_and_a_false_form_are_refused(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    body = json.dumps({"id": "x", "from": SENDER, "text": "a"})
    assert (await gateway.call(body, secret="another secret of theirs")).status_code == 401
    assert (await intake.post("/channels/sms", content=body)).status_code == 401
    assert (await gateway.call(body)).status_code == 422
    assert (await gateway.call("[]")).status_code == 422


async def test_one_id_of_two_senders_is_two_reports_and_nobody_gets_anothers_code(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    mine = (await gateway.send("Jalan rusak parah di Cicadas", id="g-1")).json()
    for text, sender in (
        ("Lampu mati di Jl. Melati", {"from": OTHER}),
        ("Jalan rusak parah di Cicadas", {"from": THIRD}),
    ):
        theirs = (await gateway.send(text, None, id="g-1", **sender)).json()
        assert theirs["number"] not in (None, mine["number"])
        assert str(mine["number"]) not in theirs["answer"]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 3


async def test_an_id_used_for_other_words_is_a_conflict_and_shows_no_report(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    await gateway.send("Jalan rusak parah", id="g-1")
    await gateway.send("Bagian satu ", (7, 1, 2), id="p-1")
    for text, part, used in (
        ("Lain", None, "g-1"),
        ("Jalan rusak parah", (7, 2, 2), "g-1"),
        ("Bagian lain ", (7, 1, 2), "p-1"),
        ("Bagian satu ", (7, 2, 2), "p-1"),
        ("Bagian satu ", (8, 1, 2), "p-1"),
        ("Bagian satu ", None, "p-1"),
    ):
        answer = await gateway.send(text, part, id=used)
        assert (answer.status_code, answer.json()["code"]) == (409, "sms_id_reused"), used
        assert "number" not in answer.json()
    report = (await gateway.send("dua", (7, 2, 2), id="p-2")).json()
    assert (
        country.one(
            "SELECT original_body FROM lifecycle.report_text WHERE number = %s", report["number"]
        )
        == "Bagian satu dua"
    )


async def test_parts_of_two_senders_with_one_reference_and_ids_are_not_mixed(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway = Gateway(intake, settings.sms_secret)
    for sender in (SENDER, OTHER):
        await gateway.send(f"Awal {sender} ", (7, 1, 2), id="a", **{"from": sender})
    reports = [
        (await gateway.send(f"akhir {sender}", (7, 2, 2), id="b", **{"from": sender})).json()
        for sender in (SENDER, OTHER)
    ]
    assert reports[0]["number"] != reports[1]["number"]
    bodies = {body for (body,) in country.all("SELECT original_body FROM lifecycle.report_text")}
    assert bodies == {f"Awal {sender} akhir {sender}" for sender in (SENDER, OTHER)}


async def test_a_part_that_contradicts_begins_another_message_and_nothing_is_lost(
    settings: Settings, country: Country
) -> None:
    app = make_app(settings)
    async with running(settings) as client:
        gateway = Gateway(client, settings.sms_secret)
        numbers = [
            (await gateway.send(text, (7, part, 2), id=text)).json()["number"]
            for text, part in (("A1 ", 1), ("B1 ", 1), ("A2", 2), ("B2", 2))
        ]
        assert numbers == [None] * 4, "nothing says which belong together"
        # The same words under another id are the same part.
        assert (await gateway.send("A1 ", (7, 1, 2), id="once more")).json()["number"] is None
    late = datetime.now(UTC) + timedelta(minutes=6)
    assert await accept_stale_parts(app.state.database, app.state.resources, late) == 4
    await app.state.database.dispose()
    bodies = {body for (body,) in country.all("SELECT original_body FROM lifecycle.report_text")}
    assert {body.replace("[…]", "").strip() for body in bodies} == {"A1", "A2", "B1", "B2"}


async def test_when_it_was_sent_tells_which_message_a_part_is_of(
    intake: httpx.AsyncClient, settings: Settings, country: Country
) -> None:
    gateway, now = Gateway(intake, settings.sms_secret), datetime.now(UTC)
    for text, part, ago in (("A1 ", 1, 120), ("B1 ", 1, 3), ("B2", 2, 1), ("A2", 2, 118)):
        await gateway.send(
            text, (7, part, 2), received_at=(now - timedelta(seconds=ago)).isoformat()
        )
    bodies = {body for (body,) in country.all("SELECT original_body FROM lifecycle.report_text")}
    assert bodies == {"A1 A2", "B1 B2"}


async def test_a_late_part_and_a_repeat_of_the_first_stop_nobody_and_burn_no_number(
    settings: Settings, country: Country
) -> None:
    app = make_app(settings)
    database, resources = app.state.database, app.state.resources
    async with running(settings) as client:
        gateway = Gateway(client, settings.sms_secret)
        await gateway.send("Banjir di Rancaekek ", (3, 1, 2), id="one")
        late = datetime.now(UTC) + timedelta(minutes=6)
        assert await accept_stale_parts(database, resources, late) == 1
        first = country.one("SELECT number FROM lifecycle.report")
        assert (await gateway.send("sampai lutut", (3, 2, 2), id="two")).json()["number"] is None
        again = await gateway.send("Banjir di Rancaekek ", (3, 1, 2), id="one")
        assert again.json()["number"] == first
        await gateway.send("Tetangganya ", (4, 1, 2), id="three")
    before = country.one("SELECT last_value FROM lifecycle.report_number")
    assert await accept_stale_parts(database, resources, late) == 2
    assert await accept_stale_parts(database, resources, late) == 0
    assert country.one("SELECT last_value FROM lifecycle.report_number") == before + 2
    await database.dispose()


async def test_a_message_that_cannot_become_a_report_is_set_aside_and_its_neighbour_served(
    settings: Settings, country: Country
) -> None:
    app = make_app(settings)
    database, resources = app.state.database, app.state.resources
    async with running(settings) as client:
        gateway = Gateway(client, settings.sms_secret)
        await gateway.send("Tak terbaca ", (1, 1, 2), id="poison")
        await gateway.send("x" * 2_000, (2, 1, 3), id="long-1")
        await gateway.send("x" * 2_000, (2, 2, 3), id="long-2")
        await gateway.send("Tetangganya ", (4, 1, 2), id="neighbour")
    country.all("UPDATE intake.sms_part SET words = 'x' WHERE gateway_id = 'poison'")
    before = country.one("SELECT last_value FROM lifecycle.report_number")
    late = datetime.now(UTC) + timedelta(minutes=6)
    assert await accept_stale_parts(database, resources, late) == 1
    assert await accept_stale_parts(database, resources, late) == 0
    await database.dispose()
    assert country.one("SELECT last_value FROM lifecycle.report_number") <= before + 1
    aside = country.all("SELECT gateway_id, set_aside FROM intake.sms_part WHERE words IS NOT NULL")
    assert sorted(aside) == [
        ("long-1", "TextRejected"),
        ("long-2", "TextRejected"),
        ("poison", "InvalidToken"),
    ]
