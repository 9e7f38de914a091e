"""What a copy shows: what the public may read, and never who reports."""

from datetime import datetime
from typing import Any

from services.routing.queue.rows import QueueRow
from services.routing.reading.view import ReportView
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import Actor, ActorKind, Role
from tests.routing.country import Country

ADMIN, READER = "admin.kab.bandung", "admin.kemensos"


AS_THE_HANDLER = {
    *("number", "version", "status", "classification", "classification_label", "category"),
    *("anonymous", "secret", "priority", "held", "overdue", "question_unanswered", "handler"),
    *("age_days", "allowed_actions", "by_copy"),
}
"""What agencies in copy read as the handler does, in a report and in a queue; `allowed_actions`
are their own, and `by_copy` says which reader this is."""
IN_A_REPORT = AS_THE_HANDLER | {
    *("tags", "programme", "chain", "copies", "addressee", "awaited_agency", "assignee"),
    "checklist",
}
IN_A_QUEUE = AS_THE_HANDLER - {"by_copy"} | {"category_id", "assignee_id", "requests"}
CUT_IN_A_QUEUE = {
    *("title", "excerpt", "channel", "channel_label", "countdown", "submitted_at"),
    *("region_code", "main_number"),
}
CUT_IN_A_REPORT = CUT_IN_A_QUEUE - {"region_code", "excerpt", "main_number"} | {
    *("body", "original_title", "original_body", "title_difference", "body_difference"),
    *(
        "happened_at",
        "place",
        "system",
        "reporter",
        "posts",
        "messages",
        "reveal",
        "links",
        "form_drafts",
        "linked_number",
        "openable_numbers",
        "verified_at",
    ),
    *("ended_at", "clocks", "attachments", "written", "requests", "history"),
}
"""What is made for copies by a rule of its own."""


def test_of_every_field_it_is_decided_what_a_copy_shows() -> None:
    """A field that is added is put into one of the sets, once a copy shows it by a rule, or may
    show it as it is."""
    assert ReportView.model_fields.keys() == IN_A_REPORT | CUT_IN_A_REPORT
    assert QueueRow.model_fields.keys() == IN_A_QUEUE | CUT_IN_A_QUEUE


async def copy(country: Country, number: int) -> None:
    """The reader's agency gets a copy."""
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})


async def test_a_copy_never_shows_who_reports_nor_who_looked(country: Country) -> None:
    number = await country.verified()
    await copy(country, number)
    seen = await country.seen(READER, number)
    told = {name: value for name, value in seen["reporter"].items() if value is not None}
    assert told == {"hidden": "copy"}
    assert seen["messages"] == []
    assert "Siti" not in str(seen)


async def test_a_copy_shows_no_words_before_somebody_has_corrected_them(country: Country) -> None:
    number = await country.report(
        body="Saya Siti, tetangga pasar Soreang.",
        place="Rumah Siti, gang Melati",
        latitude=-7.02,
        longitude=107.52,
    )
    await copy(country, number)

    async def copies(words: str) -> list[dict[str, Any]]:
        answer = await country.get(READER, "/queue", tab="copies", q=words)
        return [row for row in answer.json()["items"] if row["number"] == number]

    seen, [row] = await country.seen(READER, number), await copies(str(number))
    for word in ("Siti", "Soreang", "Melati", "107.52"):
        assert word not in str(seen) + str(row)
        assert not await copies(word)
    assert seen["title"] == row["title"] == "Laporan yang belum diverifikasi"
    assert row["excerpt"] == ""
    assert seen["body"] == "Uraian laporan ditampilkan setelah diverifikasi."
    assert (await country.seen(ADMIN, number))["body"].startswith("Saya Siti")
    queue = (await country.get(ADMIN, "/queue", tab="unverified", q=str(number))).json()
    assert queue["items"][0]["excerpt"] == "Saya Siti, tetangga pasar Soreang."
    await country.done(ADMIN, number, "verify", country.verification(title="Jalan di Soreang"))
    seen = await country.seen(READER, number)
    assert (seen["title"], seen["title_difference"]) == ("Jalan di Soreang", None)
    assert await copies("Soreang")


async def test_a_copy_tells_the_hour_and_not_by_which_way_an_anonymous_report_came(
    country: Country,
) -> None:
    anonymous = await country.report(channel=Channel.X, anonymous=True)
    named = await country.report(channel=Channel.X)
    for number in (anonymous, named):
        await copy(country, number)

    async def copies(**filters: Any) -> dict[int, dict[str, Any]]:
        answer = await country.get(READER, "/queue", tab="copies", **filters)
        assert answer.status_code == 200, answer.text
        return {row["number"]: row for row in answer.json()["items"]}

    exact = (await country.seen("admin.pusat", anonymous))["submitted_at"]
    hour = datetime.fromisoformat(exact).replace(minute=0, second=0, microsecond=0)
    seen, rows = await country.seen(READER, anonymous), await copies()
    for shown in (seen, rows[anonymous]):
        assert (shown["channel"], shown["channel_label"]) == (None, None)
        assert datetime.fromisoformat(shown["submitted_at"]) == hour
        assert datetime.fromisoformat(shown["countdown"]["due_at"]).minute == 0
    first = seen["history"][0]
    assert datetime.fromisoformat(first["at"]) == hour
    assert first["actor"]["kind"] == "reporter"
    assert rows[named]["channel"] == "x"
    assert (await country.seen(ADMIN, anonymous))["channel"] == "x"

    assert set(await copies(channel="x")) & {anonymous, named} == {named}
    assert anonymous in await copies(submitted_from=hour.isoformat())
    assert anonymous not in await copies(submitted_from=exact)


async def test_a_copy_does_not_tell_who_typed_an_anonymous_report(country: Country) -> None:
    admin = country.staff[ADMIN]
    typed = Actor(
        kind=ActorKind.STAFF, staff_id=admin.id, role=Role(admin.role), agency_id=admin.agency_id
    )
    number = await country.report(channel=Channel.FACE_TO_FACE, anonymous=True, actor=typed)
    await copy(country, number)
    shown, known = [
        (await country.seen(who, number))["history"][0]["actor"] for who in (READER, "admin.pusat")
    ]
    assert (shown["kind"], shown["staff"], shown["agency"]) == ("reporter", None, None)
    assert (known["kind"], known["staff"]["id"]) == ("staff", admin.id)


async def test_a_copy_reads_the_details_of_a_step_that_are_named_for_it(country: Country) -> None:
    number = await country.verified()
    await copy(country, number)
    handed = await country.one(
        "UPDATE lifecycle.history SET details = details || jsonb_build_object('plate', 'D 1 AB')"
        " WHERE number = :number AND action = 'verify' RETURNING details -> 'to_handler'",
        number=number,
    )

    async def details(who: str) -> dict[str, Any]:
        lines = (await country.seen(who, number))["history"]
        [verification] = [line["details"] for line in lines if line["action"] == "verify"]
        assert verification["to_handler"] == handed
        return dict(verification)

    assert (await details(ADMIN))["plate"] == "D 1 AB"
    assert "plate" not in await details(READER)


async def test_whoever_reads_a_copy_is_offered_to_take_back_their_own_follow_up(
    country: Country,
) -> None:
    number = await country.verified()
    await copy(country, number)

    async def offered() -> bool:
        actions = (await country.seen(READER, number))["allowed_actions"]
        return "rectify" in {action["code"] for action in actions}

    assert not await offered()
    await country.rows(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, agency_id,"
        " to_status, visibility, details) SELECT number, 90, 90, at, 'follow_up', 'staff', :agency,"
        " 'VERIFIED', 'staff', '{}' FROM lifecycle.history WHERE number = :number AND entry = 1",
        agency=country.agencies["kemensos"],
        number=number,
    )
    assert await offered()
