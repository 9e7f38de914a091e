"""A reporter who has SMS alone reads what was asked, and answers; nobody reads it there of an
anonymous or secret report."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.sms.messages import WORDS_LIMIT
from services.intake.sms.reading import page_of
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.policy import Unit
from shared.lifecycle.statuses import Status, Tab
from shared.privacy.identity import IdentityCipher
from shared.values.gsm import in_gsm, sayable_in_gsm, septets
from tests.intake.conftest import Country
from tests.intake.test_reading import note
from tests.intake.test_sms_channel import OTHER
from tests.notification.conftest import PHONE, Reported, Told, until, working
from tests.notification.providers import Gateway as SmsGateway
from tests.notification.test_sms_replies import SHY, Followup, answer, sms_1708

ASKED = "Di RT berapa lubangnya, dan sejak kapan?"
ELSEWHERE = "tidak kami kirim lewat SMS"


UNTIL = datetime(2099, 12, 14, 17, tzinfo=UTC)
"""The end of a day in WIB: 14 December."""


async def asks(told: Told, words: str = ASKED) -> None:
    """An admin defers the report for what is missing."""
    note(told.country, told.number, "defer", words, deferral="incomplete_data")
    clock = Clock(
        kind=ClockKind.QUESTION,
        unit=Unit.CALENDAR_DAYS,
        policy_version=1,
        remaining=timedelta(days=7),
        anchor=UNTIL - timedelta(days=7),
        deadline=UNTIL,
        zone=Zone.WIB,
    )
    told.country.all(
        "UPDATE lifecycle.report SET state = state || jsonb_build_object("
        "'question_open', true, 'clocks', jsonb_build_array(%s::jsonb))",
        clock.model_dump_json(),
    )
    await told.happens(
        "deferred",
        Status.AWAITING_INFORMATION,
        action=Action.DEFER,
        tab=Tab.DEFERRED,
        details={"deferral": "incomplete_data"},
    )


async def test_who_has_sms_alone_is_told_reads_what_was_asked_and_answers(
    reported: Reported,
    gateway: SmsGateway,
    fresh_database: Callable[[str], str],
    never_quiet: None,
) -> None:
    told, followup = await reported(reporter=SHY | {"phone_safe": True}), Followup()
    told.prove("sms", PHONE)
    async with gateway.there(), sms_1708(told, fresh_database, followup) as send:
        async with working(told.settings):
            assert "tidak ada pertanyaan" in answer(await send("TANYA"))
            await asks(told)

            async def arrived() -> bool:
                return bool(gateway.got)

            await until(arrived)
        news = gateway.got[0]["text"]
        how = re.search(rf"{told.number} (TANYA)\b", news)
        assert how and ASKED not in news and "jawab s.d. 14 Des" in news
        read = answer(await send(how[1]))
        assert ASKED in read and "Menjawab paling lambat 14 Des" in read
        assert "Terima kasih" in answer(await send("Di RT 3, sejak Senin"))
    assert followup.said == [("information", {"text": "Di RT 3, sejak Senin"})]


@pytest.mark.parametrize("flag", ["anonymous", "secret"])
async def test_nobody_reads_by_sms_what_was_asked_of_an_anonymous_or_secret_reporter(
    reported: Reported, fresh_database: Callable[[str], str], flag: str
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True}, **{flag: True})
    told.prove("sms", PHONE, sms=True)
    async with sms_1708(told, fresh_database, Followup()) as send:
        before = answer(await send("TANYA"))
        await asks(told)
        assert ELSEWHERE in before
        assert answer(await send("TANYA")) == before, "not even whether something was asked"


async def test_a_report_made_secret_later_is_not_read_by_sms_any_more(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True})
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, Followup()) as send:
        await asks(told)
        assert ASKED in answer(await send("TANYA"))
        country.all("UPDATE lifecycle.report SET secret = true")
        assert ELSEWHERE in answer(await send("TANYA"))


@pytest.mark.parametrize(
    "wish",
    [
        "UPDATE notification.preference SET sms = false",
        "UPDATE notification.preference SET stopped_at = now()",
        "UPDATE notification.preference SET sms_stopped_at = now()",
    ],
)
async def test_a_phone_at_which_no_news_may_come_gets_no_question_either(
    reported: Reported,
    fresh_database: Callable[[str], str],
    country: Country,
    wish: str,
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True})
    told.prove("sms", PHONE)
    country.all(wish)
    async with sms_1708(told, fresh_database, Followup()) as send:
        await asks(told)
        for wish_to_read in ("TANYA", "BACA"):
            why = answer(await send(wish_to_read))
            assert "SMS tentangnya dimatikan" in why and "halaman laporan" in why
            assert ASKED not in why


async def test_another_phone_is_answered_as_though_there_were_no_such_report(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True})
    async with sms_1708(told, fresh_database, Followup()) as send:
        await asks(told)
        unproven = answer(await send("TANYA"))
        told.prove("sms", PHONE)
        theirs = answer(await send("TANYA", **{"from": OTHER}))
        nowhere = answer(await send("TANYA", number=99_999_999, **{"from": OTHER}))
        assert theirs == nowhere == unproven
        assert "tidak dapat diteruskan" in theirs
        assert ASKED in answer(await send("TANYA"))


async def test_the_newest_question_is_read_until_it_is_answered(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True})
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, Followup()) as send:
        await asks(told, "Di mana?")
        note(country, told.number, "defer", "Menunggu dinas.", deferral="agency_not_connected")
        await asks(told, "Kapan?")
        read = answer(await send("tanya?"))
        assert "Kapan?" in read and "Di mana?" not in read
        country.all("UPDATE lifecycle.report SET state = state || '{\"question_open\": false}'")
        assert "tidak ada pertanyaan" in answer(await send("TANYA"))


async def test_a_question_that_the_gateway_asks_for_again_is_read_again_and_kept_nowhere(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True})
    told.prove("sms", PHONE)
    cipher = IdentityCipher(told.settings.identity_keys)

    async with sms_1708(told, fresh_database, Followup()) as send:
        await asks(told, "Kapan? " * 100)

        async def send_all() -> list[str]:
            await send("TAN", (7, 1, 2), id="part-1")
            long = await send("2", (7, 2, 2), id="part-2", number="YA")
            return [answer(await send("TANYA", id="whole")), answer(long)]

        first = await send_all()
        assert "TANYA 2" in first[0] and "Kapan?" in first[1] and first[0] != first[1]
        assert await send_all() == first
        assert (await send("TANYA 2", id="whole")).status_code == 409
        kept = [
            cipher.decrypt(row) for (row,) in country.all("SELECT answer FROM intake.sms_answer")
        ]
        assert sorted(kept) == [f"{told.number} TANYA {page}" for page in (1, 2)]
        country.all("UPDATE lifecycle.report SET secret = true")
        assert all(ELSEWHERE in text for text in await send_all()), "nobody may read it any more"


async def test_a_command_that_is_nearly_right_answers_nothing_and_is_no_new_report(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told, followup = await reported(reporter=SHY | {"phone_safe": True}), Followup()
    async with sms_1708(told, fresh_database, followup) as send:
        await asks(told)
        for words in ("TANYA2", "NILAI 6"):
            assert "tidak dapat diteruskan" in answer(await send(words))
        told.prove("sms", PHONE)
        assert ASKED in answer(await send("TANYA2"))
        assert "salah satu: STATUS, TANYA" in answer(await send("NILAI 6"))
        assert "sudah diverifikasi" in answer(await send("KODE 123 456"))
    assert followup.said == []


async def test_a_question_in_a_script_that_sms_does_not_have_is_read_on_the_page(
    reported: Reported, fresh_database: Callable[[str], str]
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True})
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, Followup()) as send:
        await asks(told, "ꦲꦶꦁꦫꦠꦶꦥꦶꦫ? 洞在哪里? (RT 3)")
        assert ELSEWHERE in answer(await send("TANYA"))


@pytest.mark.parametrize(
    ("words", "sayable"),
    [
        ("Di mana 😀😀😀😀😀😀?", True),
        ("Di Jalan Merdeka, dekat toko “東京”, atau Café São Tomé?", True),
        ("أين الحفرة؟", False),
        ("Где яма? RT 3", False),
    ],
)
def test_only_a_good_part_of_letters_that_cannot_be_said_sends_to_the_page(
    words: str, sayable: bool
) -> None:
    assert sayable_in_gsm(words) is sayable


async def test_a_made_up_sender_has_a_page_sent_ten_times_and_keeps_no_other_from_its_reader(
    reported: Reported, fresh_database: Callable[[str], str], country: Country
) -> None:
    told = await reported(reporter=SHY | {"phone_safe": True})
    told.prove("sms", PHONE)
    async with sms_1708(told, fresh_database, Followup()) as send:

        async def read(words: str) -> list[str]:
            return [answer(await send(words)) for _ in range(11)]

        assert all("tidak ada pertanyaan" in text for text in await read("TANYA"))
        await asks(told, ASKED + " apa" * 200)
        for page in ("TANYA 9", "TANYA", "TANYA 2"):
            *pages, last = await read(page)
            assert all("Pertanyaan tentang" in text for text in pages) and "Terlalu" in last
        country.all("UPDATE lifecycle.report SET state = state || '{\"question_open\": false}'")
        assert "tidak ada pertanyaan" in answer(await send("TANYA"))
        await asks(told, "Kapan?")
        assert "Kapan?" in answer(await send("TANYA"))


@pytest.mark.parametrize(
    "words",
    [
        ASKED,
        "“Di mana” — di RT 3 … atau di RW ’05’?\n\nKapan: 3\u00a0Desember?",
        "apa " * 250,
        "{[~]}" * 200,
        "ｘ１・" * 300,
        "https://" + "a" * 990,
    ],
)
@pytest.mark.parametrize("until", [None, "30 Sept 23.59 WITA"])
def test_a_question_of_any_length_is_read_whole_in_long_messages_of_three_parts(
    words: str, until: str | None
) -> None:
    last = "last_until" if until else "last"

    def shown(page: int) -> str:
        return page_of("ask", 10**10 - 1, words, page, last, until=until)

    read, page = "", 1
    while True:
        text = shown(page)
        assert septets(text) <= WORDS_LIMIT
        found = re.fullmatch(
            r"Pertanyaan tentang laporan \d+: (.*?)(?: \.\.\. .* TANYA (\d)| Menjawab\b.*)", text
        )
        assert found
        read += found[1]
        if found[2] is None:
            break
        page += 1
        assert found[2] == str(page)
    assert read.replace(" ", "") == "".join(in_gsm(words).split())
    assert shown(9) == text, "there are no more: the last again"


def test_letters_a_phone_does_not_have_are_written_by_those_that_it_has() -> None:
    assert in_gsm("“Café” – São Tomé’s Ümüt… 10 m²") == '"Café" - Sao Tomé\'s Ümüt... 10 m2'
    assert in_gsm("di 東京 \U0001f600") == "di ?? ?"
