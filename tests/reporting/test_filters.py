"""Filters narrow together; each tab has its own."""

import re
from typing import Any

import httpx
import psycopg
import pytest

from services.reporting.files.lines import no_formula
from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY_ADMIN, PAPUA_ADMIN
from tests.reporting.test_privacy import lines, numbers

CITY_REPORTS = "handler_id IN (2, 3, 4)"


@pytest.mark.parametrize(
    ("selection", "condition"),
    [
        ({"category": [1]}, "category_id IN (1, 2)"),
        ({"category": [2, 3]}, "category_id IN (2, 3)"),
        ({"classification": ["information"]}, "classification = 'information'"),
        ({"channel": ["sms", "android"]}, "channel IN ('sms', 'android')"),
        ({"status": ["VERIFIED"]}, "status = 'VERIFIED'"),
        ({"secret": True, "anonymous": False}, "secret AND NOT anonymous"),
        ({"priority": True}, "priority"),
        ({"overdue": True}, "overdue"),
        ({"region": "32"}, "region_code LIKE '32%'"),
        ({"region": "32.73.02"}, "region_code LIKE '32.73.02%'"),
        (
            {"submitted_from": "2026-03-01", "submitted_to": "2026-03-01"},
            "(submitted_at AT TIME ZONE 'Asia/Jakarta')::date = '2026-03-01'",
        ),
    ],
)
async def test_a_filter_gives_what_it_says(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    owner_url: str,
    selection: dict[str, Any],
    condition: str,
) -> None:
    found = await lines(reporting, bearer(CITY_ADMIN), tab="incoming", **selection)
    wanted = numbers(owner_url, f"{CITY_REPORTS} AND {condition}")
    assert {r["number"] for r in found} == wanted
    assert wanted


async def test_days_are_those_of_the_agencys_time_zone(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str
) -> None:
    day = {"submitted_from": "2026-02-03", "submitted_to": "2026-02-03"}
    found = await lines(reporting, bearer(PAPUA_ADMIN), tab="incoming", **day)
    in_papua = "(submitted_at AT TIME ZONE 'Asia/Jayapura')::date = '2026-02-03'"
    assert {r["number"] for r in found} == numbers(
        owner_url, f"handler_id IN (5, 6) AND {in_papua}"
    )
    assert all(r["submitted_date"] == "2026-02-03" for r in found)
    assert found and found[0]["due_at"].endswith("+09:00")


@pytest.mark.parametrize(
    "selection",
    [
        {"tab": "users", "overdue": True},
        {"tab": "archived", "held": True},
        {"tab": "incoming", "role": ["agency_admin"]},
        {"tab": "deferred", "status": ["VERIFIED"]},
        {"tab": "incoming", "region": "32%"},
        {"tab": "incoming", "unknown": 1},
        {"tab": "queue"},
        {"tab": "incoming", "submitted_to": "9999-12-31"},
        {"tab": "incoming", "category": [2**70]},
    ],
)
async def test_what_a_tab_cannot_be_filtered_by_is_refused(
    reporting: httpx.AsyncClient, bearer: Bearer, selection: dict[str, Any]
) -> None:
    answer = await reporting.post(
        "/downloads", json={"selection": selection}, headers=bearer(CITY_ADMIN)
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"]


async def test_a_status_that_a_tab_does_not_have_is_refused_at_the_status(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    selection = {"tab": "deferred", "status": ["VERIFIED"]}
    answer = await reporting.post(
        "/downloads", json={"selection": selection}, headers=bearer(CITY_ADMIN)
    )
    [error] = answer.json()["errors"]
    assert error["field"] == "selection.status"
    assert error["message"] == "Sub-tab ini tidak memuat laporan dengan status itu."


async def test_a_period_that_ends_before_it_begins_is_refused_at_its_last_day(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    period = {"submitted_from": "2026-05-01", "submitted_to": "2026-04-01"}
    answer = await reporting.post(
        "/downloads", json={"selection": {"tab": "incoming", **period}}, headers=bearer(CITY_ADMIN)
    )
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "selection.submitted_to"
    assert error["message"] == "Hari terakhir lebih awal daripada hari pertama."


async def test_the_tabs_and_their_filters_are_told(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    tabs = (await reporting.get("/downloads/tabs", headers=bearer(CITY_ADMIN))).json()
    assert [tab["label"] for tab in tabs] == [
        *["Masuk", "Tertunda", "Terlempar", "Terdisposisi", "Arsip", "Pengguna"]
    ]
    assert tabs[5]["fields"] == ["agency", "scope", "role", "active"]


async def test_csv_opens_in_a_spreadsheet_without_running_anything(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str
) -> None:
    import csv
    import io

    answer = await reporting.post(
        "/downloads",
        json={"format": "csv", "selection": {"tab": "incoming"}},
        headers=bearer(CITY_ADMIN),
    )
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"].startswith('attachment; filename="lapor-masuk-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Tracking ID", "Tanggal Laporan Masuk"]
    assert len(rows) - 1 == int(answer.headers["x-row-count"])
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@"}]
    assert not [row for row in rows if row[6].startswith("-")]
    assert "'@SUM(A1)" in {row[6] for row in rows}
    with psycopg.connect(owner_url) as connection:
        at = connection.execute(
            "SELECT due_at AT TIME ZONE 'Asia/Jakarta' FROM lifecycle.report WHERE number = %s",
            [int(rows[1][0])],
        ).fetchone()
    assert at is not None
    assert rows[1][rows[0].index("Tenggat")] == str(at[0])


async def test_csv_for_excel_in_indonesia_has_semicolons_and_decimal_commas(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    import csv

    rows = []
    for format, separator in (("csv", ","), ("csv_semicolons", ";")):
        asked = {"format": format, "selection": {"tab": "incoming"}}
        answer = await reporting.post("/downloads", json=asked, headers=bearer(CITY_ADMIN))
        name = answer.headers["content-disposition"]
        assert '.csv"' in name and ("-titik-koma.csv" in name) == (separator == ";")
        lines = answer.content.decode("utf-8-sig").splitlines()
        rows.append(list(csv.DictReader(lines, delimiter=separator)))
    with_points, with_commas = rows
    assert [row["Tracking ID"] for row in with_commas] == [
        row["Tracking ID"] for row in with_points
    ]
    assert any("." in value for row in with_points for value in row.values() if _is_decimal(value))
    for points, commas in zip(with_points, with_commas, strict=True):
        for title, value in points.items():
            assert commas[title] == (value.replace(".", ",") if _is_decimal(value) else value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jalan rusak;=cmd|' /C calc'!A0", "Jalan rusak;'=cmd|' /C calc'!A0"),
        ("satu, dua,\t＝1+1", "satu, dua,\t'＝1+1"),
        ("baris\n=1+1\r\n @SUM(A1)", "baris\n'=1+1\r\n '@SUM(A1)"),
        ("=1;-1", "'=1;'-1"),
        ("Jl. Dago 12; lampu mati - gelap", "Jl. Dago 12; lampu mati - gelap"),
    ],
)
def test_no_separator_of_another_spreadsheet_begins_a_formula(text: str, shown: str) -> None:
    assert no_formula(text) == shown


def _is_decimal(value: str) -> bool:
    return re.fullmatch(r"-?\d+\.\d+", value) is not None
