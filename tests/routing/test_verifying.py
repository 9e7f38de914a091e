"""What admins do with unverified reports: verify, amend, throw, defer, archive, restore."""

import asyncio
from uuid import uuid4

import pytest

from tests.routing.country import Country

ADMIN = "admin.kab.bandung"
UNIT = "pupr-kab-bandung"


async def test_an_admin_verifies_and_the_unit_finds_the_report_in_its_queue(
    country: Country,
) -> None:
    number = await country.report()
    form = country.verification(
        title="Jalan Berlubang di Depan Pasar Soreang",
        body="Jalan di depan Pasar Soreang berlubang, sudah tiga orang jatuh.",
        secret=True,
        priority=True,
        region_code="32.04.05",
        place="Depan Pasar Soreang",
    )
    tags = await country.get(ADMIN, "/tags", category=form["category_id"])
    form["tag_ids"] = [tag["id"] for tag in tags.json()["items"][:2]]
    answer = await country.act(ADMIN, number, "verify", form)
    assert answer.status_code == 200, answer.text
    assert answer.json() | {"command_id": "", "href": ""} == {
        "command_id": "",
        "href": "",
        "number": number,
        "state": "done",
        "status": "VERIFIED",
        "version": 2,
        "refusal": None,
    }
    assert answer.headers["ETag"] == '"2"'
    assert await country.chain(number) == ["kab-bandung", UNIT]
    queue = await country.get(
        "petugas.pupr.kab.bandung", "/queue", tab="awaiting_follow_up", limit=100
    )
    [row] = [row for row in queue.json()["items"] if row["number"] == number]
    assert row["title"] == "Jalan Berlubang di Depan Pasar Soreang"
    assert row["priority"]
    assert row["secret"]
    assert row["countdown"]["clock"] == "follow_up"
    assert row["countdown"]["text"].startswith("sisa ")
    assert "verify" not in {action["code"] for action in row["allowed_actions"]}
    seen = await country.seen(ADMIN, number)
    assert {tag["id"] for tag in seen["tags"]} == set(form["tag_ids"])
    assert seen["place"]["region"].endswith("Kabupaten Bandung, Jawa Barat")
    assert seen["original_body"].startswith("Jalan di depan pasar")
    assert {"op": "insert", "text": "sudah"} in seen["body_difference"]


async def test_what_a_verifier_leaves_out_stays_as_the_reporter_sent_it(country: Country) -> None:
    number = await country.report(region_code="32.04", place="Soreang", anonymous=True)
    await country.done(ADMIN, number, "verify", country.verification())
    seen = await country.seen(ADMIN, number)
    assert seen["title"] == "Jalan berlubang di Soreang"
    assert seen["body_difference"] is None
    assert seen["anonymous"]
    assert (seen["place"]["region_code"], seen["place"]["text"]) == ("32.04", "Soreang")


async def test_what_was_chosen_stays_when_it_is_retired_and_is_not_chosen_anew(
    country: Country,
) -> None:
    number, other = await country.report(region_code="32.04"), await country.report()
    form = country.verification(title="Judul Pertama", region_code="32.04")
    tags = await country.get(ADMIN, "/tags", category=form["category_id"])
    form["tag_ids"] = [tag["id"] for tag in tags.json()["items"][:1]]
    form["programme_id"] = await country.one("SELECT min(id) FROM routing.programme")
    await country.done(ADMIN, number, "verify", form)
    retire = "UPDATE routing.{} SET active = {} WHERE id = :id"
    chosen = {
        "tag": form["tag_ids"][0],
        "programme": form["programme_id"],
        "category": form["category_id"],
    }
    for table, one in chosen.items():
        await country.rows(retire.format(table, "false"), id=one)
    code = "UPDATE lifecycle.report SET region_code = '32.99' WHERE number = :n"
    await country.rows(code, n=number)
    try:
        kept = {name: value for name, value in form.items() if name != "agency_id"}
        amended = kept | {"title": "Judul Kedua", "region_code": "32.99"}
        await country.done(ADMIN, number, "amend", amended)
        seen = await country.seen(ADMIN, number)
        assert seen["title"] == "Judul Kedua"
        assert seen["category"]["id"] == form["category_id"]
        assert [tag["id"] for tag in seen["tags"]] == form["tag_ids"]
        assert seen["programme"]["id"] == form["programme_id"]
        assert seen["place"]["region_code"] == "32.99"
        for name in ("category_id", "programme_id"):
            anew = {"category_id": country.categories["roads"]} | {name: form[name]}
            refused = await country.act(ADMIN, other, "verify", country.verification() | anew)
            assert [e["field"] for e in refused.json()["errors"]] == [name]
    finally:
        for table, one in chosen.items():
            await country.rows(retire.format(table, "true"), id=one)


async def test_staff_cannot_take_back_that_a_reporter_is_anonymous(country: Country) -> None:
    number = await country.report(anonymous=True)
    answer = await country.act(ADMIN, number, "verify", country.verification(anonymous=False))
    assert (answer.status_code, answer.json()["code"]) == (409, "flag_not_removable")
    assert await country.status(number) == "UNVERIFIED"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"category_id": 999_999}, "category_id", "category_unknown"),
        ({"tag_ids": [999_999]}, "tag_ids", "tag_not_of_category"),
        ({"programme_id": 999_999}, "programme_id", "programme_unknown"),
        ({"region_code": "99.99"}, "region_code", "region_unknown"),
        ({"released_attachments": [str(uuid4())]}, "released_attachments", "attachment_unknown"),
        ({"classification": "complaint"}, "classification", "literal_error"),
        ({"title": "x" * 256}, "title", "text_too_long"),
        ({"body": " \n "}, "body", "text_empty"),
        ({"agency_id": 999_999}, "agency_id", "agency_unknown"),
        ({"handler": 1}, "handler", "extra_forbidden"),
    ],
)
async def test_a_verification_that_makes_no_sense_names_the_field(
    country: Country, changes: dict[str, object], field: str, code: str
) -> None:
    number = await country.report()
    answer = await country.act(ADMIN, number, "verify", country.verification() | changes)
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    if code == "literal_error":
        words = answer.json()["errors"][0]["message"]
        assert words.startswith("Pilih salah satu: '") and "<" not in words
        assert "'complaint_without_oversight'" in words
    assert await country.status(number) == "UNVERIFIED"


async def test_a_report_goes_only_to_agencies_below_that_have_people(country: Country) -> None:
    number = await country.report()
    beside = await country.act(ADMIN, number, "verify", country.verification("pupr-kota-bandung"))
    assert (beside.status_code, beside.json()["code"]) == (422, "agency_not_below")
    await country.report("jabar")
    deserted = await country.act(
        "admin.jabar", number, "verify", country.verification("kab-pangandaran")
    )
    assert (deserted.status_code, deserted.json()["code"]) == (409, "agency_not_connected")
    without_admin = await country.act(
        ADMIN, number, "throw", {"agency_id": country.agencies["disdukcapil-kab-bandung"]}
    )
    assert (without_admin.status_code, without_admin.json()["code"]) == (
        409,
        "agency_not_connected",
    )
    itself = await country.act(
        ADMIN, number, "throw", {"agency_id": country.agencies["kab-bandung"]}
    )
    assert (itself.status_code, itself.json()["code"]) == (422, "agency_not_below")


async def test_amending_changes_the_fields_but_neither_handler_nor_clocks(
    country: Country,
) -> None:
    number = await country.verified()
    before = await country.seen(ADMIN, number)
    form = {"title": "Lubang di Jalan Soreang", "category_id": country.categories["roads"]}
    await country.done(ADMIN, number, "amend", form)
    seen = await country.seen(ADMIN, number)
    assert seen["title"] == "Lubang di Jalan Soreang"
    assert seen["category"]["id"] == country.categories["roads"]
    assert seen["handler"] == before["handler"]
    assert [c["due_at"] for c in seen["clocks"]] == [c["due_at"] for c in before["clocks"]]


async def test_a_report_thrown_down_is_verified_there_and_shows_as_thrown_above(
    country: Country,
) -> None:
    number = await country.report("jabar")
    below = country.agencies["kab-bandung"]
    await country.done(
        "admin.jabar", number, "throw", {"agency_id": below, "note": "Jalan kabupaten."}
    )
    assert await country.chain(number) == ["jabar", "kab-bandung"]
    thrown = await country.get("admin.jabar", "/queue", tab="thrown", limit=100)
    assert number in [row["number"] for row in thrown.json()["items"]]
    await country.done(ADMIN, number, "verify", country.verification())
    assert await country.chain(number) == ["jabar", "kab-bandung", UNIT]
    thrown = await country.get("admin.jabar", "/queue", tab="thrown", limit=100)
    assert number not in [row["number"] for row in thrown.json()["items"]]
    disposed = await country.get(
        "admin.jabar", "/queue", tab="disposed", sub="awaiting_follow_up", limit=100
    )
    assert number in [row["number"] for row in disposed.json()["items"]]
    history = (await country.seen("admin.jabar", number))["history"]
    assert [line["action"] for line in history] == ["submit", "throw", "verify"]
    assert history[1]["words"] == "Jalan kabupaten."


async def test_deferring_for_missing_data_pauses_the_clock_and_keeps_the_note(
    country: Country,
) -> None:
    number = await country.report()
    note = "Mohon sebutkan nama jalan dan RT/RW."
    await country.done(ADMIN, number, "defer", {"kind": "incomplete_data", "note": note})
    seen = await country.seen(ADMIN, number)
    assert seen["status"]["code"] == "AWAITING_INFORMATION"
    assert seen["countdown"]["paused"]
    assert [written["words"] for written in seen["written"]] == [note]
    assert seen["written"][0]["author"]["staff"]["id"] == country.staff[ADMIN].id


async def test_deferring_until_an_agency_connects_names_one_that_is_not(country: Country) -> None:
    number = await country.report("jabar")
    form = {"kind": "agency_not_connected", "note": "Belum ada petugas."}
    nobody = await country.act("admin.jabar", number, "defer", form)
    assert nobody.json()["errors"][0]["code"] == "needed_here"
    connected = form | {"awaited_agency_id": country.agencies["kab-bandung"]}
    answer = await country.act("admin.jabar", number, "defer", connected)
    assert (answer.status_code, answer.json()["code"]) == (409, "agency_connected")
    # Officers alone are enough: the report can be disposed to them now.
    officers = form | {"awaited_agency_id": country.agencies[UNIT]}
    answer = await country.act("admin.jabar", number, "defer", officers)
    assert (answer.status_code, answer.json()["code"]) == (409, "agency_connected")
    deserted = form | {"awaited_agency_id": country.agencies["kab-pangandaran"]}
    await country.done("admin.jabar", number, "defer", deserted)
    seen = await country.seen("admin.jabar", number)
    assert seen["status"]["label"] == "Instansi Belum Terhubung"
    assert seen["awaited_agency"]["code"] == "kab-pangandaran"


async def test_archiving_and_taking_out_of_the_archive(country: Country) -> None:
    number = await country.report()
    missing = await country.act(ADMIN, number, "archive", {"category": "unclear"})
    assert missing.status_code == 422
    form = {"category": "unclear", "note": "Isi laporan tidak dapat dimengerti."}
    await country.done(ADMIN, number, "archive", form)
    assert await country.status(number) == "ARCHIVED_BY_ADMIN"
    queue = await country.get(ADMIN, "/queue", tab="archived")
    assert number in [row["number"] for row in queue.json()["items"]]
    await country.done(ADMIN, number, "restore", {"reason": "Ternyata jelas."})
    seen = await country.seen(ADMIN, number)
    assert seen["status"]["code"] == "UNVERIFIED"
    assert not seen["countdown"]["paused"]


async def test_the_same_key_again_gets_the_first_outcome(country: Country) -> None:
    number = await country.report()
    key = str(uuid4())
    first = await country.done(ADMIN, number, "verify", country.verification(), idempotency_key=key)
    again = await country.done(ADMIN, number, "verify", country.verification(), idempotency_key=key)
    assert again == first
    other = await country.report()
    reused = await country.act(ADMIN, other, "verify", country.verification(), idempotency_key=key)
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_command_for_a_version_that_is_past_changes_nothing(country: Country) -> None:
    number = await country.report()
    await country.done(ADMIN, number, "verify", country.verification(), if_match='"1"')
    late = await country.act(ADMIN, number, "amend", {"priority": True}, if_match='"1"')
    assert (late.status_code, late.json()["version"]) == (412, 2)
    assert not (await country.seen(ADMIN, number))["priority"]


async def test_of_four_amendments_of_one_version_one_is_made(country: Country) -> None:
    number = await country.report()
    await country.done(ADMIN, number, "verify", country.verification())
    answers = await asyncio.gather(
        *(
            country.act(ADMIN, number, "amend", {"title": f"Judul {n}"}, if_match='"2"')
            for n in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert {a.json()["version"] for a in answers} == {3}
    [made] = [n for n, answer in enumerate(answers) if answer.status_code == 200]
    assert (await country.seen(ADMIN, number))["title"] == f"Judul {made}"


async def test_what_a_look_at_the_directory_refuses_stays_refused(country: Country) -> None:
    number, key = await country.report(), str(uuid4())
    form = country.verification() | {"anonymous": True}
    await country.done(ADMIN, number, "verify", form)
    for _ in range(2):
        answer = await country.act(
            ADMIN, number, "amend", {"anonymous": False}, idempotency_key=key
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "flag_not_removable")
    assert (await country.get(ADMIN, f"/commands/{key}")).json()["refusal"] == "flag_not_removable"


async def test_two_admins_dispose_at_once_and_one_is_told_why_not(country: Country) -> None:
    number = await country.report()
    answers = await asyncio.gather(
        country.act(ADMIN, number, "verify", country.verification()),
        country.act(
            "koordinator.kab.bandung", number, "verify", country.verification("dinkes-kab-bandung")
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["code"] in {"handler_changed", "not_allowed_in_status"}
    assert refused["report_status"] == "VERIFIED"


async def test_what_came_of_a_command_can_be_asked_by_its_author_alone(country: Country) -> None:
    number = await country.report()
    done = await country.done(ADMIN, number, "verify", country.verification())
    assert (await country.get(ADMIN, done["href"])).json() == done
    other = await country.get("koordinator.kab.bandung", done["href"])
    assert other.status_code == 404
