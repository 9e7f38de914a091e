"""Whom no message reached is listed at the agency that has the report, until the reporter knows."""

import base64
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.routing.country import Country

ADMIN, OFFICER = "admin.kab.bandung", "petugas.pupr.kab.bandung"
ELSEWHERE = "petugas.dinkes.kab.bandung"


async def did_not_go(
    country: Country, number: int, template: str, reason: str, state: str = "skipped"
) -> UUID:
    """A message to the reporter of a report that the unit has."""
    id = uuid4()
    await country.rows(
        "INSERT INTO notification.message (id, key, number, version, event, template, recipient,"
        " channel, facts, handler_id, state, reason, not_before, finished_at)"
        " SELECT :id, :key, number, 2, 'closed', :template, 'reporter', 'email', '{}', handler_id,"
        " :state, :reason, now(), now() FROM lifecycle.report WHERE number = :number",
        id=id,
        key=str(id),
        template=template,
        state=state,
        reason=reason,
        number=number,
    )
    return id


async def stands(country: Country, number: int, status: str, tab: str) -> None:
    await country.rows(
        "UPDATE lifecycle.report SET status = :status, tab = :tab WHERE number = :number",
        status=status,
        tab=tab,
        number=number,
    )


async def listed(country: Country, who: str) -> dict[int, dict[str, Any]]:
    answer = await country.get(who, "/unreached", limit=100)
    assert answer.status_code == 200, answer.text
    return {item["number"]: item for item in answer.json()["items"]}


async def test_whoever_was_not_told_of_a_closing_is_listed_until_staff_told_them(
    country: Country,
) -> None:
    number = await country.verified()
    await stands(country, number, "CLOSED_BY_SYSTEM", "closed")
    await did_not_go(country, number, "followed_up", "unproven")  # no news of a debt
    id = await did_not_go(country, number, "closed_by_system", "unproven")
    item = (await listed(country, OFFICER))[number]
    assert (item["template"], item["reason_label"]) == (
        "closed_by_system",
        "kontak belum diverifikasi",
    )
    assert number not in await listed(country, ADMIN)  # the unit has it
    told = {"message_id": str(id)}
    path = f"/reports/{number}/told-otherwise"
    other = await country.http.post(path, json=told, headers=country.header(ELSEWHERE))
    assert other.status_code == 404
    for _ in range(2):
        answer = await country.http.post(path, json=told, headers=country.header(OFFICER))
        assert answer.status_code == 204, answer.text
    assert number not in await listed(country, OFFICER)
    [message] = [one for one in (await country.seen(OFFICER, number))["messages"] if one["told_by"]]
    assert message["template"] == "closed_by_system"
    assert message["told_by"] == country.staff[OFFICER].name
    assert message["told_at"] is not None


@pytest.mark.parametrize(
    "reason", ["credentials_refused", "sender_refused", "unexpected", "undelivered", "lapsed"]
)
async def test_whatever_kept_the_news_from_the_reporter_the_report_is_listed(
    country: Country, reason: str
) -> None:
    number = await country.verified()
    await stands(country, number, "CLOSED_BY_SYSTEM", "closed")
    await did_not_go(country, number, "closed_by_system", reason, "failed")
    assert (await listed(country, OFFICER))[number]["reason_label"]


async def test_of_an_anonymous_reporter_it_says_nothing_that_tells_a_contact(
    country: Country,
) -> None:
    number = await country.verified(anonymous=True)
    await stands(country, number, "CLOSED_BY_ADMIN", "closed")
    await did_not_go(country, number, "closed_by_admin", "sms_not_chosen")
    item = (await listed(country, OFFICER))[number]
    assert item["anonymous"] and item["reason_label"] is None
    assert "Siti" not in str(item) and "6281234567890" not in str(item)


async def test_nobody_is_listed_who_wants_no_news_knows_already_or_is_owed_none(
    country: Country,
) -> None:
    numbers = [await country.verified() for _ in range(6)]
    unwilling, reopened, told_later, told_soon, read, of_partner = numbers
    for number in numbers:
        await stands(country, number, "CLOSED_BY_SYSTEM", "closed")
        reason = "stopped" if number == unwilling else "unproven"
        await did_not_go(country, number, "closed_by_system", reason)
    await stands(country, reopened, "FOLLOWED_UP", "in_process")
    await did_not_go(country, told_later, "closed_by_system", "", "sent")
    await did_not_go(country, told_soon, "rectified", "", "queued")
    await country.rows(
        "INSERT INTO routing.access_log (number, kind) VALUES (:n, 'access_code_used')", n=read
    )
    await country.rows(
        "UPDATE lifecycle.report SET system = 'mitra-1' WHERE number = :n", n=of_partner
    )
    assert not (await listed(country, OFFICER)).keys() & set(numbers)


async def test_where_the_next_page_begins_tells_nobody_when_a_message_was_written(
    country: Country,
) -> None:
    """Of an anonymous report that was closed at a clock's end, that is reckoned back from."""
    numbers = [await country.verified(anonymous=True) for _ in range(2)]
    for number in numbers:
        await stands(country, number, "CLOSED_BY_SYSTEM", "closed")
        await did_not_go(country, number, "closed_by_system", "unproven")
    page = (await country.get(OFFICER, "/unreached", limit=1)).json()
    assert page["items"][0]["number"] == numbers[1]
    padded = page["next"] + "=" * (-len(page["next"]) % 4)
    assert b"created_at" not in base64.urlsafe_b64decode(padded)
    following = await country.get(OFFICER, "/unreached", limit=1, cursor=page["next"])
    assert following.json()["items"][0]["number"] == numbers[0]
    made_up = await country.get(OFFICER, "/unreached", cursor="bm90IG91cnM")
    assert made_up.status_code == 422
