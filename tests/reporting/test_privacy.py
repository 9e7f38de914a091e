"""What somebody may not see is not in what they download."""

from typing import Any

import httpx
import orjson
import psycopg
import pytest

from shared.lifecycle.statuses import TO_BE_VERIFIED
from shared.settings import Settings
from tests.reporting.conftest import Bearer
from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    HEALTH,
    HEALTH_ADMIN,
    PAPUA,
    PAPUA_ADMIN,
    PUSAT_ADMIN,
    ROADS,
    ROADS_OFFICER,
)

SUBTREES = {
    PUSAT_ADMIN: None,
    CITY_ADMIN: {2, 3, 4},
    ROADS_OFFICER: {3},
    HEALTH_ADMIN: {4},
    PAPUA_ADMIN: {5, 6},
}

SOME: dict[str, Any] = {"tab": "incoming", "scope": "below", "channel": ["website", "android"]}
"""Half of the reports: all are too many to be sent at once."""


async def lines(
    reporting: httpx.AsyncClient, header: dict[str, str], **selection: Any
) -> list[dict[str, Any]]:
    answer = await reporting.post(
        "/downloads", json={"format": "jsonl", "selection": selection}, headers=header
    )
    assert answer.status_code == 200, answer.text
    return [orjson.loads(line) for line in answer.content.splitlines()]


def numbers(url: str, condition: str) -> set[int]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            f"SELECT number FROM lifecycle.report WHERE {condition}".encode()  # noqa: S608
        )
        return {number for (number,) in found}


@pytest.mark.parametrize("staff", [CITY_ADMIN, HEALTH_ADMIN, PUSAT_ADMIN])
async def test_a_file_tells_all_below_pusat_the_hour_in_which_a_report_came(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str, staff: int
) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE lifecycle.report SET submitted_at = submitted_at + '17 s'::interval"
        )
    try:
        found = await lines(reporting, bearer(staff), **SOME)
        seconds = {
            kept: {
                row["submitted_time"][3:] for row in found if ("anonymous" in row["flags"]) is kept
            }
            for kept in (True, False)
        }
    finally:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute(
                "UPDATE lifecycle.report SET submitted_at = submitted_at - '17 s'::interval"
            )
    assert seconds[True] == {"00:00"}
    assert seconds[False] == {"30:17" if staff == PUSAT_ADMIN else "00:00"}


@pytest.mark.parametrize("staff", [CITY_ADMIN, PUSAT_ADMIN])
async def test_of_an_anonymous_report_a_file_tells_the_hour_of_what_may_have_come_with_it(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str, staff: int
) -> None:
    """And of an unverified one, whichever it is, by when it is to be verified."""
    times = ("verified_at", "due_at", "auto_close_at", "ended_at", "last_step_at")

    def change(set_: str) -> None:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute(f"UPDATE lifecycle.report SET {set_}".encode())  # noqa: S608

    def shift(seconds: int) -> None:
        change(", ".join(f"{name} = {name} + interval '{seconds} s'" for name in times))

    header = bearer(staff)
    change("auto_close_at = due_at")
    try:
        before = {row["number"]: row for row in await lines(reporting, header, **SOME)}
        shift(17)
        try:
            after = await lines(reporting, header, **SOME)
        finally:
            shift(-17)
    finally:
        change("auto_close_at = NULL")
    for name in times:
        cut_until_verified = staff != PUSAT_ADMIN and name in ("due_at", "last_step_at")
        changed: dict[bool, set[bool]] = {True: set(), False: set()}
        for row in after:
            if row[name]:
                waits = cut_until_verified and row["status"] in TO_BE_VERIFIED
                hidden = "anonymous" in row["flags"] or waits
                changed[hidden].add(row[name] != before[row["number"]][name])
        assert changed == {True: {False}, False: {True}}, name


@pytest.mark.parametrize("staff", [CITY_ADMIN, ROADS_OFFICER, HEALTH_ADMIN, PAPUA_ADMIN])
async def test_only_reports_of_the_own_subtree(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str, staff: int
) -> None:
    found = await lines(reporting, bearer(staff), tab="incoming")
    handlers = ", ".join(map(str, SUBTREES[staff] or ()))
    assert {r["number"] for r in found} == numbers(owner_url, f"handler_id IN ({handlers})")


@pytest.mark.parametrize(
    ("tab", "condition"),
    [
        ("deferred", "handler_id IN (2, 3, 4) AND tab = 'deferred'"),
        ("archived", "handler_id IN (2, 3, 4) AND tab = 'archived'"),
        ("disposed", "handler_id IN (2, 3, 4) AND verified_at IS NOT NULL"),
        ("thrown", "handler_id IN (3, 4) AND tab IN ('unverified', 'deferred')"),
    ],
)
async def test_each_tab_holds_its_reports(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str, tab: str, condition: str
) -> None:
    found = await lines(reporting, bearer(CITY_ADMIN), tab=tab)
    if tab == "thrown":  # by pusat or the city, seen from the city: what the city threw itself
        condition = "handler_id = 3 AND tab IN ('unverified', 'deferred') OR " + (
            "handler_id = 4 AND tab IN ('unverified', 'deferred')"
        )
    assert {r["number"] for r in found} == numbers(owner_url, condition)


async def test_for_the_agency_alone_what_came_to_it_also_where_it_handed_it_on(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str
) -> None:
    header = bearer(CITY_ADMIN)
    came = await lines(reporting, header, tab="incoming", scope="own")
    assert {r["number"] for r in came} == numbers(owner_url, "chain @> '{2}'")
    thrown = await lines(reporting, header, tab="thrown", scope="own")
    assert {r["number"] for r in thrown} == numbers(
        owner_url, "chain @> '{2}' AND handler_id <> 2 AND tab IN ('unverified', 'deferred')"
    )
    below = await lines(reporting, header, tab="incoming", agency=ROADS)
    assert {r["number"] for r in below} == numbers(owner_url, "handler_id = 3")


@pytest.mark.parametrize(
    ("staff", "agency"),
    [(ROADS_OFFICER, CITY), (ROADS_OFFICER, HEALTH), (CITY_ADMIN, PAPUA), (CITY_ADMIN, 999)],
)
async def test_an_agency_beside_or_above_is_not_found(
    reporting: httpx.AsyncClient, bearer: Bearer, staff: int, agency: int
) -> None:
    answer = await reporting.post(
        "/downloads",
        json={"selection": {"tab": "incoming", "agency": agency}},
        headers=bearer(staff),
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "agency_not_found")


async def test_copies_are_not_downloaded_least_of_all_secret_ones(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str
) -> None:
    secret = min(numbers(owner_url, "handler_id = 5 AND secret"))
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "INSERT INTO lifecycle.copy (number, agency_id) VALUES (%s, %s)", [secret, ROADS]
        )
    found = await lines(reporting, bearer(ROADS_OFFICER), tab="incoming")
    assert secret not in {r["number"] for r in found}
    with psycopg.connect(owner_url) as connection:
        connection.execute("DELETE FROM lifecycle.copy")


async def test_nobodys_identity_is_in_it(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str
) -> None:
    """No column could hold one, and the role that makes downloads cannot read any."""
    found = await lines(reporting, bearer(CITY_ADMIN), tab="deferred")
    people = {"name", "phone", "email", "nik", "reporter", "reporter_id", "made_by"}
    assert not people & set(found[0])
    with psycopg.connect(owner_url) as connection:
        readable = connection.execute(
            "SELECT table_name FROM information_schema.role_table_grants"
            " WHERE grantee = 'lapor_reporting' AND table_schema = 'intake'"
        ).fetchall()
    views = {"published_attachment", "partner_directory"}
    views |= {"published_ended_session", "published_access_code"}
    assert {name for (name,) in readable} == views


async def test_people_are_for_admins_of_the_subtree(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    found = await lines(reporting, bearer(CITY_ADMIN), tab="users")
    assert {r["username"] for r in found} == {"bandung", "dbmp", "dinkes", "lama"}
    active = await lines(reporting, bearer(CITY_ADMIN), tab="users", active=True, agency=ROADS)
    assert [r["username"] for r in active] == ["dbmp"]
    answer = await reporting.post(
        "/downloads", json={"selection": {"tab": "users"}}, headers=bearer(ROADS_OFFICER)
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "users_for_admins")


async def test_without_signing_in_there_is_nothing(reporting: httpx.AsyncClient) -> None:
    for method, path in (
        *[("POST", "/downloads"), ("GET", "/downloads"), ("GET", "/events")],
        ("GET", "/downloads/00000000-0000-4000-8000-000000000000"),
    ):
        answer = await reporting.request(method, path, json={"selection": {"tab": "incoming"}})
        assert answer.status_code == 401


async def test_who_has_left_downloads_nothing(reporting: httpx.AsyncClient, bearer: Bearer) -> None:
    answer = await reporting.post(
        "/downloads", json={"selection": {"tab": "incoming"}}, headers=bearer(15)
    )
    assert answer.status_code == 401


async def test_every_download_is_logged_and_the_log_stays(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str, settings: Settings
) -> None:
    await lines(reporting, bearer(HEALTH_ADMIN), tab="archived", channel=["sms"])
    with psycopg.connect(owner_url) as connection:
        last = connection.execute(
            "SELECT staff_id, agency_id, event, tab, format, selection, rows"
            " FROM reporting.download_log ORDER BY id DESC LIMIT 1"
        ).fetchone()
    assert last is not None
    rows = len(numbers(owner_url, "handler_id = 4 AND tab = 'archived' AND channel = 'sms'"))
    selection = {"tab": "archived", "channel": ["sms"]}
    assert last == (HEALTH_ADMIN, HEALTH, "made", "archived", "jsonl", selection, rows)
    plain = settings.database_url.replace("+psycopg", "")
    with psycopg.connect(plain) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute("DELETE FROM reporting.download_log")
