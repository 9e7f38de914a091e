"""A reporter who has a phone alone proves it, answers, rates and stops messages by SMS 1708."""

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.intake.app import make_app as make_intake
from services.notification.app import make_app as make_notification
from services.notification.contacts.reporters import reporters_of
from shared.database.engine import Database
from shared.lifecycle.statuses import Status
from tests.intake.conftest import Country, form
from tests.intake.test_sms_channel import OTHER, Gateway
from tests.notification.account_services import Services, services
from tests.notification.conftest import PHONE, Reported, Told, until
from tests.notification.providers import Gateway as SmsGateway
from tests.notification.test_proofs import code_in

__all__ = ["services"]

SHY = {"name": "Siti", "phone": PHONE}
Send = Callable[..., Awaitable[httpx.Response]]


class Followup:
    """The followup service as its document says: what reporters say, and what it answers next."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.refusal: tuple[int, str] | None = None
        self._keys: set[str] = set()
        self.app = FastAPI()

        @self.app.post("/reports/{number}/{what}")
        async def take(number: int, what: str, request: Request) -> JSONResponse:
            assert request.headers["authorization"].startswith("Bearer ")
            if self.refusal:
                return JSONResponse({"code": self.refusal[1]}, self.refusal[0])
            if (key := request.headers["idempotency-key"]) not in self._keys:
                self._keys.add(key)
                self.said.append((what, await request.json()))
            return JSONResponse({"state": "done"})


@asynccontextmanager
async def sms_1708(
    told: Told, fresh_database: Callable[[str], str], followup: Followup
) -> AsyncIterator[Send]:
    """Intake beside the notification service; what the report's phone, or another, sends."""
    settings = told.settings
    away = {"nats_url": "nats://127.0.0.1:1", "temporal_address": "127.0.0.1:1"}
    at_intake = settings.model_copy(update=away | {"database_url": fresh_database("lapor_intake")})
    intake, notification = make_intake(at_intake), make_notification(settings)

    def calling(app: FastAPI, name: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{name}")

    async with AsyncExitStack() as stack:
        for app in (notification, intake):
            await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(calling(intake, "intake"))
        intake.state.resources = replace(
            intake.state.resources,
            followup=await stack.enter_async_context(calling(followup.app, "followup")),
            notification=await stack.enter_async_context(calling(notification, "notification")),
        )
        gateway = Gateway(client, at_intake.sms_secret)

        async def send(
            words: str,
            part: tuple[int, int, int] | None = None,
            number: int | str = told.number,
            **changes: Any,
        ) -> httpx.Response:
            return await gateway.send(f"{number} {words}", part, **{"from": PHONE} | changes)

        yield send


def answer(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    said = response.json()
    assert said["number"] is None  # it is no new report
    return str(said["answer"])


def becomes(told: Told, status: Status) -> None:
    """The report has this status, as far as intake looks."""
    told.country.all(
        "UPDATE lifecycle.report SET state = state || jsonb_build_object('status', %s::text)",
        status,
    )


def code_to_confirm(response: httpx.Response) -> str:
    found = re.search(r"YA (\d{5})", asked := answer(response))
    assert found, asked
    return found[1]


async def test_a_phone_is_proven_and_what_it_sends_is_a_reply(
    reported: Reported,
    gateway: SmsGateway,
    country: Country,
    fresh_database: Callable[[str], str],
) -> None:
    told, followup = await reported(reporter=SHY, anonymous=True), Followup()
    async with gateway.there(), sms_1708(told, fresh_database, followup) as send:
        asked = answer(await send("kode"))

        async def arrived() -> bool:
            return bool(gateway.got)

        await until(arrived)
        code = code_in(gateway.got[0]["text"])
        wrong = "000000" if code != "000000" else "000001"
        assert "ganti dengan yang lebih baru" in answer(await send(wrong))
        assert "sudah diverifikasi" in answer(await send(code))
        # From another phone it is as though there were no such report.
        for words, said in (("kode", asked), (code, None), ("puas", None), ("", None)):
            theirs = answer(await send(words, **{"from": OTHER}))
            nowhere = answer(await send(words, number=99_999_999, **{"from": OTHER}))
            assert theirs == nowhere == (said or theirs)
        for number in (told.number, 99_999_999):
            new = (await send("Masih rusak", number=number, **{"from": OTHER})).json()
            assert f"Nomor: {new['number']}, kode akses:" in new["answer"]
        assert followup.said == []

        first = answer(await send("Masih rusak", id="g-1"))
        assert answer(await send("Masih rusak", id="g-1")) == first
        assert (await send("Lain", id="g-1")).status_code == 409
        country.all("UPDATE lifecycle.report SET state = state || '{\"question_open\": true}'")
        await send("Di RT 3")
        assert str(told.number) not in first
        assert followup.said == [
            ("replies", {"text": "Masih rusak"}),
            ("information", {"text": "Di RT 3"}),
        ]
        followup.refusal = 409, "not_allowed_in_status"
        assert "sekarang tidak menerima pesan itu" in answer(await send("Halo"))
        followup.refusal = 503, "unavailable"
        assert (await send("Halo lagi")).status_code == 503
    assert country.one("SELECT count(*) FROM lifecycle.report") == 3
    assert "Masih rusak" not in country.everything_in("intake.sms_answer")


async def test_a_reply_in_parts_is_one_and_repeats_tell_no_access_code(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, followup) as send:
        waiting = await send("Lubang itu ", (7, 1, 2), id="a")
        assert waiting.json() == {"number": None, "answer": None}
        whole = await send("masih ada.", (7, 2, 2), number="", id="b")
        again = [await send("Lubang itu ", (7, 1, 2), id="a") for _ in range(2)]
        assert {answer(said) for said in again} == {answer(whole)}
    assert followup.said == [("replies", {"text": "Lubang itu  masih ada."})]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


async def test_a_rating_is_confirmed_by_a_code_that_came_back_to_the_phone(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    becomes(told, Status.CLOSED_BY_ADMIN)
    async with sms_1708(told, fresh_database, followup) as send:
        asked = answer(await send("NILAI 4 TUNTAS", id="n-1"))
        assert answer(await send("NILAI 4 TUNTAS", id="n-1")) == asked
        found = re.search(r"YA (\d{5})", asked)
        assert found and followup.said == []
        assert "Kode tidak cocok" in answer(await send("ya 123")), "no reply, one digit too few"
        wrong = "00000" if found[1] != "00000" else "00001"
        assert "Kode tidak cocok" in answer(await send(f"ya {wrong}"))
        followup.refusal = 503, "unavailable"
        away = [(await send(f"ya {found[1]}")).status_code for _ in range(3)]
        followup.refusal = None
        assert away == [503] * 3, "these say nothing of the code"
        assert "Terima kasih" in answer(await send(f"ya {found[1]}"))
        assert "Kode tidak cocok" in answer(await send(f"ya {found[1]}"))
    assert followup.said == [("rating", {"rating": 4, "solved": True})]


@pytest.mark.parametrize(
    ("words", "body", "afterwards"),
    [
        ("puas", {}, "kini ditutup. Untuk menilai, balas: {number} NILAI 1-5"),
        ("puas 5", {"rating": 5}, "kini ditutup, dan penilaian Anda kami terima"),
    ],
)
async def test_who_is_satisfied_reads_that_it_closes_the_report_for_good_and_that_it_has(
    reported: Reported,
    fresh_database: Callable[[str], str],
    words: str,
    body: dict[str, int],
    afterwards: str,
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    becomes(told, Status.FOLLOWED_UP)
    async with sms_1708(told, fresh_database, followup) as send:
        asked = await send(words)
        assert "menutup laporan ini dan tidak dapat dibatalkan" in answer(asked)
        done = answer(await send(f"YA {code_to_confirm(asked)}"))
        assert afterwards.format(number=told.number) in done
    assert followup.said == [("satisfaction", body)]


async def test_what_cannot_be_done_now_is_said_at_once_and_after_the_code(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    becomes(told, Status.FOLLOWED_UP)
    async with sms_1708(told, fresh_database, followup) as send:
        for wish in ("NILAI 4", "BUKA"):
            refused = answer(await send(wish))
            assert "belum ditutup" in refused and "YA" not in refused
        code = code_to_confirm(await send("PUAS"))
        becomes(told, Status.CLOSED_BY_SYSTEM)
        followup.refusal = 409, "not_allowed_in_status"
        refused = answer(await send(f"YA {code}"))
        assert "sudah ditutup" in refused and f"{told.number} NILAI" in refused
    assert followup.said == []


async def test_two_wishes_wait_for_their_codes_beside_each_other(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, followup) as send:
        becomes(told, Status.CLOSED_BY_SYSTEM)
        replaced, rate, reopen = [
            code_to_confirm(await send(words)) for words in ("NILAI 4", "NILAI 2 BELUM", "BUKA")
        ]
        if replaced not in (rate, reopen):
            assert "Kode tidak cocok" in answer(await send(f"YA {replaced}"))
        for code in (rate, reopen):
            assert "Terima kasih" in answer(await send(f"YA {code}"))
            assert "Kode tidak cocok" in answer(await send(f"YA {code}"))
    assert followup.said == [
        ("rating", {"rating": 2, "solved": False}),
        ("objection", {"objection_reason": "other"}),
    ]


async def test_wrong_codes_count_against_all_that_wait_and_not_against_a_new_one(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, followup) as send:
        becomes(told, Status.FOLLOWED_UP)
        codes = [code_to_confirm(await send("PUAS"))]
        becomes(told, Status.CLOSED_BY_SYSTEM)
        codes += [code_to_confirm(await send(words)) for words in ("NILAI 2", "BUKA")]
        wrong = next(code for code in ("00000", "00001", "00002", "00003") if code not in codes)
        for code in [wrong] * 3 + codes:
            assert "Kode tidak cocok" in answer(await send(f"YA {code}"))
        anew = code_to_confirm(await send("BUKA"))
        assert "Terima kasih" in answer(await send(f"YA {anew}"))
    assert followup.said == [("objection", {"objection_reason": "other"})]


async def test_no_two_wishes_get_the_same_code(
    reported: Reported, fresh_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(drawn))
    told = await reported(reporter=SHY)
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, Followup()) as send:
        becomes(told, Status.CLOSED_BY_SYSTEM)
        assert [code_to_confirm(await send(words)) for words in ("NILAI 3", "BUKA")] == [
            "00007",
            "00008",
        ]


async def test_who_asks_by_sms_to_have_it_opened_again_confirms_by_a_code(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    becomes(told, Status.CLOSED_BY_SYSTEM)
    async with sms_1708(told, fresh_database, followup) as send:
        assert "YA" not in answer(await send("BUKA", **{"from": OTHER}))
        for words in ("BUKA belum  selesai", "buka kembali."):
            asked = answer(await send(words))
            assert "dibuka kembali" in asked
            found = re.search(r"YA (\d{5})", asked)
            assert found and "Terima kasih" in answer(await send(f"YA {found[1]}"))
        await send("Buka keran air di RT 5")
    assert followup.said == [
        ("objection", {"objection_reason": "not_solved"}),
        ("objection", {"objection_reason": "other"}),
        ("replies", {"text": "Buka keran air di RT 5"}),
    ]


async def test_stop_is_confirmed_and_ends_the_text_messages_of_that_report_alone(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SHY)
    told.prove("sms", PHONE)
    chosen = "SELECT holder, stopped_at, email, sms_stopped_at IS NULL FROM notification.preference"
    async with sms_1708(told, fresh_database, Followup()) as send:
        asked = re.search(r"YA (\d{5})", answer(await send("berhenti")))
        untouched = (f"report-{told.number}", None, True, True)
        assert asked and country.all(chosen) == [untouched], "its sender may be made up"
        stopped = answer(await send(f"ya {asked[1]}"))
        assert "dihentikan" in stopped and "Menyalakannya lagi: di halaman laporan" in stopped
        assert country.all(chosen) == [(*untouched[:3], False)]


async def test_stop_by_sms_leaves_the_accounts_other_reports_and_mail(
    services: Services, fresh_database: Callable[[str], str]
) -> None:
    own = await services.signs_up(phone=PHONE)
    numbers = []
    for _ in range(2):
        without_contacts = form(reporter=None)
        key = {"Idempotency-Key": str(uuid4())}
        report = await services.intake.post("/reports", json=without_contacts, headers=own | key)
        numbers.append(report.json()["number"])
    stopped, other = numbers
    stop = await services.notify.post(f"/reports/{stopped}/contacts/sms/stop", headers=own)
    assert stop.status_code == 204

    async def wanted(number: int) -> tuple[bool, bool, bool]:
        shown = (await services.notify.get(f"/reports/{number}/contacts", headers=own)).json()
        database = Database(fresh_database("lapor_notification"))
        async with database.session() as session:
            contacts = (await reporters_of(session, [number]))[number].contacts
        await database.dispose()
        return shown["sms"], shown["email"], contacts["sms"][1].sms is not False

    assert [await wanted(number) for number in (stopped, other)] == [
        (False, True, False),
        (True, True, True),
    ]
    chosen = {"stopped": False, "email": True, "sms": False, "muted": ["progress"]}
    path = f"/reports/{stopped}/preferences"
    await services.notify.put(path, json=chosen, headers=own)
    assert (await wanted(other))[0], "a box that was empty already chooses nothing for others"
    await services.notify.put(path, json=chosen | {"sms": True}, headers=own)
    assert await wanted(stopped) == (True, True, True)
