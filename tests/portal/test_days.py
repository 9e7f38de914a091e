"""Times and deadlines as people read them: in their zone, a day's end as that day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notification.messages.texts import DATES, ReportFacts, text_of
from services.portal import pages
from services.portal.contracts.intake import ReporterReport
from services.portal.public import status_summary as summaries
from services.portal.public.status_summary import status_summary
from shared.labels import dates
from shared.lifecycle.calendar import Zone


def report(zone: Zone, due: datetime, **changes: Any) -> ReporterReport:
    fields = {
        "handler": "Dinas PUPR",
        "status": "VERIFIED",
        "zone": zone.value,
        "due_at": due,
        "overdue": False,
        "days_left": 3,
        "auto_close_at": None,
    }
    return ReporterReport.model_construct(**fields | changes)


@pytest.mark.parametrize("zone", Zone)
@pytest.mark.parametrize("jitter", [0, 20, 59])
def test_the_end_of_friday_is_friday_to_the_reporter(zone: Zone, jitter: int) -> None:
    end = datetime(2026, 12, 5, tzinfo=zone.offset) + timedelta(seconds=jitter)
    due = end.astimezone(UTC)
    friday = "Jumat, 4 Desember 2026"
    assert status_summary(report(zone, due)).until == f"Paling lambat {friday} (sisa 3 hari)."
    late = status_summary(report(zone, due, overdue=True, days_left=-1))
    assert late.late and not status_summary(report(zone, due)).late
    assert late.until == f"Seharusnya paling lambat {friday}: terlambat 1 hari."
    closing = report(zone, due, due_at=None, auto_close_at=due, status="FOLLOWED_UP")
    assert status_summary(closing).until.endswith(f"ditutup otomatis pada {friday}.")
    assert dates.deadline(due, zone) == friday


def test_page_mail_and_sms_say_a_deadline_alike_and_its_hour_where_something_is_over_then() -> None:
    at = datetime(2026, 12, 30, 23, 16, tzinfo=UTC)
    day, hour, short = "Kamis, 31 Desember 2026", "31 Des 2026 06.16 WIB", "31 Des 06.16 WIB"
    owed = report(Zone.WIB, at)
    asked = report(Zone.WIB, at, status="AWAITING_INFORMATION", question_until=at)
    closing = report(Zone.WIB, at, due_at=None, auto_close_at=at, status="FOLLOWED_UP")
    facts = {"at": at.isoformat(), **dict.fromkeys(DATES, at.isoformat())}
    told = ReportFacts(10000042, None, False, "Dinas PUPR", Zone.WIB)

    def says(template: str, said: str) -> tuple[bool, bool]:
        text = text_of(template, facts, told, "https://lapor.go.id", "id")
        mail, sms = text.paragraphs[1], text.sms
        return said in mail, (" 06.16" in sms) == (said == hour) and "31 Des" in sms

    asked_until = f"Laporan menunggu jawaban Anda, paling lambat {day}."
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(summaries, "now", lambda: at - timedelta(days=5))
        assert status_summary(asked).until == asked_until
    assert status_summary(owed).until == f"Paling lambat {day} (sisa 3 hari)."
    assert status_summary(closing).until.endswith(f"ditutup otomatis pada {hour}.")
    assert says("verified", day) == says("question", day) == (True, True)
    assert says("closing_soon", hour) == says("closed_by_admin", hour) == (True, True)
    assert says("archived", hour) == (True, True)
    assert (dates.short_deadline(at, Zone.WIB), dates.short_due_day(at, Zone.WIB)) == (
        *(short, "31 Des"),
    )


def test_a_time_is_written_as_each_language_does() -> None:
    at = datetime(2026, 12, 4, 14, 5, tzinfo=UTC)
    assert dates.moment(at, Zone.WIB) == "4 Des 2026 21.05 WIB"
    assert dates.moment(at, Zone.WIB, "en") == "4 Dec 2026 21:05 WIB"
    assert dates.time_of_day(at, Zone.WIB, "en") == "21:05 WIB"
    assert dates.short_deadline(at, Zone.WIB, "en") == "4 Dec 21:05 WIB"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        (Zone.WIB, "4 Des 2026 21.30 WIB"),
        (Zone.WITA, "4 Des 2026 22.30 WITA"),
        (Zone.WIT, "4 Des 2026 23.30 WIT"),
    ],
)
def test_a_time_is_shown_in_the_zone_of_who_reads(zone: Zone, shown: str) -> None:
    assert dates.deadline(datetime(2026, 12, 4, 14, 30, tzinfo=UTC), zone) == shown
    template = pages._environment.from_string("{{ at|moment }}")
    token = pages._zone.set(zone)
    try:
        assert template.render(at="2026-12-04T14:30:00Z") == shown
    finally:
        pages._zone.reset(token)


def test_of_a_report_opened_again_nothing_is_said_that_did_not_happen() -> None:
    """Its status is that of a follow-up, as after an initial response; a step is owed in both."""
    due = datetime(2026, 12, 4, 16, 59, tzinfo=UTC)
    opened = status_summary(report(Zone.WIB, due, status="FOLLOWED_UP"))
    assert opened.line == "Dinas PUPR masih harus menyelesaikan laporan Anda."
    assert opened.until.startswith("Paling lambat ")


@pytest.mark.parametrize(
    ("came", "shown"),
    [
        ("2026-12-04T14:00:00Z", "kurang dari sejam lalu"),
        ("2026-12-04T13:00:00Z", "1 jam lalu"),
        ("2026-12-03T15:00:00Z", "23 jam lalu"),
        ("2026-12-03T14:00:00Z", "1 hari lalu"),
        ("2026-12-04T14:17:43.171717Z", "32 menit lalu"),
        ("2026-12-04T14:49:59.5Z", "baru saja"),
    ],
)
def test_of_a_time_cut_to_the_hour_no_minutes_are_counted(
    monkeypatch: pytest.MonkeyPatch, came: str, shown: str
) -> None:
    moment = datetime(2026, 12, 4, 14, 50, 0, tzinfo=UTC)
    monkeypatch.setattr(pages, "now", lambda: moment)
    assert pages.age(came) == shown
    assert pages.age(datetime.fromisoformat(came)) == shown


@pytest.mark.parametrize("cut", [True, False])
def test_a_time_cut_to_the_hour_says_so(cut: bool) -> None:
    source = '{% import "panel/parts.html" as p with context %}{{ p.at(at, cut) }}'
    shown = pages._environment.from_string(source).render(at="2026-12-04T14:00:00Z", cut=cut)
    assert shown == "4 Des 2026 21.00 WIB" + (" (dibulatkan ke jam)" if cut else "")
