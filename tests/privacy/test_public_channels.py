"""One anonymous report, read in every way that is open to everybody, joined by its number."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests import cluster as places
from tests.chaos.people import FOLLOW_UP, VERIFICATION, People, somewhere
from tests.cluster import Cluster
from tests.workflows.country import MISSION

REPORT = {
    "classification": "complaint",
    "title": "Pungutan di kantor kelurahan",
    "body": "Saya Siti Rahmawati, Gang Melati 4, dimintai uang.",
    "anonymous": True,
    "addressee": "A10",
    "region_code": "32.73.02.1001",
    "place": "Rumah bercat hijau, Gang Melati 4",
    "latitude": -6.885123,
    "longitude": 107.613499,
    "happened_at": "2026-11-20T21:47:13+07:00",
    "reporter": {"name": "Siti Rahmawati", "phone": "+6281234567891"},
}
CORRECTED = {"title": "Pungutan liar di sebuah kantor", "body": "Pelapor dimintai uang."}
FINER = (
    *("Siti", "Rahmawati", "6281234567891", "Melati", "bercat"),
    *("32.73.02.1001", "Cipaganti", "6.8851", "6.885", "107.613", "21:47", "14:47", "2026-11-20T"),
    *("website", "Laman"),
)
"""None of these: who, the house, the village, the minute, the way it came."""
WAYS = {
    "by number": "intake /reports/{number}",
    "the list": "intake /reports?limit=100",
    "Open311, JSON": "intake /open311/v2/requests/{number}.json",
    "Open311, XML": "intake /open311/v2/requests/{number}.xml",
    "Open311, all": "intake /open311/v2/requests.json",
    "open data, CSV": "reporting /open-data/reports.csv",
    "open data, JSON Lines": "reporting /open-data/reports.jsonl",
    "the portal's page": "portal /laporan/{number}",
}


@pytest.fixture(scope="module")
async def number(cluster: Cluster) -> int:
    """Verified, followed up, copied: it shows all it will ever show."""
    people = People(cluster)
    submitted = await cluster.http.post(
        cluster.address("intake") + "/reports",
        json=REPORT,
        headers=somewhere() | {"Idempotency-Key": "0d9f1f0e-3b0a-4a37-9d4e-5a6a7f3e2c11"},
    )
    assert submitted.status_code == 201, submitted.text
    number: int = submitted.json()["number"]
    await people.does("routing", number, "verify", places.ABOVE, VERIFICATION | CORRECTED)
    await people.does("followup", number, "follow-ups", places.OFFICER, FOLLOW_UP)
    await people.does("routing", number, "copies", places.ABOVE, {"agency_ids": [MISSION]})
    return number


@pytest.mark.parametrize("way", WAYS)
async def test_no_way_tells_more_than_the_rule(cluster: Cluster, number: int, way: str) -> None:
    service, path = WAYS[way].split(" ")
    answer = await cluster.http.get(_address(cluster, service) + path.format(number=number))
    assert answer.status_code == 200
    content = _of(number, answer.text)
    assert CORRECTED["title"] in content
    for part in FINER:
        assert part not in content, part
    minutes = set(re.findall(r"T\d\d:(\d\d(?::\d\d)?)", content))
    assert minutes <= {"00", "00:00"}


async def test_all_ways_together_tell_no_more_than_one(cluster: Cluster, number: int) -> None:
    """Where two ways say when, they say the same hour: no difference narrows it down."""
    own = (await _json(cluster, f"/reports/{number}"))["submitted_at"]
    [asked] = await _json(cluster, f"/open311/v2/requests/{number}.json")
    listed = [r for r in (await _json(cluster, "/reports"))["items"] if r["number"] == number]
    assert {asked["requested_datetime"], listed[0]["submitted_at"]} == {own}


@pytest.mark.parametrize("word", ["Siti", "Melati", "Rahmawati"])
async def test_searching_finds_no_word_that_is_not_shown(
    cluster: Cluster, number: int, word: str
) -> None:
    assert (await _json(cluster, f"/reports?q={word}"))["items"] == []
    answer = await cluster.http.get(_address(cluster, "portal") + "/laporan", params={"q": word})
    assert str(number) not in answer.text


def _of(number: int, text: str) -> str:
    """What an answer says of the report: others in a list may have a name, and be told more of."""
    if text.startswith(("[", "{")):
        lines = [orjson.loads(line) for line in text.splitlines() if line]
        return "\n".join(orjson.dumps(line).decode() for line in _about(number, lines))
    if text.startswith("<"):
        return text
    return "\n".join(line for line in text.splitlines() if line.startswith(f"{number},"))


def _about(number: int, value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _about(number, one)
    elif isinstance(value, dict):
        if str(value.get("number", value.get("service_request_id"))) == str(number):
            yield value
        elif "items" in value:
            yield from _about(number, value["items"])


def _address(cluster: Cluster, service: str) -> str:
    """The portal's is not among those that services call."""
    if service == "portal":
        return f"http://127.0.0.1:{cluster.addresses.portal_port}"
    return cluster.address(service)


async def _json(cluster: Cluster, path: str) -> Any:
    answer = await cluster.http.get(cluster.address("intake") + path)
    assert answer.status_code == 200, answer.text
    return answer.json()
