"""What a reporter is told whose text message the report does not take."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from shared.clock import now
from shared.labels.dates import short_due_day
from shared.lifecycle.actions import RequestKind
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.policy import Unit
from shared.lifecycle.state import PendingRequest
from shared.lifecycle.statuses import Status
from tests.intake.conftest import Country
from tests.intake.test_sms_channel import OTHER
from tests.notification.conftest import PHONE, Reported, Told, until
from tests.notification.providers import Gateway as SmsGateway
from tests.notification.test_proofs import code_in
from tests.notification.test_sms_replies import (
    SHY,
    Followup,
    answer,
    becomes,
    code_to_confirm,
    sms_1708,
)


@pytest.mark.parametrize(
    ("status", "said", "advises_reopening"),
    [
        (Status.UNVERIFIED, "sedang diverifikasi admin", False),
        (Status.AGENCY_NOT_CONNECTED, "sedang diverifikasi admin", False),
        (Status.VERIFIED, "sedang ditangani instansi", False),
        (Status.FOLLOWED_UP, "sedang ditangani instansi", False),
        (Status.CLOSED_BY_ADMIN, "sudah ditutup atau diarsipkan", True),
        (Status.ARCHIVED_BY_ADMIN, "sudah ditutup atau diarsipkan", True),
        (Status.CLOSED_BY_REPORTER, "sudah ditutup atau diarsipkan", False),
    ],
)
async def test_who_cannot_be_heard_now_is_told_where_the_report_is(
    reported: Reported,
    fresh_database: Callable[[str], str],
    status: Status,
    said: str,
    advises_reopening: bool,
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    becomes(told, status)
    followup.refusal = 409, "not_allowed_in_status"
    async with sms_1708(told, fresh_database, followup) as send:
        told_so = answer(await send("Masih rusak"))
        assert said in told_so
        assert ("BUKA" in told_so) is advises_reopening


def objects(told: Told) -> str:
    """Its reporter has asked to have the report opened again; until when that is decided."""
    due = now() + timedelta(days=3)
    request = PendingRequest(
        id=UUID(int=1),
        kind=RequestKind.OBJECTION,
        asked_at=now(),
        staff_id=None,
        agency_id=2,
        decider_id=1,
    )
    clock = Clock(
        kind=ClockKind.REQUEST,
        unit=Unit.WORKING_DAYS,
        policy_version=1,
        remaining=timedelta(days=3),
        anchor=now(),
        deadline=due,
        zone=Zone.WIB,
        key=str(request.id),
    )
    told.country.all(
        "UPDATE lifecycle.report SET state = state || jsonb_build_object('objected', true,"
        " 'requests', jsonb_build_array(%s::jsonb), 'clocks', jsonb_build_array(%s::jsonb))",
        *(request.model_dump_json(), clock.model_dump_json()),
    )
    return f"paling lambat {short_due_day(due, Zone.WIB)}"


async def test_while_a_request_to_open_it_again_waits_each_answer_says_until_when(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told, followup = await reported(reporter=SHY), Followup()
    told.prove("sms", PHONE)
    becomes(told, Status.CLOSED_BY_SYSTEM)
    async with sms_1708(told, fresh_database, followup) as send:
        code = code_to_confirm(await send("BUKA"))
        until_when = objects(told)
        taken = answer(await send(f"YA {code}"))
        assert "Permintaan Anda membuka kembali" in taken and until_when in taken
        followup.refusal = 409, "not_allowed_in_status"
        for words in ("BUKA", "Masih rusak"):
            waits = answer(await send(words))
            assert "membuka kembali" in waits and until_when in waits, waits
            assert "laporan baru" not in waits
    assert [what for what, _ in followup.said] == ["objection"]


async def test_a_request_and_a_rating_that_were_taken_are_said_by_name(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told = await reported(reporter=SHY)
    told.prove("sms", PHONE)
    becomes(told, Status.CLOSED_BY_SYSTEM)
    async with sms_1708(told, fresh_database, Followup()) as send:
        for wish, said in (("NILAI 4", "Penilaian Anda"), ("BUKA", "Permintaan Anda membuka")):
            code = code_to_confirm(await send(wish))
            assert f"Terima kasih. {said}" in answer(await send(f"YA {code}"))


async def test_who_sends_a_code_in_whose_place_a_newer_came_is_told_so_and_nobody_else(
    reported: Reported, gateway: SmsGateway, fresh_database: Callable[[str], str]
) -> None:
    told = await reported(reporter=SHY)
    async with gateway.there(), sms_1708(told, fresh_database, Followup()) as send:
        stranger = answer(await send("123 456"))
        assert "tidak dapat diteruskan" in stranger, "no code was ever sent to this phone"
        codes = []
        for nth in range(2):
            await send("KODE")

            async def arrived(count: int = nth + 1) -> bool:
                return len(gateway.got) >= count

            await until(arrived)
            assert str(told.number) in gateway.got[nth]["text"]
            codes.append(code_in(gateway.got[nth]["text"]))
        older = codes[0] if codes[0] != codes[1] else str(10**6 - 1 - int(codes[1])).zfill(6)
        said = answer(await send(older))
        assert "kami ganti dengan yang lebih baru" in said
        for number in (told.number, 99_999_999):
            assert answer(await send(older, number=number, **{"from": OTHER})) == stranger
        assert "sudah diverifikasi" in answer(await send(codes[1]))


async def test_who_sends_the_proving_code_again_is_told_that_the_phone_is_verified(
    reported: Reported,
    gateway: SmsGateway,
    fresh_database: Callable[[str], str],
    country: Country,
) -> None:
    told, followup = await reported(reporter=SHY), Followup()

    async with gateway.there(), sms_1708(told, fresh_database, followup) as send:

        async def code(nth: int) -> str:
            await send("KODE")

            async def arrived() -> bool:
                return len(gateway.got) > nth

            await until(arrived)
            return code_in(gateway.got[nth]["text"])

        first = await code(0)
        for _ in range(2):
            assert "sudah diverifikasi" in answer(await send(first))
        country.all("UPDATE lifecycle.report SET state = state || '{\"question_open\": true}'")
        assert "sudah diverifikasi" in answer(await send(await code(1)))
        assert followup.said == []
        assert "Terima kasih" in answer(await send("000 000")), "digits may be what was asked for"
    assert followup.said == [("information", {"text": "000 000"})]
