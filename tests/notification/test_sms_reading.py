"""A reporter who has SMS alone reads what the agency answered; nobody reads it there of an
anonymous or secret report."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.sms.messages import WORDS_LIMIT
from services.intake.sms.reading import page_of
from services.intake.sms.where_it_is import where_it_is
from shared.labels.catalogue import messages
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.policy import Unit
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status, Tab
from shared.privacy.identity import IdentityCipher
from shared.values.gsm import in_gsm, septets
from tests.intake.conftest import Country
from tests.intake.test_reading import message, note
from tests.intake.test_sms_channel import OTHER
from tests.notification.conftest import PHONE, Reported, Told, until, working
from tests.notification.providers import Gateway as SmsGateway
from tests.notification.test_sms_questions import ELSEWHERE
from tests.notification.test_sms_replies import SHY, Followup, answer, becomes, sms_1708

ANSWERED = "Lubang sudah ditambal pada 3 Desember."
SAFE = SHY | {"phone_safe": True}
NONE_YET = "belum ada jawaban"


def answers(told: Told, words: str = ANSWERED, **columns: Any) -> None:
    """The agency follows up."""
    message(told.country, told.number, "follow_up", words, kind="follow_up", **columns)
    becomes(told, Status.FOLLOWED_UP)


async def test_who_has_sms_alone_is_told_how_to_read_the_answer_reads_it_and_replies(
    reported: Reported,
    gateway: SmsGateway,
    fresh_database: Callable[[str], str],
    never_quiet: None,
) -> None:
    told, followup = await reported(reporter=SAFE), Followup()
    told.prove("sms", PHONE)
    async with gateway.there(), sms_1708(told, fresh_database, followup) as send:
        async with working(told.settings):
            assert NONE_YET in answer(await send("BACA"))
            answers(told, details={"outcome": "done"})
            await told.happens(
                "followed_up", Status.FOLLOWED_UP, action=Action.FOLLOW_UP, tab=Tab.IN_PROCESS
            )

            async def arrived() -> bool:
                return bool(gateway.got)

            await until(arrived)
        news = gateway.got[0]["text"]
        how = re.search(rf"{told.number} (BACA)\b", news)
        assert how and ANSWERED not in news
        read = answer(await send(how[1]))
        assert f"Selesai. {ANSWERED}" in read and f"balas {told.number} lalu pesan" in read
        assert "Terima kasih" in answer(await send("Masih ada satu lagi"))
    assert followup.said == [("replies", {"text": "Masih ada satu lagi"})]


@pytest.mark.parametrize("flag", ["anonymous", "secret"])
async def test_nobody_reads_by_sms_the_answer_to_an_anonymous_or_secret_reporter(
    reported: Reported, fresh_database: Callable[[str], str], flag: str
) -> None:
    told = await reported(reporter=SAFE, **{flag: True})
    told.prove("sms", PHONE, sms=True)
    async with sms_1708(told, fresh_database, Followup()) as send:
        before = answer(await send("BACA"))
        answers(told)
        assert ELSEWHERE in before
        assert answer(await send("BACA")) == before, "not even whether somebody answered"


@pytest.mark.parametrize("flag", ["anonymous", "secret"])
async def test_the_office_named_by_sms_does_not_tell_what_such_a_report_was_about(
    reported: Reported, fresh_database: Callable[[str], str], flag: str
) -> None:
    told = await reported(reporter=SAFE, **{flag: True})
    told.prove("sms", PHONE, sms=True)
    note(told.country, told.number, "archive", "Ini pidana.", archive_category="criminal_case")
    becomes(told, Status.ARCHIVED_BY_ADMIN)
    told.country.all("UPDATE lifecycle.report SET state = state || '{\"objected\": true}'")
    async with sms_1708(told, fresh_database, Followup()) as send:
        refused = answer(await send("BUKA"))
    assert "sudah ditolak" in refused and "lain: Ombudsman RI, telepon 137." in refused


async def test_another_phone_learns_nothing_of_an_answer(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told = await reported(reporter=SAFE)
    async with sms_1708(told, fresh_database, Followup()) as send:
        answers(told)
        unproven = answer(await send("BACA"))
        told.prove("sms", PHONE)
        theirs = answer(await send("BACA", **{"from": OTHER}))
        nowhere = answer(await send("BACA", number=99_999_999, **{"from": OTHER}))
        assert theirs == nowhere == unproven
        assert "tidak dapat diteruskan" in theirs


async def test_the_newest_words_for_the_reporter_are_read_and_no_others(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SAFE)
    told.prove("sms", PHONE)
    number = told.number
    async with sms_1708(told, fresh_database, Followup()) as send:
        note(country, number, "defer", "Di RT berapa?", deferral="incomplete_data")
        message(country, number, "reply", "Ia datang ke loket.", details={"brought_by": "visit"})
        assert NONE_YET in answer(await send("BACA"))
        answers(told)
        message(country, number, "coordinate", "Periksa lagi, Budi.")
        note(country, number, "forward", "Ke bidang jalan.")
        assert ANSWERED in answer(await send("baca!"))
        answers(told, "Hanya untuk Anda.", secret=True)
        assert ELSEWHERE in answer(await send("BACA"))
        message(country, number, "close", "Sudah selesai.")
        becomes(told, Status.CLOSED_BY_ADMIN)
        read = answer(await send("BACA"))
        assert "Tutup Laporan" in read and "Sudah selesai." in read
        assert f"balas {number} BUKA" in read
        note(country, number, "archive", "Ini pidana.", archive_category="criminal_case")
        read = answer(await send("BACA"))
        assert "Arsipkan" in read and "Kasus Kriminalitas. Ini pidana." in read
        becomes(told, Status.ARCHIVED_BY_ADMIN)
        read = answer(await send("BACA"))
        assert "Ini pidana. Tempat mengadu lain: Kepolisian, telepon 110." in read
        country.all("UPDATE lifecycle.report SET state = state || '{\"objected\": true}'")
        again = answer(await send("BUKA"))
        assert "sudah ditolak" in again and "lain: Kepolisian, telepon 110." in again


async def test_a_follow_up_that_was_taken_back_is_not_read_but_why(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SAFE)
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, Followup()) as send:
        wrong = message(country, told.number, "follow_up", "Salah alamat.", kind="follow_up")
        message(country, told.number, "rectify", "Keliru laporan.", rectifies=wrong)
        becomes(told, Status.FOLLOWED_UP)
        read = answer(await send("BACA"))
        assert "Keliru laporan." in read and "Salah alamat" not in read


async def test_an_answer_that_the_gateway_asks_for_again_is_read_again_and_kept_nowhere(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SAFE)
    told.prove("sms", PHONE)
    cipher = IdentityCipher(told.settings.identity_keys)
    async with sms_1708(told, fresh_database, Followup()) as send:
        answers(told, "Ditambal. " * 100)
        first = answer(await send("BACA 2", id="whole"))
        assert "Ditambal." in first and answer(await send("BACA 2", id="whole")) == first
        kept = country.one("SELECT answer FROM intake.sms_answer")
        assert cipher.decrypt(kept) == f"{told.number} BACA 2"
        country.all("UPDATE lifecycle.report SET secret = true")
        assert ELSEWHERE in answer(await send("BACA 2", id="whole"))


async def test_each_page_of_an_answer_is_sent_ten_times_an_hour(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told = await reported(reporter=SAFE)
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, Followup()) as send:
        answers(told)
        *pages, last = [answer(await send("BACA")) for _ in range(11)]
        assert all(ANSWERED in text for text in pages) and "Terlalu" in last
        answers(told, "Ditambal lagi.")
        assert "Ditambal lagi." in answer(await send("BACA"))


@pytest.mark.parametrize("last", ["last", "last_reply", "last_object"])
def test_an_answer_of_any_length_is_read_in_long_messages_of_three_parts(last: str) -> None:
    titles = [*messages("action").values(), messages("mark")["objection_rejected"]]
    what = max(titles, key=len)
    for page in (1, 2, 9):
        text = page_of("read", 10**10 - 1, "apa {[~]} " * 300, page, last, what=what)
        assert septets(text) <= WORDS_LIMIT


WORKS, DUE = "Dinas Pekerjaan Umum Kabupaten Bandung", datetime(2099, 12, 4, 17, tzinfo=UTC)
"""The end of a day in WIB: 4 December."""


def owes(told: Told, status: Status, *, overdue: bool = False) -> None:
    """The agency that has the report owes a follow-up by `DUE`."""
    clock = Clock(
        kind=ClockKind.FOLLOW_UP,
        unit=Unit.WORKING_DAYS,
        policy_version=1,
        remaining=timedelta(days=5),
        anchor=DUE - timedelta(days=5),
        deadline=DUE,
        zone=Zone.WIB,
        overdue=overdue,
    )
    becomes(told, status)
    told.country.all(
        "UPDATE lifecycle.report SET state = state || jsonb_build_object("
        "'clocks', jsonb_build_array(%s::jsonb))",
        clock.model_dump_json(),
    )


async def test_status_says_who_has_the_report_what_they_owe_and_by_when(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SAFE)
    told.prove("sms", PHONE)
    [(handler,)] = country.all(
        "SELECT d.name FROM routing.agency_directory d JOIN lifecycle.report r"
        " ON d.id = (r.state -> 'chain' ->> -1)::bigint"
    )
    async with sms_1708(told, fresh_database, Followup()) as send:
        read = answer(await send("STATUS"))
        assert f"Laporan {told.number}: {handler} sedang memeriksanya." in read
        assert "BACA" in read and "BERHENTI" in read
        owes(told, Status.VERIFIED)
        read = answer(await send("info?", id="again"))
        assert f"{handler} harus menindaklanjutinya. Paling lambat 4 Des." in read
        owes(told, Status.VERIFIED, overdue=True)
        late = answer(await send("info?", id="again"))
        assert "Seharusnya paling lambat 4 Des: terlambat." in late
        owes(told, Status.FOLLOWED_UP)
        assert "masih harus menyelesaikannya" in answer(await send("Cek laporan"))


@pytest.mark.parametrize("flag", ["anonymous", "secret"])
async def test_nobody_reads_by_sms_where_an_anonymous_or_secret_report_is(
    reported: Reported, fresh_database: Callable[[str], str], flag: str
) -> None:
    told = await reported(reporter=SAFE, **{flag: True})
    told.prove("sms", PHONE, sms=True)
    async with sms_1708(told, fresh_database, Followup()) as send:
        before = answer(await send("STATUS"))
        owes(told, Status.VERIFIED)
        assert ELSEWHERE in before
        assert answer(await send("STATUS")) == before
        theirs = answer(await send("STATUS", **{"from": OTHER}))
        assert "tidak dapat diteruskan" in theirs


@pytest.mark.parametrize("status", Status)
def test_where_a_report_is_fits_a_long_message_of_three_parts(status: Status) -> None:
    state = ReportState(
        number=10**10 - 1,
        version=1,
        entries=1,
        step_id="1",
        last_step_at=DUE,
        status=status,
        chain=(1,),
        zone=Zone.WIB,
        channel="sms",
        submitted_at=DUE,
    )
    for handler, named in ((WORKS, True), ("Dinas {~} " * 30, False), ("局 – “é”", True)):
        text = where_it_is(state, handler, DUE)
        assert septets(text) <= WORDS_LIMIT
        assert (in_gsm(handler) in text) is (named and "{handler}" in messages("sms_where")[status])
