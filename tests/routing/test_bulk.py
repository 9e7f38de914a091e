"""Many reports at once: each gets a command of its own, and says for itself why it did not."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.followup.bulk import BULK_KINDS as FOLLOWUP_KINDS
from services.routing.bulk import BULK_KINDS
from shared.bulk_commands.carrying_out import BulkRunner
from shared.database.engine import Database
from tests.routing.country import Country

ADMIN = "admin.kab.bandung"
OFFICER = "petugas.pupr.kab.bandung"
PUSAT = "admin.pusat"
ARCHIVING = {"category": "incomplete", "note": "Tidak ada alamat."}


async def asked(
    country: Country, kind: str, numbers: list[int], form: dict[str, Any], **options: Any
) -> httpx.Response:
    headers = country.header(options.get("by", ADMIN))
    if key := options.get("key"):
        headers["Idempotency-Key"] = key
    http = country.followup if kind.startswith("coordinate") else country.http
    body = {"numbers": numbers, "form": form, "versions": options.get("versions", {})}
    return await http.post(f"/bulk-commands/{kind}", json=body, headers=headers)


async def ended(country: Country, bulk_id: str, by: str = ADMIN) -> dict[str, Any]:
    """The bulk command once nothing of it waits."""
    async with asyncio.timeout(60):
        while True:
            view = (await country.get(by, f"/bulk-commands/{bulk_id}")).json()
            if not view["waiting"]:
                return dict(view)
            await asyncio.sleep(0.05)


async def test_each_report_is_thrown_or_says_why_it_is_not(country: Country) -> None:
    unverified = [await country.report(), await country.report()]
    verified = await country.verified()
    anothers = await country.report("kemenkes")
    numbers = [*unverified, verified, anothers]
    form = {"agency_id": await _unit_with_admin(country), "note": "Mohon diverifikasi."}

    preview = await asked(country, "throw/preview", numbers, form)
    assert preview.status_code == 200, preview.text
    foreseen = {item["number"]: item["reason"] for item in preview.json()["items"]}
    assert foreseen == {
        **dict.fromkeys(unverified),
        verified: "not_allowed_in_status",
        anothers: "report_not_found",
    }
    assert await country.status(unverified[0]) == "UNVERIFIED"
    assert await country.handler(unverified[0]) == "kab-bandung"

    answer = await asked(country, "throw", numbers, form)
    assert answer.status_code == 202, answer.text
    view = await ended(country, answer.json()["id"])
    assert (view["total"], view["done"], view["not_done"]) == (4, 2, 2)
    states = [(item["state"], item["reason"]) for item in view["items"]]
    assert states == [
        ("done", None),
        ("done", None),
        ("refused", "not_allowed_in_status"),
        ("refused", "report_not_found"),
    ]
    assert all(item["reason_words"] for item in view["items"] if item["reason"])
    for number in unverified:
        seen = await country.seen(ADMIN, number)
        assert seen["history"][-1]["words"] == "Mohon diverifikasi."
        assert await country.handler(number) != "kab-bandung"


async def test_a_report_that_changed_since_it_was_seen_is_left_as_it_is(country: Country) -> None:
    same, changed = await country.report(), await country.report()
    preview = (await asked(country, "archive/preview", [same, changed], ARCHIVING)).json()
    versions = {item["number"]: item["version"] for item in preview["items"]}
    await country.done(ADMIN, changed, "defer", {"kind": "incomplete_data", "note": "Di mana?"})

    answer = await asked(country, "archive", [same, changed], ARCHIVING, versions=versions)
    view = await ended(country, answer.json()["id"])
    assert [(item["number"], item["reason"]) for item in view["items"]] == [
        (same, None),
        (changed, "precondition_failed"),
    ]
    assert await country.status(changed) == "AWAITING_INFORMATION"


async def test_at_most_fifty_are_archived_at_once(country: Country) -> None:
    number = await country.report()
    answer = await asked(country, "archive", [*range(1, 51), number], ARCHIVING)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "numbers"
    view = (await asked(country, "archive", [number], ARCHIVING)).json()
    assert (await ended(country, view["id"]))["done"] == 1
    assert await country.status(number) == "ARCHIVED_BY_ADMIN"


async def test_tags_are_added_to_those_a_report_has(country: Country) -> None:
    category = country.categories["potholes"]
    rows = await country.rows(
        "SELECT id FROM routing.tag WHERE category_id = :c ORDER BY id LIMIT 2", c=category
    )
    [first], [second] = rows
    number = await country.report()
    form = country.verification() | {"tag_ids": [first]}
    await country.done(ADMIN, number, "verify", form)
    answer = await asked(country, "tag", [number], {"tag_ids": [second]})
    assert (await ended(country, answer.json()["id"]))["done"] == 1
    kept = await country.one(
        "SELECT tag_ids FROM lifecycle.report_text WHERE number = :n", n=number
    )
    assert kept == [first, second]
    title = await country.one("SELECT title FROM lifecycle.report_text WHERE number = :n", n=number)
    assert title == "Jalan berlubang di Soreang"


async def test_a_colleague_is_given_many_reports(country: Country) -> None:
    numbers = [await country.verified(), await country.verified()]
    form = {"note": "Tolong dicek.", "assignee_id": country.staff[OFFICER].id}
    answer = await asked(country, "coordinate", numbers, form, by=OFFICER)
    assert answer.status_code == 202, answer.text
    assert (await ended(country, answer.json()["id"], OFFICER))["done"] == 2
    for number in numbers:
        assignee = await country.one(
            "SELECT assignee_id FROM lifecycle.report WHERE number = :n", n=number
        )
        assert assignee == country.staff[OFFICER].id


async def test_the_same_key_asks_once_and_other_content_is_refused(country: Country) -> None:
    numbers, key = [await country.report()], str(uuid4())
    first = await asked(country, "archive", numbers, ARCHIVING, key=key)
    again = await asked(country, "archive", numbers, ARCHIVING, key=key)
    assert first.json()["id"] == again.json()["id"]
    other = ARCHIVING | {"note": "Lain."}
    assert (await asked(country, "archive", numbers, other, key=key)).status_code == 409
    others = [await country.report()]
    assert (await asked(country, "archive", others, ARCHIVING, key=key)).status_code == 409
    await ended(country, first.json()["id"])


async def test_one_form_sent_twice_at_once_is_asked_once(country: Country) -> None:
    numbers, key = [await country.report(), await country.report()], str(uuid4())
    sendings = [asked(country, "archive", numbers, ARCHIVING, key=key) for _ in range(4)]
    answers = await asyncio.gather(*sendings)
    assert {answer.status_code for answer in answers} == {202}
    [bulk_id] = {answer.json()["id"] for answer in answers}
    assert (await ended(country, bulk_id))["done"] == 2


async def test_nobody_else_reads_what_became_of_it(country: Country) -> None:
    number = await country.report()
    bulk = (await asked(country, "archive", [number], ARCHIVING)).json()
    await ended(country, bulk["id"])
    assert (await country.get(PUSAT, f"/bulk-commands/{bulk['id']}")).status_code == 404
    assert bulk["id"] not in [b["id"] for b in (await country.get(PUSAT, "/bulk-commands")).json()]
    assert bulk["id"] in [b["id"] for b in (await country.get(ADMIN, "/bulk-commands")).json()]


async def test_who_lost_the_right_meanwhile_does_nothing(country: Country) -> None:
    number = await country.report()
    staff_id = country.staff[ADMIN].id
    role = "UPDATE routing.staff SET role = :role WHERE id = :id"
    await country.rows(role, role="liaison_officer", id=staff_id)
    try:
        bulk_id = uuid4()
        await _saved_by_hand(country, bulk_id, staff_id, [number])
        async with asyncio.timeout(60):
            while not (reasons := await _ended_items(country, bulk_id)):
                await asyncio.sleep(0.05)
    finally:
        await country.rows(role, role="agency_admin", id=staff_id)
    assert reasons == [("refused", "not_authorised")]
    assert await country.status(number) == "UNVERIFIED"


async def test_a_worker_that_died_after_the_command_does_not_repeat_it(
    country: Country,
) -> None:
    number = await country.report()
    bulk = (await asked(country, "archive", [number], ARCHIVING)).json()
    await ended(country, bulk["id"])
    # As if its process had gone before it could say so.
    waits = (
        "UPDATE lifecycle.bulk_item SET state = 'waiting', leased_until = NULL WHERE bulk_id = :b"
    )
    await country.rows(waits, b=bulk["id"])
    assert (await ended(country, bulk["id"]))["done"] == 1
    archived = "SELECT count(*) FROM lifecycle.history WHERE number = :n AND action = 'archive'"
    assert await country.one(archived, n=number) == 1


async def test_a_small_one_does_not_wait_for_a_large_one(country: Country, settings: Any) -> None:
    assert settings.database_url is not None
    database = Database(settings.database_url)
    # A service that runs nothing: what is done here is done by hand.
    runner = BulkRunner(database, country.app.state.gateway, "elsewhere", BULK_KINDS)
    numbers = [await country.report() for _ in range(4)]
    staff_id = country.staff[ADMIN].id
    large, small = uuid4(), uuid4()
    await _saved_by_hand(country, large, staff_id, numbers[:3], service="elsewhere")
    await _saved_by_hand(country, small, staff_id, numbers[3:], service="elsewhere")
    try:
        assert [await runner.one(), await runner.one()] == [True, True]
    finally:
        await database.dispose()
    assert await _ended_items(country, small) == [("done", None)]
    assert len(await _ended_items(country, large)) == 1


async def test_what_still_waits_is_not_forgotten(country: Country, settings: Any) -> None:
    database, bulk = Database(settings.database_url), uuid4()
    runner = BulkRunner(database, country.app.state.gateway, "elsewhere", [])
    number = await country.report()
    await _saved_by_hand(country, bulk, country.staff[ADMIN].id, [number], service="elsewhere")
    old = "UPDATE lifecycle.bulk_command SET asked_at = now() - '30 days'::interval WHERE id = :b"
    await country.rows(old, b=bulk)
    try:
        await runner.forget()
        assert await _ended_items(country, bulk) == []
        count = "SELECT count(*) FROM lifecycle.bulk_item WHERE bulk_id = :b"
        assert await country.one(count, b=bulk) == 1
        await country.rows(
            "UPDATE lifecycle.bulk_item SET state = 'done' WHERE bulk_id = :b", b=bulk
        )
        await runner.forget()
        assert await country.one(count, b=bulk) == 0
    finally:
        await database.dispose()


def test_the_kinds_have_names_of_their_own() -> None:
    names = [kind.name for kind in (*BULK_KINDS, *FOLLOWUP_KINDS)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("numbers", [[], [0], ["x"], list(range(1, 202))])
async def test_what_is_no_list_of_numbers_is_refused(country: Country, numbers: list[Any]) -> None:
    form = {"agency_id": country.agencies["pupr-kab-bandung"]}
    answer = await asked(country, "throw", numbers, form)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("numbers")


async def _unit_with_admin(country: Country) -> int:
    return int(
        await country.one(
            "SELECT id FROM routing.agency_directory WHERE has_admin"
            " AND path @> ARRAY[CAST(:own AS bigint)] AND id <> :own ORDER BY id LIMIT 1",
            own=country.agencies["kab-bandung"],
        )
    )


async def _saved_by_hand(
    country: Country, bulk_id: Any, staff_id: int, numbers: list[int], service: str = "routing"
) -> None:
    await country.rows(
        "WITH b AS (INSERT INTO lifecycle.bulk_command (id, service, kind, staff_id, form, total)"
        " VALUES (:id, :service, 'archive', :staff_id,"
        ' \'{"category": "incomplete", "note": "Tidak ada alamat."}\', 1) RETURNING id)'
        " INSERT INTO lifecycle.bulk_item (bulk_id, number, position)"
        " SELECT b.id, n.number, n.place - 1 FROM b,"
        " unnest(CAST(:numbers AS bigint[])) WITH ORDINALITY AS n (number, place)",
        id=bulk_id,
        service=service,
        staff_id=staff_id,
        numbers=numbers,
    )


async def _ended_items(country: Country, bulk_id: Any) -> list[tuple[str, str | None]]:
    rows = await country.rows(
        "SELECT state, reason FROM lifecycle.bulk_item WHERE bulk_id = :b AND state <> 'waiting'",
        b=bulk_id,
    )
    return [(row.state, row.reason) for row in rows]
