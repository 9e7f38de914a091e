"""The weekly letter: an agency names its leader, who proves the address and reads figures."""

import asyncio
import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pypdfium2
import pytest

from services.notification.digest.mornings import DigestActivities
from services.notification.digest.names import DigestBatch
from services.notification.letter.figures import WEEK
from services.notification.messages.letter_text import (
    Letter,
    WeekFigures,
    document_of_letter,
    text_of_letter,
)
from services.notification.sending import sender as sending
from shared.clock import now
from shared.documents.a4 import A4
from shared.documents.typesetting import NotTypeset, to_pdf
from shared.lifecycle.calendar import DAY, Zone
from tests.intake.conftest import Country
from tests.notification.conftest import Reported, until
from tests.notification.digests import soon, staff, today, writing
from tests.notification.providers import MailServer
from tests.notification.staff import StaffTold
from tests.notification.test_staff_email import PUSAT, Services, link_in, services
from tests.times import noon

__all__ = ["noon", "services", "soon", "staff", "writing"]

CITY, UNIT = 2, 3
ADDRESS = "sekda@bandung.example"
LEADER = {"name": "Ratna Wulan", "title": "Sekretaris Daerah", "email": ADDRESS}
pytestmark = pytest.mark.usefixtures("noon")


def monday() -> date:
    """Of this week."""
    return today() - today().weekday() * DAY


def week_before() -> date:
    return monday() - 7 * DAY


async def name_leader(services: Services, **changes: str) -> httpx.Response:
    return await services.routing.put(
        f"/management/agencies/{CITY}/leader",
        json=LEADER | changes,
        headers=services.header(PUSAT),
    )


async def state(services: Services) -> str:
    answer = await services.routing.get(
        f"/management/agencies/{CITY}", headers=services.header(PUSAT)
    )
    return str(answer.json()["leader"]["state"])


async def prove(services: Services, link: str) -> httpx.Response:
    found = re.fullmatch(r"http://lapor\.test/surat-mingguan/(\d+)\?kunci=(\S+)", link)
    assert found, link
    return await services.notification.post(f"/leaders/{found[1]}/proof", json={"token": found[2]})


async def named_and_proven(services: Services, mail_server: MailServer) -> None:
    """The leader of the city; their first mail is the link."""
    await name_leader(services)
    assert (await prove(services, await link_in(mail_server, 1))).status_code == 200


async def write(writing: DigestActivities, day: date) -> None:
    """All batches of a morning's letters."""
    batch = DigestBatch(zone=Zone.WIB, day=day, after=0, mailing="letter")
    while (last := await writing.write_batch(batch)) is not None:
        batch = batch.model_copy(update={"after": last})


async def ended(country: Country, count: int = 1) -> list[tuple[Any, ...]]:
    """State and reason of the letters, once so many have ended."""
    query = (
        "SELECT state, reason FROM notification.message WHERE template = 'weekly_letter'"
        " AND state <> 'queued' ORDER BY created_at"
    )

    async def enough() -> bool:
        return len(country.all(query)) >= count

    await until(enough)
    return country.all(query)


def letters(country: Country) -> int:
    return int(
        country.one("SELECT count(*) FROM notification.message WHERE template = 'weekly_letter'")
    )


def leads(country: Country, agency_id: int) -> None:
    """Somebody who has proven the address leads the agency."""
    country.all(
        "INSERT INTO routing.agency_leader (agency_id, name, title, email, holder_key)"
        " VALUES (%s, 'x', 'x', 'x', 'x')",
        agency_id,
    )
    country.all(
        "INSERT INTO notification.contact (id, holder, channel, proven_at)"
        " VALUES (gen_random_uuid(), 'leader-' || %s, 'email', now())",
        agency_id,
    )


def written_letters(country: Country) -> list[str]:
    """To whom, and of which week."""
    rows = country.all("SELECT key FROM notification.message WHERE template = 'weekly_letter'")
    return sorted(row[0].removeprefix("weekly_letter.") for row in rows)


def figures_of(country: Country, agency_id: int) -> dict[str, Any]:
    """What the agency's newest letter tells."""
    return dict(
        country.one(
            "SELECT facts -> 'figures' FROM notification.message WHERE template = 'weekly_letter'"
            " AND recipient = 'leader-' || %s ORDER BY key DESC LIMIT 1",
            agency_id,
        )
    )


def tally(country: Country, agency_id: int, span: str, day: date, marks: str) -> None:
    country.all(
        "INSERT INTO reporting.tally (agency_id, span, day, management, usage, staff)"
        " VALUES (%s, %s, %s, %s, '{}', '{}') ON CONFLICT (agency_id, span, day)"
        " DO UPDATE SET management = excluded.management",
        *(agency_id, span, day, marks),
    )


def line(
    country: Country, number: int, entry: int, action: str, at: Any, details: str = "{}"
) -> None:
    country.all(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, to_status,"
        " visibility, details) VALUES (%s, %s, %s, %s, %s, 'staff', 'VERIFIED', 'public', %s)",
        *(number, entry, entry, at, action, details),
    )


async def test_a_leader_who_opened_the_link_reads_the_week_as_mail_and_pdf_and_stops_it(
    services: Services,
    reported: Reported,
    staff: StaffTold,
    writing: DigestActivities,
    mail_server: MailServer,
) -> None:
    country = staff.country
    late, answered = await reported(), await reported(anonymous=True)
    since = now() - timedelta(days=9)
    staff.handled_by_unit(late.number, due_at=since, overdue=True, category_id=1)
    staff.handled_by_unit(answered.number, due_at=None)
    last_week = monday() - 6 * DAY
    at = f"{last_week}T09:00:00+07:00"
    country.all("UPDATE lifecycle.report SET submitted_at = %s::timestamptz - '36 h'::interval", at)
    line(country, answered.number, 7, "forward", at, '{"to_handler": 3}')
    line(country, answered.number, 8, "follow_up", at)
    line(country, answered.number, 9, "follow_up", at)  # another answer is not a first one
    line(country, late.number, 7, "forward", at, '{"to_handler": 3}')
    line(country, late.number, 8, "object", at)
    for span, day, marks in (
        ("day", last_week, '{"received": 7}'),
        ("day", monday(), '{"received": 99}'),
        ("month", last_week.replace(month=1, day=1), '{"rated": 10, "rating:4": 8, "rating:5": 2}'),
        ("month", last_week.replace(month=12, day=1), '{"rated": 9, "rating:1": 9}'),
    ):
        tally(country, CITY, span, day, marks)
    assert (await name_leader(services)).json()["state"] == "unproven"
    link = await link_in(mail_server, 1)
    await write(writing, monday())
    assert letters(country) == 0, "not before it is proven"
    assert (await prove(services, link + "x")).status_code == 422
    assert (await prove(services, link)).json() == {"agency": "Pemerintah Kota Bandung"}
    assert await state(services) == "proven"

    for _ in range(2):
        await write(writing, monday())
    assert await ended(country) == [("sent", None)] and letters(country) == 1
    mail = mail_server.got[1]
    assert mail["To"] == ADDRESS and mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and html is not None
    [pdf] = mail.iter_attachments()
    document = pypdfium2.PdfDocument(io.BytesIO(pdf.get_content()))
    assert document.is_tagged() and pdf.get_filename() == "surat-mingguan.pdf"
    paper = " ".join("\n".join(p.get_textpage().get_text_range() for p in document).split())
    for text in (plain.get_content(), html.get_content(), paper):
        assert str(late.number) in text and str(answered.number) not in text
        for words in ("Ratna Wulan", "Pemerintah Kota Bandung", "Infrastruktur Jalan"):
            assert words in text
        assert "Dinas Bina Marga" in text and "kurang dari 5" in text
        assert "4,2 dari 5 (10 penilaian)" in text and "1,5 hari" in text
        for hidden in ("berlubang", "Siti", "Rahmawati"):
            assert hidden not in text
    lines = plain.get_content().splitlines()
    assert {"Laporan masuk: 7", "Dijawab untuk pertama kali: 1", "Terlambat saat ini: 1"} < {*lines}

    [address] = re.findall(r"/berhenti/([\w-]+)", str(mail["List-Unsubscribe"]))
    token = UUID(address)
    stopped = await services.notification.post("/unsubscribe", json={"token": str(token)})
    assert stopped.json() == {"stopped": True, "audience": "leader"}
    assert await state(services) == "stopped"
    await write(writing, monday() + 7 * DAY)
    assert letters(country) == 1


async def test_another_address_is_not_proven_and_the_log_says_so_without_it(
    services: Services, country: Country, writing: DigestActivities, mail_server: MailServer
) -> None:
    await named_and_proven(services, mail_server)
    link = await link_in(mail_server, 1)
    assert (await name_leader(services, title="Wali Kota")).json()["state"] == "proven"
    assert (await name_leader(services, email="wali@bandung.example")).json()["state"] == "unproven"
    assert await link_in(mail_server, 2) != link
    assert (await prove(services, link)).status_code == 422, "it was of the former address"
    await write(writing, monday())
    assert letters(country) == 0
    kept = country.everything_in("routing.management_log")
    assert "Ratna Wulan" in kept and "bandung.example" not in kept
    assert "bandung.example" not in country.everything_in("routing.agency_leader")
    assert "bandung.example" not in country.everything_in("notification.message")


async def test_nobody_gets_a_letter_of_an_agency_that_has_no_leader_any_more(
    services: Services, country: Country, writing: DigestActivities, mail_server: MailServer
) -> None:
    await write(writing, monday())
    await named_and_proven(services, mail_server)
    path, header = f"/management/agencies/{CITY}/leader", services.header(PUSAT)
    assert (await services.routing.delete(path, headers=header)).status_code == 204
    assert (await services.routing.delete(path, headers=header)).status_code == 404
    await write(writing, monday())
    assert letters(country) == 0
    assert (
        country.all("SELECT holder FROM notification.contact WHERE holder LIKE 'leader-%%'") == []
    )


async def test_an_address_at_which_nobody_is_gets_no_other_letter_until_it_is_proven_anew(
    services: Services, country: Country, writing: DigestActivities, mail_server: MailServer
) -> None:
    await named_and_proven(services, mail_server)
    mail_server.refusals.append("550 5.1.1 no such mailbox")
    await write(writing, monday())
    assert await ended(country) == [("failed", "no_such_address")]
    assert await state(services) == "undeliverable"
    await write(writing, monday() + 7 * DAY)
    assert letters(country) == 1
    assert (await name_leader(services)).json()["state"] == "unproven"
    assert (await prove(services, await link_in(mail_server, 2))).status_code == 200
    await write(writing, monday() + 7 * DAY)
    assert letters(country) == 2


async def test_no_other_message_waits_while_the_pdfs_of_letters_are_set_a_few_at_a_time(
    services: Services,
    country: Country,
    writing: DigestActivities,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns, begun = asyncio.Semaphore(0), 0

    async def in_turn(document: A4, sandbox: Any) -> bytes:
        nonlocal begun
        begun += 1
        await turns.acquire()
        return await to_pdf(document, sandbox)

    async def so_many(count: int) -> None:
        async def there() -> bool:
            return begun >= count

        await until(there)

    monkeypatch.setattr(sending, "to_pdf", in_turn)
    await named_and_proven(services, mail_server)
    await write(writing, monday())
    await so_many(1)
    country.all(
        "INSERT INTO notification.message SELECT (jsonb_populate_record(m, jsonb_build_object("
        "'id', gen_random_uuid(), 'key', m.key || n, 'leased_until', NULL))).*"
        " FROM notification.message m, generate_series(1, 6) n WHERE template = 'weekly_letter'"
    )
    await name_leader(services, email="wali@bandung.example")
    await link_in(mail_server, 2)  # it has come, though seven letters were written before
    leased = (
        "SELECT count(*) FROM notification.message"
        " WHERE leased_until > now() AND template = 'weekly_letter'"
    )
    assert country.one(leased) == 1, "the others are free for another process"


async def test_a_letter_whose_pdf_could_not_be_set_is_tried_again(
    services: Services,
    country: Country,
    writing: DigestActivities,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def not_now(document: A4, sandbox: Any) -> bytes:
        raise NotTypeset("too_complex")

    async def waits() -> bool:
        query = (
            "SELECT state, reason FROM notification.message"
            " WHERE template = 'weekly_letter' AND retrying"
        )
        return country.all(query) == [("queued", "unexpected")]

    monkeypatch.setattr(sending, "to_pdf", not_now)
    await named_and_proven(services, mail_server)
    await write(writing, monday())
    await until(waits)
    assert len(mail_server.got) == 1, "the link alone"


async def test_a_leader_is_asked_five_times_a_day_at_most(
    services: Services, mail_server: MailServer
) -> None:
    for _ in range(5):
        assert (await name_leader(services)).status_code == 200
    assert (await name_leader(services)).status_code == 429
    refused = await name_leader(services, email="tidak")
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "email"


async def test_a_first_answer_and_an_objection_are_of_the_agency_that_had_the_report_then(
    reported: Reported, staff: StaffTold, writing: DigestActivities
) -> None:
    country, told = staff.country, await reported()
    staff.handled_by_unit(told.number, due_at=None)
    for agency_id in (CITY, UNIT):
        leads(country, agency_id)
    at = f"{week_before()}T09:00:00+07:00"
    for entry, action, handler in (
        (7, "forward", CITY),
        (8, "follow_up", None),
        (9, "object", None),
    ):
        details = "{}" if handler is None else f'{{"to_handler": {handler}}}'
        line(country, told.number, entry, action, at, details)
    line(country, told.number, 10, "forward", at, f'{{"to_handler": {UNIT}}}')
    await write(writing, monday())
    city, unit = figures_of(country, CITY), figures_of(country, UNIT)
    assert (city["answered"], city["objected"]) == (1, None)
    assert (unit["answered"], unit["objected"], unit["days"]) == (0, 0, None)


async def test_a_secret_report_that_is_late_is_counted_and_not_listed(
    reported: Reported, staff: StaffTold, writing: DigestActivities
) -> None:
    country, told = staff.country, await reported(secret=True)
    staff.handled_by_unit(told.number, due_at=now() - timedelta(days=9), overdue=True)
    leads(country, CITY)
    await write(writing, monday())
    assert figures_of(country, CITY)["late"] == 1
    assert country.one("SELECT facts -> 'late' FROM notification.message") == []
    figures = WeekFigures(0, 0, None, late=1, rated=0, rating=None, objected=0)
    letter = Letter("Kota", "Ratna", "Wali", week_before(), figures, late=[])
    mail = text_of_letter(letter, "id").paragraphs
    paper = document_of_letter(letter, "id").model_dump_json()
    for words in ("\n".join(mail), paper):
        assert "Masih ada laporan terlambat lainnya: 1" in words
        assert "Tidak ada laporan yang terlambat" not in words


async def test_two_letters_differ_by_ten_ratings_or_by_none(
    country: Country, writing: DigestActivities
) -> None:
    leads(country, CITY)
    told = []
    week = monday().replace(month=6, day=14)  # all three tell of one year
    week -= week.weekday() * DAY
    for weeks, marks in enumerate(
        (
            '{"rated": 10, "rating:5": 10}',
            '{"rated": 11, "rating:5": 10, "rating:1": 1}',
            '{"rated": 20, "rating:5": 10, "rating:1": 10}',
        )
    ):
        tally(country, CITY, "month", week.replace(month=1, day=1), marks)
        await write(writing, week + weeks * WEEK)
        figures = figures_of(country, CITY)
        told.append((figures["rated"], figures["rating"]))
    assert told == [(10, 5.0), (10, 5.0), (20, 3.0)]


async def test_an_agency_whose_figures_cannot_be_read_keeps_no_other_from_its_letter(
    country: Country, writing: DigestActivities
) -> None:
    for agency_id in (CITY, UNIT):
        leads(country, agency_id)
    month = week_before().replace(month=1, day=1)
    tally(country, CITY, "month", month, '{"rated": 1, "rating:5": "many"}')
    await write(writing, monday())
    assert written_letters(country) == [f"{UNIT}.{week_before()}"]


async def test_what_was_missed_on_the_first_morning_is_written_on_a_later_working_day_once(
    country: Country, writing: DigestActivities
) -> None:
    sunday, tuesday, thursday = monday() + 6 * DAY, monday() + DAY, monday() + 3 * DAY
    country.all("DELETE FROM routing.closed_day")
    country.all("INSERT INTO routing.closed_day (day, name) VALUES (%s, 'x')", tuesday)
    days = [
        DigestBatch(zone=Zone.WIB, day=day, after=0, mailing="letter")
        for day in (monday(), tuesday, thursday, sunday)
    ]
    assert [await writing.is_due(day) for day in days] == [True, False, True, False]
    leads(country, CITY)
    await write(writing, monday())
    leads(country, UNIT)
    for day in (thursday, thursday + DAY):
        await write(writing, day)
    assert written_letters(country) == [f"{CITY}.{week_before()}", f"{UNIT}.{week_before()}"]
