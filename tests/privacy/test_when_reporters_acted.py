"""When an anonymous reporter did what, and when any report came, is told to nobody below pusat to
the minute, by no way: who saw somebody at a phone or a counter then would know who it was."""

import asyncio
import json
from datetime import datetime

import pytest

from tests.cluster import ABOVE, ABOVE_TOO, ADMIN, OFFICER, OVERSEER, PUSAT, Who
from tests.privacy.planted import Planted

READERS = {
    "officer": OFFICER,
    "admin": ADMIN,
    "admin above": ABOVE,
    "coordinator above": ABOVE_TOO,
    "overseer, as in a copy": OVERSEER,
}
WAYS = (
    "routing /reports/{n}",
    "routing /reports/{n}/similar",
    "routing /queue?tab=all&scope=below&limit=100",
    "routing /queue?tab=closed&scope=below&order=deadline&limit=1",
    "routing /owed?limit=100",
    "notification /me/bell?limit=100",
)
BY_REPORTER = "(actor_kind IN ('reporter', 'partner') OR details ? 'brought_by')"


@pytest.fixture(scope="module")
def number(planted: Planted) -> int:
    """Of the report that was completed, replied to by the reporter and by what staff recorded,
    declared to be solved, rated and objected to."""
    return planted.numbers["anonymous"]


@pytest.fixture(scope="module")
async def marks(planted: Planted, number: int) -> dict[str, str]:
    """Minute, second and microsecond of each act of the reporter, by what it was: in each zone the
    same, and in deadlines that are reckoned from it."""
    steps = await planted.cluster.rows(
        f"SELECT action, at FROM lifecycle.history WHERE number = :n AND {BY_REPORTER}",  # noqa: S608
        n=number,
    )
    saved = await planted.cluster.rows(
        "SELECT action || ' as it was sent', at FROM followup.message"
        " WHERE number = :n AND actor_kind <> 'staff'",
        n=number,
    )
    found = {what: at.strftime("%M:%S.%f") for what, at in (*steps, *saved)}
    done = {*("submit", "complete_information", "reply", "declare_satisfied", "rate", "object")}
    assert done <= found.keys()
    return found


def marks_in(marks: dict[str, str], text: str) -> list[str]:
    return [what for what, mark in marks.items() if mark in text]


async def read(planted: Planted, way: str, number: int, who: Who) -> str:
    service, path = way.format(n=number).split(" ")
    answer = await planted.cluster.http.get(
        planted.cluster.address(service) + path, headers=planted.cluster.staff(who)
    )
    assert answer.status_code in (200, 403, 404), (way, answer.text)
    return answer.text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", READERS)
async def test_no_way_tells_the_minute_below_pusat(
    planted: Planted, number: int, marks: dict[str, str], who: str, way: str
) -> None:
    text = await read(planted, way, number, READERS[who])
    assert way != WAYS[0] or str(number) in text
    assert marks_in(marks, text) == []


@pytest.fixture(scope="module")
async def arrivals(planted: Planted) -> dict[str, str]:
    """As `marks`: of each report when it came, and by when an unverified one is to be verified."""
    rows = await planted.cluster.rows(
        "SELECT number || ' came', submitted_at FROM lifecycle.report UNION ALL"
        " SELECT number || ' is due', due_at FROM lifecycle.report WHERE due_at IS NOT NULL"
        " AND tab IN ('unverified', 'deferred')"
    )
    return {what: at.strftime("%M:%S.%f") for what, at in rows}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", READERS)
async def test_no_way_tells_when_any_report_came(
    planted: Planted, arrivals: dict[str, str], who: str, way: str
) -> None:
    """Numbers grow with time: those beside an anonymous one would tell its minute."""
    for number in planted.numbers.values():
        assert marks_in(arrivals, await read(planted, way, number, READERS[who])) == []
        if "{n}" not in way:
            return


async def test_a_download_tells_the_hour_in_which_any_came(planted: Planted) -> None:
    wanted = {"selection": {"tab": "incoming", "scope": "below"}, "format": "jsonl"}
    for who in (ABOVE, OFFICER):
        answer = await planted.post("reporting", "/downloads", wanted, planted.cluster.staff(who))
        assert answer.status_code == 200, answer.text
        rows = [json.loads(line) for line in answer.text.splitlines() if line]
        assert rows and {row["submitted_time"][3:8] for row in rows} == {"00:00"}


async def test_pusat_and_the_reporter_read_it_as_it_was(
    planted: Planted, number: int, marks: dict[str, str]
) -> None:
    steps = {what for what in marks if not what.endswith("sent")}
    assert steps <= set(marks_in(marks, await read(planted, WAYS[0], number, PUSAT)))
    own = await planted.cluster.http.get(
        planted.cluster.address("intake") + f"/reports/{number}",
        headers=planted.reporter("anonymous"),
    )
    assert steps - {"rate"} <= set(marks_in(marks, own.text))


@pytest.mark.parametrize("who", READERS)
async def test_what_they_did_stands_where_it_stood_and_says_that_its_time_is_cut(
    planted: Planted, number: int, who: str
) -> None:
    seen = json.loads(await read(planted, WAYS[0], number, READERS[who]))
    exact = json.loads(await read(planted, WAYS[0], number, PUSAT))
    of_steps = [line for line in seen["history"] if line["entry"]]
    assert [line["entry"] for line in of_steps] == sorted(line["entry"] for line in of_steps)
    times = {line["entry"]: datetime.fromisoformat(line["at"]) for line in exact["history"]}
    theirs = [line for line in of_steps if line["actor"]["kind"] == "reporter"]
    assert {"reply", "object"} <= {line["action"] for line in theirs}
    assert all(line["to_the_hour"] for line in theirs)
    for line in (*of_steps, *seen["written"]):
        at = datetime.fromisoformat(line["at"])
        assert line["to_the_hour"] is ((at.minute, at.second, at.microsecond) == (0, 0, 0)), line
    for line in of_steps:
        cut = times[line["entry"]].replace(minute=0, second=0, microsecond=0)
        shown = datetime.fromisoformat(line["at"])
        assert shown == (cut if line["to_the_hour"] else times[line["entry"]])


async def test_neither_what_the_bell_keeps_nor_mail_knows_the_minute(
    planted: Planted, number: int, marks: dict[str, str]
) -> None:
    kept = await planted.cluster.rows(
        "SELECT b.facts::text FROM notification.bell b JOIN routing.staff s ON s.id = b.staff_id"
        " WHERE b.number = :n AND s.role <> 'central_admin'"
        " UNION ALL SELECT m.facts::text FROM notification.message m JOIN routing.staff s"
        " ON m.recipient = 'staff-' || s.id WHERE m.number = :n AND s.role <> 'central_admin'",
        n=number,
    )
    assert kept
    assert marks_in(marks, str(kept)) == []
    waits = await planted.cluster.rows(
        "SELECT DISTINCT event, not_before = date_trunc('hour', not_before)"
        " FROM notification.message m JOIN routing.staff s ON m.recipient = 'staff-' || s.id"
        " WHERE m.number = :n AND s.role <> 'central_admin'"
        " AND event IN ('information_completed', 'replied', 'objected')",
        n=number,
    )
    assert {(event, at_the_hour) for event, at_the_hour in waits} == {
        (event, True) for event in ("information_completed", "replied", "objected")
    }


async def test_live_events_tell_the_hour(
    planted: Planted, number: int, marks: dict[str, str]
) -> None:
    version = "SELECT version FROM lifecycle.report WHERE number = :n"
    last, heard = await planted.cluster.value(version, n=number), ""
    address = planted.cluster.address("reporting") + "/events"
    since = {**planted.cluster.staff(OFFICER), "Last-Event-ID": "1"}
    async with (
        asyncio.timeout(60),
        planted.cluster.http.stream("GET", address, headers=since) as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("data: ") and f'"number":{number},' in line.replace(" ", ""):
                heard += line
                if json.loads(line.removeprefix("data: "))["version"] == last:
                    break
    assert '"replied"' in heard
    assert marks_in(marks, heard) == []


async def test_a_download_tells_the_hour(planted: Planted, number: int) -> None:
    wanted = {"selection": {"tab": "incoming", "scope": "below"}, "format": "jsonl"}
    answer = await planted.post("reporting", "/downloads", wanted, planted.cluster.staff(ABOVE))
    assert answer.status_code == 200, answer.text
    rows = [json.loads(line) for line in answer.text.splitlines() if line]
    [row] = [row for row in rows if row["number"] == number]
    assert row["last_step_at"] and row["ended_at"]
    for name in ("due_at", "auto_close_at", "ended_at", "last_step_at"):
        if row[name]:
            at = datetime.fromisoformat(row[name])
            assert (at.minute, at.second) == (0, 0), name
