"""Text messages about reports while the services that intake asks are slow, away or refuse."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.intake.app import SMS_CALLS_AT_ONCE, make_app
from services.intake.sms import webhook
from services.intake.sms.stale_parts import accept_stale_parts
from shared.http.limits import Limit
from shared.http.tokens import ReportBearer, Tokens
from shared.settings import Settings
from tests.intake.conftest import Country, form, running
from tests.intake.test_sms_channel import OTHER, SENDER, Gateway


async def report_by(intake: httpx.AsyncClient) -> httpx.Response:
    return await intake.post("/reports", json=form(), headers={"Idempotency-Key": str(uuid4())})


@dataclass
class Services:
    """Followup and notification as their documents say. `SENDER` has the proven phone; `refusals`
    are what followup answers to words that begin so."""

    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)
    while_asked: Callable[[], Awaitable[object]] | None = None

    def app(self, tokens: Tokens) -> FastAPI:
        app = FastAPI()

        @app.post("/reports/{number}/contacts/sms/sender")
        async def sender(number: int, request: Request) -> dict[str, bool]:
            if self.while_asked is not None:
                await self.while_asked()
            proven = (await request.json())["phone"] == SENDER
            return {"named": proven, "proven": proven}

        @app.post("/reports/{number}/replies")
        async def reply(number: int, request: Request) -> JSONResponse:
            bearer = tokens.read(request.headers["authorization"].removeprefix("Bearer "))
            assert isinstance(bearer.principal, ReportBearer) and bearer.principal.by_sms
            text = (await request.json())["text"]
            for words, (status, code) in self.refusals.items():
                if text.startswith(words):
                    return JSONResponse({"code": code}, status)
            self.replies.append(text)
            return JSONResponse({"state": "done"})

        return app


@dataclass
class Intake:
    """A report, what a gateway hands over about it, and the next round over stale messages."""

    number: int
    gateway: Gateway
    accept_stale: Callable[[], Awaitable[int]]


@asynccontextmanager
async def intake_beside(services: Services, settings: Settings) -> AsyncIterator[Intake]:
    app = make_app(settings)
    async with (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(services.app(Tokens.of(settings))),
            base_url="http://beside",
        ) as beside,
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://intake") as client,
    ):
        resources = replace(app.state.resources, followup=beside, notification=beside)
        app.state.resources = resources

        async def accept_stale() -> int:
            late = datetime.now(UTC) + timedelta(minutes=6)
            return await accept_stale_parts(app.state.database, resources, late)

        number = (await report_by(client)).json()["number"]
        yield Intake(number, Gateway(client, settings.sms_secret), accept_stale)


async def test_reports_are_taken_while_the_notification_service_hangs(settings: Settings) -> None:
    asked, over = asyncio.Semaphore(0), asyncio.Event()

    async def hang() -> None:
        asked.release()
        await over.wait()

    services = Services(while_asked=hang)
    async with intake_beside(services, settings) as intake:
        messages = sent_at_once(intake.gateway, intake.number)
        async with asyncio.timeout(30):
            for _ in messages:
                await asked.acquire()
        assert (await report_by(intake.gateway.client)).status_code == 201
        assert not any(message.done() for message in messages), "it waited for none of them"
        over.set()
        assert {answer.status_code for answer in await asyncio.gather(*messages)} == {200}


async def test_a_service_that_hangs_is_asked_by_few_messages_at_a_time(settings: Settings) -> None:
    asked, over, open_at_once = asyncio.Semaphore(0), asyncio.Event(), 0

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_at_once
        open_at_once += not over.is_set()
        asked.release()
        await over.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        beside_it = settings.model_copy(update={"notification_url": f"http://{host}:{port}"})
        async with running(beside_it) as intake:
            number = (await report_by(intake)).json()["number"]
            messages = sent_at_once(Gateway(intake, settings.sms_secret), number)
            async with asyncio.timeout(30):
                for _ in range(SMS_CALLS_AT_ONCE):
                    await asked.acquire()
            await report_by(intake)  # meanwhile the others would come too
            assert open_at_once == SMS_CALLS_AT_ONCE
            over.set()
            answers = await asyncio.gather(*messages)
            assert {answer.status_code for answer in answers} == {503}, "the gateway calls again"


def sent_at_once(gateway: Gateway, number: int) -> list[asyncio.Task[httpx.Response]]:
    """Messages about one report from fifteen phones: as many as intake has connections."""
    return [
        asyncio.create_task(
            gateway.send(f"{number} Masih rusak", None, **{"from": f"+62812345671{n:02}"})
        )
        for n in range(15)
    ]


async def test_a_stale_reply_that_waits_or_is_refused_stops_no_other(
    settings: Settings, country: Country
) -> None:
    services = Services(
        {"Menunggu": (503, "unavailable"), "Bentrok": (409, "idempotency_key_reused")}
    )
    async with intake_beside(services, settings) as intake:
        about = f"{intake.number} "
        for ref, (words, sender) in enumerate(
            [
                (about + "Menunggu", SENDER),
                (about + "Bentrok", SENDER),
                (about + "Dari ponsel lain", OTHER),
                ("Banjir di Rancaekek", OTHER),
                (about + "Masih rusak", SENDER),
            ]
        ):
            await intake.gateway.send(words, (ref, 1, 2), id=f"g-{ref}", **{"from": sender})
        assert await intake.accept_stale() == 2, "a report beats an answer that nobody can send"
        assert services.replies == ["Masih rusak […]"]
        waiting = "SELECT gateway_id, set_aside FROM intake.sms_part WHERE words IS NOT NULL"
        left = country.all(waiting + " ORDER BY 1")
        assert left == [("g-0", None), ("g-1", "sms_id_reused")]
        services.refusals.clear()
        assert await intake.accept_stale() == 0
        assert services.replies == ["Masih rusak […]", "Menunggu […]"]
        assert country.all(waiting) == [("g-1", "sms_id_reused")]


async def test_a_stale_reply_that_its_report_does_not_take_keeps_its_words(
    settings: Settings, country: Country
) -> None:
    services = Services(
        {"Terlambat": (409, "not_allowed_in_status"), "Panjang": (422, "validation")}
    )
    async with intake_beside(services, settings) as intake:
        for ref, words in enumerate(services.refusals):
            await intake.gateway.send(f"{intake.number} {words}", (ref, 1, 2), id=f"g-{ref}")
        assert await intake.accept_stale() == 0
        left = "SELECT gateway_id, set_aside FROM intake.sms_part WHERE words IS NOT NULL"
        assert country.all(left + " ORDER BY 1") == [
            ("g-0", "ReplyRefused"),
            ("g-1", "ReplyRefused"),
        ]
        services.refusals.clear()
        country.all("UPDATE intake.sms_part SET set_aside = NULL")  # `lapor sms retry`
        await intake.accept_stale()
        assert services.replies == ["Terlambat […]", "Panjang […]"]


async def test_made_up_senders_use_up_no_limit_of_the_reporter(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "ABOUT_REPORTS", Limit("sms_about_reports", 1, 3600))
    monkeypatch.setattr(webhook, "CODES_SHOWN", Limit("sms_codes_shown", 1, 3600))
    services = Services()
    async with intake_beside(services, settings) as intake:

        async def answer(words: str) -> str:
            return str((await intake.gateway.send(words)).json()["answer"])

        for _ in range(2):
            assert "Terima kasih" in await answer(f"{intake.number} Masih rusak")
            assert "kode akses" in await answer("99999999 diminta lurah")
        tries = [await answer("99999999 puas") for _ in range(2)]
        assert ["Terlalu banyak" in said for said in tries] == [False, True]
        assert "Terima kasih" in await answer(f"{intake.number} Masih rusak juga")
        codes = [await answer(f"{intake.number} ya 0000") for _ in range(2)]
        assert ["Terlalu banyak" in said for said in codes] == [False, True]


async def test_a_part_that_comes_while_a_stale_reply_is_handed_on_is_not_lost(
    settings: Settings, country: Country
) -> None:
    services = Services()
    async with intake_beside(services, settings) as intake:
        await intake.gateway.send(f"{intake.number} Masih", (1, 1, 3), id="first")

        async def second_comes() -> None:
            await intake.gateway.send("rusak", (1, 2, 3), id="second")

        services.while_asked = second_comes
        await intake.accept_stale()
        assert services.replies == ["Masih […]  […]"]
        waiting = "SELECT gateway_id FROM intake.sms_part WHERE words IS NOT NULL"
        assert country.all(waiting) == [("second",)]
        assert await intake.accept_stale() == 1
    assert country.one("SELECT count(*) FROM lifecycle.report") == 2


async def test_a_long_reply_to_which_a_service_was_away_is_taken_when_the_gateway_asks_again(
    settings: Settings,
) -> None:
    services = Services({"Masih": (503, "unavailable")})
    async with intake_beside(services, settings) as intake:
        await intake.gateway.send(f"{intake.number} Masih ", (1, 1, 2), id="first")
        refused = await intake.gateway.send("rusak", (1, 2, 2), id="second")
        assert refused.status_code == 503
        services.refusals.clear()
        taken = await intake.gateway.send("rusak", (1, 2, 2), id="second")
        again = await intake.gateway.send(f"{intake.number} Masih ", (1, 1, 2), id="first")
        assert taken.status_code == 200 and taken.json() == again.json()
        assert services.replies == ["Masih rusak"]
        assert await intake.accept_stale() == 0
