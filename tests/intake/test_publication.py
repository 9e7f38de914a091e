"""When and where a report was made, as exactly as everybody may read it, in every public answer."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from shared.database.lifecycle import Report, ReportText
from shared.privacy.publication import PUBLIC, as_public, public_happened, public_time
from tests.intake.conftest import CITY, Country, form
from tests.intake.test_reading import message, opened, stands

WHERE = {
    "region_code": "32.73.02.1001",
    "place": "Rumah bercat hijau, gang Melati 4",
    "latitude": -6.885123,
    "longitude": 107.613499,
    "happened_at": "2026-11-20T21:47:00+07:00",
}
FINER = ("32.73.02.1001", "Cipaganti", "Melati", "6.8851", "107.6134", "6.885", "21:47", "14:47")
"""Of an anonymous report, none of these."""


def test_every_column_of_a_report_has_a_rule_for_the_public() -> None:
    """Say in `PUBLIC` how a new column is told to everybody; `None` is: not at all."""
    columns = Report.model_fields.keys() | ReportText.model_fields.keys()
    assert columns - PUBLIC.keys() == set()


def test_a_column_without_a_rule_is_told_to_nobody() -> None:
    row = {"place": "Gang Melati 4", "vehicle_plate": "D 1234 AB", "original_body": "Saya Siti"}
    assert as_public(row, anonymous=False) == {"place": "Gang Melati 4"}
    assert as_public(row, anonymous=True) == {"place": None}


@pytest.fixture(params=[True, False], ids=["anonymous", "named to the agency"])
async def told(
    request: pytest.FixtureRequest, intake: httpx.AsyncClient, country: Country
) -> dict[str, Any]:
    """A published report, with one follow-up; `anonymous` says which kind."""
    sent = form(addressee=CITY, anonymous=request.param, **WHERE)
    answer = await intake.post("/reports", json=sent)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json() | {"anonymous": request.param}
    stands(country, told["number"], "FOLLOWED_UP")
    message(country, told["number"], "follow_up", "Sudah ditambal.", kind="follow_up")
    country.all(
        "UPDATE lifecycle.report SET submitted_at = submitted_at - interval '61 minutes',"
        " due_at = now() + interval '3 days 61 seconds' WHERE number = %s",
        told["number"],
    )
    return told


def times(value: Any) -> list[datetime]:
    """Every instant anywhere in an answer."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return [time for part in parts for time in times(part)]
    if isinstance(value, str) and len(value) > 16 and value[4] == "-" and "T" in value[10:11]:
        return [datetime.fromisoformat(value)]
    return []


async def test_no_public_answer_is_finer_than_the_rule(
    intake: httpx.AsyncClient, told: dict[str, Any]
) -> None:
    number = told["number"]
    answers = [
        await intake.get(f"/reports/{number}"),
        await intake.get("/reports"),
        await intake.get(f"/open311/v2/requests/{number}.json"),
        await intake.get("/open311/v2/requests.json"),
    ]
    for answer in answers:
        assert str(number) in answer.text
        found = times(answer.json())
        assert found
        assert all((time.minute, time.second, time.microsecond) == (0, 0, 0) for time in found)
        for part in FINER if told["anonymous"] else ("6.8851", "107.6134", "21:47"):
            assert part not in answer.text, part
    assert "Coblong" in answers[0].text  # its district
    assert ("Cipaganti" in answers[0].text) is not told["anonymous"]


async def test_its_reporter_reads_it_exactly(
    intake: httpx.AsyncClient, told: dict[str, Any]
) -> None:
    header = await opened(intake, told)
    seen = (await intake.get(f"/reports/{told['number']}", headers=header)).json()
    assert {name: seen[name] for name in WHERE} == WHERE
    assert any(time.microsecond for time in times(seen))


async def test_asking_for_a_place_or_an_instant_finds_out_no_more(
    intake: httpx.AsyncClient, told: dict[str, Any]
) -> None:
    for region, found in (("32.73.02", True), ("32.73.02.1001", not told["anonymous"])):
        listed = (await intake.get("/reports", params={"region": region})).json()["items"]
        assert bool(listed) is found
    answer = await intake.get(f"/open311/v2/requests/{told['number']}.json")
    hour = datetime.fromisoformat(answer.json()[0]["requested_datetime"])
    for start, end, found in (
        (hour, hour, True),  # so paging by the last one's time loses nobody of its hour
        (hour + timedelta(minutes=1), hour + timedelta(minutes=59), False),
        (hour - timedelta(minutes=59), hour - timedelta(minutes=1), False),
    ):
        period = {"start_date": start.isoformat(), "end_date": end.isoformat()}
        answer = await intake.get("/open311/v2/requests.json", params=period)
        assert bool(answer.json()) is found, period


@pytest.mark.parametrize(
    ("given", "named", "anonymous"),
    [
        (None, None, None),
        ("2026-11-20", "2026-11-20", "2026-11-20"),
        ("2026-11-20T23:47:00+09:00", "2026-11-20T23:00:00+09:00", "2026-11-20"),
    ],
)
def test_what_happened_is_told_to_the_hour_or_the_day(
    given: str | None, named: str | None, anonymous: str | None
) -> None:
    assert (public_happened(given, False), public_happened(given, True)) == (named, anonymous)


def test_an_hour_is_an_hour_in_every_zone() -> None:
    at = datetime(2026, 11, 20, 14, 47, 5, 7, tzinfo=UTC)
    for hours in (7, 8, 9):
        assert public_time(at.astimezone(timezone(timedelta(hours=hours)))) == public_time(at)
