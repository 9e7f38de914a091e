"""What people owe now: which reports and requests are in it, for whom, and in which order."""

import random
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import now
from tests.routing.country import Country

ADMIN, OFFICER = "admin.kota.bandung", "petugas.disdukcapil.kota.bandung"
UNIT = "disdukcapil-kota-bandung"
FOLLOW_UP = {"kind": "follow_up", "outcome": "done", "text": "Selesai diperbaiki."}
PROMISE = {"kind": "initial_response", "text": "Sedang kami periksa."}
REPLY = {"brought_by": "visit", "text": "Masih rusak."}


async def owed(country: Country, who: str, **params: Any) -> list[dict[str, Any]]:
    """The items of all pages, in order."""
    listed: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await country.get(who, "/owed", **params, **cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        listed += page["items"]
        if page["next"] is None:
            return listed
        cursor = {"cursor": page["next"]}


async def kinds(country: Country, who: str, number: int, **params: Any) -> list[str]:
    """As what a report is owed by this person."""
    items = await owed(country, who, **params)
    return [item["kind"] for item in items if item["report"]["number"] == number]


async def followed(country: Country, who: str, number: int, path: str, body: Any) -> dict[str, Any]:
    answer = await country.followup.post(
        f"/reports/{number}/{path}", json=body, headers=country.header(who)
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def late(country: Country, number: int, **columns: Any) -> None:
    """As a clock that ran out yesterday leaves the report's row."""
    columns = {"overdue": True, "due_at": now() - timedelta(days=1)} | columns
    setting = ", ".join(f"{name} = :{name}" for name in columns)
    await country.rows(
        f"UPDATE lifecycle.report SET {setting} WHERE number = :n",  # noqa: S608
        n=number,
        **columns,
    )


async def escalated(country: Country, number: int, to: str, **columns: Any) -> None:
    values = {"clock": "verification", "version": 1} | columns
    names = "".join(f", {name}" for name in values)
    marks = "".join(f", :{name}" for name in values)
    await country.rows(
        f"INSERT INTO lifecycle.escalation (number, agency_id, at{names})"  # noqa: S608
        f" VALUES (:n, :a, now(){marks})",
        n=number,
        a=country.agencies[to],
        **values,
    )


async def test_a_report_is_owed_by_whoever_has_its_next_step_and_by_nobody_while_it_waits(
    country: Country,
) -> None:
    number = await country.report("kota-bandung")
    assert await kinds(country, ADMIN, number) == ["verify"]
    question = {"kind": "incomplete_data", "note": "Di mana?"}
    await country.done(ADMIN, number, "defer", question)
    assert await kinds(country, ADMIN, number) == []
    await followed(country, ADMIN, number, "assisted-information", REPLY)
    assert await kinds(country, ADMIN, number) == ["evaluate"]
    await country.done(ADMIN, number, "verify", country.verification(UNIT))
    assert await kinds(country, ADMIN, number) == []
    assert await kinds(country, OFFICER, number) == ["follow_up"]
    await followed(country, OFFICER, number, "follow-ups", PROMISE)
    assert await kinds(country, OFFICER, number) == ["answer"]
    await followed(country, OFFICER, number, "follow-ups", FOLLOW_UP)
    assert await kinds(country, OFFICER, number) == []
    await followed(country, ADMIN, number, "hold", {"reason": "Menunggu."})
    assert await kinds(country, OFFICER, number) == []
    await followed(country, OFFICER, number, "assisted-replies", REPLY)
    assert await kinds(country, OFFICER, number) == ["answer"]


async def test_a_request_is_owed_by_its_decider_with_reason_and_who_and_not_by_who_asked(
    country: Country,
) -> None:
    number = await country.verified("kota-bandung", UNIT)
    asked = {"suggested_agency_id": country.agencies["kemensos"], "reason": "Bukan kami."}
    request = await country.done(OFFICER, number, "not-authority", asked)
    assert await kinds(country, OFFICER, number) == []
    [item] = [
        item for item in await owed(country, ADMIN, kind="decide")
        if item["report"]["number"] == number
    ]  # fmt: skip
    shown = item["request"]
    assert shown["id"] == request["command_id"]
    assert (shown["reason"], shown["decidable"]) == ("Bukan kami.", True)
    assert shown["asked_by"]["id"] == country.staff[OFFICER].id
    assert shown["suggested"]["code"] == "kemensos"
    assert shown["due_at"]
    reject = {"reason": "Tetap pada dinas ini."}
    await country.done(ADMIN, number, f"requests/{shown['id']}/reject", reject)
    assert await kinds(country, ADMIN, number) == []
    assert await kinds(country, OFFICER, number) == ["follow_up"]


async def test_an_admin_does_not_owe_what_a_colleague_has_to_decide(country: Country) -> None:
    number = await country.verified("kota-bandung", UNIT)
    await followed(country, OFFICER, number, "follow-ups", FOLLOW_UP)
    held = {"kind": "hold", "reason": "Menunggu anggaran."}
    await followed(country, ADMIN, number, "requests", held)
    assert await kinds(country, ADMIN, number) == []
    colleague = "koordinator.kota.bandung"
    assert await kinds(country, colleague, number) == ["decide"]
    counts = (await country.get(colleague, "/owed/counts")).json()
    by_kind = {kind["kind"]: kind["count"] for kind in counts["kinds"]}
    assert by_kind["decide"] == len(await owed(country, colleague, kind="decide"))


async def test_lateness_is_owed_by_the_agency_before_which_it_was_put(country: Country) -> None:
    number = await country.report("kota-bandung")
    await late(country, number)
    await escalated(country, number, "jabar", level=1)
    assert await kinds(country, "admin.jabar", number) == ["escalation"]
    assert await kinds(country, ADMIN, number) == ["verify"]
    assert await kinds(country, ADMIN, number, kind="escalation") == []
    [item] = [i for i in await owed(country, "admin.jabar") if i["report"]["number"] == number]
    assert item["late"]
    await country.rows(
        "UPDATE lifecycle.escalation SET ended_at = now() WHERE number = :n", n=number
    )
    assert await kinds(country, "admin.jabar", number) == []


async def test_a_decision_that_is_late_is_owed_above_and_may_be_made_there(
    country: Country,
) -> None:
    number = await country.verified("kota-bandung", UNIT)
    asked = {"suggested_agency_id": country.agencies["kemensos"], "reason": "Bukan kami."}
    await country.done(OFFICER, number, "not-authority", asked)
    await country.rows("UPDATE lifecycle.request SET overdue = true WHERE number = :n", n=number)
    await escalated(country, number, "jabar", clock="request")
    assert await kinds(country, ADMIN, number, kind="decide") == ["decide"]
    [item] = [i for i in await owed(country, "admin.jabar") if i["report"]["number"] == number]
    assert (item["kind"], item["request"]["decidable"]) == ("escalation", True)
    # Its own agency decides it: no escalation to itself, whatever is asked for.
    await escalated(country, number, "kota-bandung", clock="request", version=2)
    assert await kinds(country, ADMIN, number, kind="escalation") == []


async def test_pusat_lists_what_is_urgent_and_counts_the_rest(country: Country) -> None:
    ordinary, urgent, grave = [await country.report("kota-bandung") for _ in range(3)]
    before = (await country.get("admin.pusat", "/owed/counts")).json()["escalated_ordinary"]
    await late(country, ordinary)
    await late(country, urgent, priority=True)
    await late(country, grave, classification="complaint_with_oversight")
    for number in (ordinary, urgent, grave):
        await escalated(country, number, "pusat", clock="escalation", level=2)
    assert await kinds(country, "admin.pusat", ordinary) == []
    assert await kinds(country, "admin.pusat", urgent) == ["escalation"]
    assert await kinds(country, "admin.pusat", grave) == ["escalation"]
    after = (await country.get("admin.pusat", "/owed/counts")).json()["escalated_ordinary"]
    assert after == before + 1
    assert (await country.get(ADMIN, "/owed/counts")).json()["escalated_ordinary"] is None


async def test_what_is_assigned_to_a_colleague_is_the_agency_s_and_not_mine(
    country: Country,
) -> None:
    number, free = [await country.report("kota-bandung") for _ in range(2)]
    colleague = "koordinator.kota.bandung"
    await country.rows(
        "UPDATE lifecycle.report SET assignee_id = :a WHERE number = :n",
        a=country.staff[colleague].id,
        n=number,
    )
    assert await kinds(country, ADMIN, number) == ["verify"]
    assert await kinds(country, ADMIN, number, whose="mine") == []
    assert await kinds(country, ADMIN, free, whose="mine") == ["verify"]
    assert await kinds(country, colleague, number, whose="mine") == ["verify"]
    [item] = [i for i in await owed(country, colleague) if i["report"]["number"] == number]
    assert item["assignee"]["mine"]


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_late_first_then_by_day_and_priority_first_among_those_of_a_day(
    country: Country, limit: int
) -> None:
    """Of days in WITA, and of all tabs together; pages join without a gap."""
    who, unit = "admin.bali", country.agencies["bali"]
    made = [await country.report("bali") for _ in range(2)]
    owing = [item["report"]["number"] for item in await owed(country, who)]
    assert set(made) <= set(owing)
    chance, moment = random.Random(limit), now()
    midnight = moment.replace(hour=16, minute=0, second=0, microsecond=0)
    rows = []
    for position, number in enumerate(owing):
        # Around midnights of the zone, and around this moment.
        base = chance.choice([moment, midnight, midnight + timedelta(days=1)])
        due = base + timedelta(minutes=chance.choice([-2000, -30, 0, 4, 11, 300]) + position / 60)
        rows.append((number, chance.random() < 0.5, due))
        await country.rows(
            "UPDATE lifecycle.report SET priority = :p, due_at = :d, tab = :t WHERE number = :n",
            p=rows[-1][1],
            d=due,
            t=chance.choice(["unverified", "awaiting_follow_up", "in_process"]),
            n=number,
        )
    assert await country.one(
        "SELECT count(*) FROM lifecycle.report WHERE handler_id = :a", a=unit
    ) == len(rows)
    listed = [item["report"]["number"] for item in await owed(country, who, limit=limit)]
    later = now()

    def place(row: tuple[int, bool, Any]) -> tuple[Any, ...]:
        number, priority, due = row
        day = (due + timedelta(hours=8) - timedelta(minutes=10)).date()
        return due > later, day, not priority, due, number

    assert listed == [row[0] for row in sorted(rows, key=place)]
    counts = (await country.get(who, "/owed/counts")).json()
    assert counts["total"] == len(rows)
    assert counts["late"] == sum(due <= later for _, _, due in rows)


async def test_a_cursor_is_nobody_s_to_make(country: Country) -> None:
    answer = await country.get(ADMIN, "/owed", cursor="bm90IG91cnM")
    assert answer.status_code == 422
