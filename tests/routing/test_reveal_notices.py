"""The reporter of an anonymous report is to be told that pusat read who they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.labels.dates import long_day
from tests.routing.country import Country
from tests.routing.test_second_person import PUSAT, REASON, granted, post, waiting

SECOND = "admin.pusat2"
LATER = (datetime.now(UTC) + timedelta(days=30)).date()
FOR_POLICE = {**REASON, "reason_class": "law_enforcement"}


async def opened(country: Country, number: int, body: dict[str, Any]) -> dict[str, Any]:
    """Asked, granted, and read twice; the request as the second person saw it."""
    request_id = (await country.act(PUSAT, number, "reveal", body)).json()["id"]
    [seen] = [item for item in await waiting(country, SECOND) if item["number"] == number]
    assert (await granted(country, SECOND, request_id)).status_code == 200
    for _ in range(2):
        assert (await country.act(PUSAT, number, "reveal", {})).status_code == 200
    return seen


async def notices(country: Country, number: int, table: str) -> list[Any]:
    query = f"SELECT reason_class, tell_at FROM routing.{table} WHERE number = :n"  # noqa: S608
    return await country.rows(query, n=number)


async def test_of_a_reading_there_is_one_notice_with_the_class_of_the_reason_alone(
    country: Country,
) -> None:
    number = await country.report(anonymous=True)
    await opened(country, number, {**REASON, "reason_class": "oversight"})
    [notice] = await notices(country, number, "published_reveal_notice")
    assert notice.reason_class == "oversight"
    everything = await country.rows("SELECT n::text FROM routing.reveal_notice n")
    assert REASON["reason"] not in str(everything)


async def test_for_law_enforcement_it_waits_for_a_day_that_a_second_person_has_seen(
    country: Country,
) -> None:
    number = await country.report(anonymous=True)
    seen = await opened(country, number, {**FOR_POLICE, "tell_on": LATER.isoformat()})
    assert (seen["tell_on"], seen["reason_class_label"]) == (
        LATER.isoformat(),
        "Penegakan hukum",
    )
    assert await notices(country, number, "published_reveal_notice") == []
    [kept] = await notices(country, number, "reveal_notice")
    assert kept.tell_at.astimezone(UTC).date() == LATER
    history = (await country.seen(PUSAT, number))["history"]
    [put_off] = [line for line in history if line["action"] == "reveal_put_off"]
    assert put_off["words"] == long_day(LATER)


@pytest.mark.parametrize(
    "body",
    [
        {**REASON, "tell_on": LATER.isoformat()},
        {**FOR_POLICE, "tell_on": (LATER + timedelta(days=400)).isoformat()},
        {**FOR_POLICE, "tell_on": "2026-01-05"},
        {**FOR_POLICE, "tell_on": LATER.isoformat(), "emergency": True},
    ],
)
async def test_nobody_else_puts_it_off_and_not_for_ever(
    country: Country, body: dict[str, Any]
) -> None:
    number = await country.report(anonymous=True)
    answer = await post(country, PUSAT, f"/reports/{number}/reveal", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "tell_on"
