"""Open data: all that the public may read, nothing that it may not, in two formats."""

import csv
import gzip
import io
from typing import Any

import httpx
import orjson
import psycopg
import pytest

from services.reporting import open_data
from services.reporting.open_data import COLUMNS
from shared.settings import Settings
from tests.reporting.conftest import running
from tests.reporting.factory import ROADS

PUBLIC = (
    "NOT secret AND tab IN ('awaiting_follow_up', 'in_process', 'closed')"
    " AND EXISTS (SELECT FROM lifecycle.report_text t WHERE t.number = r.number AND t.title"
    " IS NOT NULL) AND extract(year FROM submitted_at AT TIME ZONE 'Asia/Jakarta') = 2026"
)


def numbers(url: str, condition: str) -> list[int]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            f"SELECT number FROM lifecycle.report r WHERE {condition} ORDER BY number".encode()  # noqa: S608
        )
        return [number for (number,) in rows]


async def fetched(reporting: httpx.AsyncClient, format: str, year: int = 2026) -> httpx.Response:
    answer = await reporting.get(f"/open-data/reports.{format}", params={"year": year})
    assert answer.status_code == 200
    return answer


def records(answer: httpx.Response) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


async def test_every_public_report_is_in_it_and_no_other(
    reporting: httpx.AsyncClient, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "BATCH", 100)
    public = numbers(owner_url, PUBLIC)
    assert len(public) > 500
    lines = [orjson.loads(line) for line in (await fetched(reporting, "jsonl")).iter_lines()]
    assert [line["number"] for line in lines] == public
    rows = records(await fetched(reporting, "csv"))
    assert [int(row["number"]) for row in rows] == public
    for line, row in zip(lines, rows, strict=True):
        assert set(line) == set(row) == set(COLUMNS)
        assert row["submitted_at"] == line["submitted_at"]
    assert {line["tab"] for line in lines} == {"awaiting_follow_up", "in_process", "closed"}
    [other] = [await fetched(reporting, "jsonl", 2019)]
    assert other.content == b""
    assert records(await fetched(reporting, "csv", 2019)) == []


async def test_nothing_of_it_tells_who_reported_or_what_they_wrote_at_first(
    reporting: httpx.AsyncClient, owner_url: str
) -> None:
    assert not set(COLUMNS) & {
        *("name", "phone", "email", "nik", "reporter", "reporter_id", "anonymous", "secret"),
        *("original_title", "original_body", "made_by", "access_code", "note", "reason", "place"),
    }
    content = (await fetched(reporting, "jsonl")).text
    assert "Isi awal" not in content and "jalan rusak nomor" not in content
    assert "Alasan" not in content
    with psycopg.connect(owner_url) as connection:
        words = connection.execute("SELECT t.original_body FROM lifecycle.report_text t").fetchall()
    assert all(body not in content for (body,) in words[:200])


async def test_a_report_that_becomes_secret_is_not_in_the_next_one(
    reporting: httpx.AsyncClient, owner_url: str
) -> None:
    number = numbers(owner_url, f"{PUBLIC} AND handler_id = {ROADS}")[0]
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for secret in (True, False):
            connection.execute(
                "UPDATE lifecycle.report SET secret = %s WHERE number = %s", [secret, number]
            )
            published = {int(row["number"]) for row in records(await fetched(reporting, "csv"))}
            assert (number in published) is not secret


@pytest.mark.parametrize("anonymous", [False, True])
async def test_values_are_as_described_and_name_no_house_of_who_is_anonymous(
    reporting: httpx.AsyncClient, owner_url: str, anonymous: bool
) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        some = f"{PUBLIC} AND region_code = '32.73.02.1001'"
        number = numbers(owner_url, some)[0]
        was = connection.execute(
            "SELECT anonymous FROM lifecycle.report WHERE number = %s", [number]
        ).fetchone()
        connection.execute(
            "UPDATE lifecycle.report SET anonymous = %s WHERE number = %s", [anonymous, number]
        )
        connection.execute(
            "UPDATE lifecycle.report_text SET title = '=1+1', latitude = -6.885123,"
            " longitude = 107.613499 WHERE number = %s",
            [number],
        )
    try:
        [line] = [
            report
            for each in (await fetched(reporting, "jsonl")).iter_lines()
            if (report := orjson.loads(each))["number"] == number
        ]
        [row] = [
            each
            for each in records(await fetched(reporting, "csv"))
            if each["number"] == str(number)
        ]
    finally:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute(
                "UPDATE lifecycle.report_text SET title = 'Jalan rusak nomor ' || %s,"
                " latitude = -6.9, longitude = 107.6 WHERE number = %s",
                [number - 10_000_000, number],
            )
            connection.execute(
                "UPDATE lifecycle.report SET anonymous = %s WHERE number = %s",
                [*(was or ()), number],
            )
    exact = (-6.89, 107.61) if anonymous else (-6.885, 107.613)
    assert (line["latitude"], line["longitude"]) == exact
    assert line["region_code"] == ("32.73.02" if anonymous else "32.73.02.1001")
    assert (line["title"], row["title"]) == ("=1+1", "'=1+1")
    assert line["province"] == "Jawa Barat" and line["district"]
    assert bool(line["village"]) is bool(line["channel"]) is not anonymous
    assert line["submitted_at"].endswith(":00+07:00")


async def test_it_is_sent_compressed_to_who_takes_that(reporting: httpx.AsyncClient) -> None:
    path = "/open-data/reports.csv?year=2026"
    async with reporting.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        raw = b"".join([part async for part in packed.aiter_raw()])
    plain = await reporting.get(path, headers={"Accept-Encoding": "identity, gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content
    assert plain.headers["content-disposition"] == 'attachment; filename="lapor-2026.csv"'
    assert "link" not in plain.headers


async def test_columns_licence_and_years_are_described(reporting: httpx.AsyncClient) -> None:
    description = (await reporting.get("/open-data")).json()
    assert [column["name"] for column in description["columns"]] == list(COLUMNS)
    assert all(column["description"] for column in description["columns"])
    assert description["licence_url"] is None and "Belum ada lisensi" in description["licence"]
    assert 2026 in {file["year"] for file in description["files"]}
    assert (await reporting.get("/open-data/reports.xml")).status_code == 422


async def test_the_licence_is_what_whoever_runs_it_declares(settings: Settings) -> None:
    address = "https://creativecommons.org/licenses/by/4.0/"
    declared = settings.model_copy(
        update={"open_data_licence": "CC BY 4.0.", "open_data_licence_url": address}
    )
    async with running(declared) as reporting:
        description = (await reporting.get("/open-data")).json()
        file = await reporting.get("/open-data/reports.csv?year=2026")
    assert description["licence_url"] == address and description["licence"].startswith("CC BY 4.0.")
    assert file.headers["link"] == f'<{address}>; rel="license"'
