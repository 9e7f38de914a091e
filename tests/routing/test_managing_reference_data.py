"""Categories, tags and programmes as pusat keeps them; a calendar edit's progress."""

import asyncio
from typing import Any

import httpx

from shared.database.engine import Database
from shared.lifecycle.calendar import Zone, day_of_deadline
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import UrlOf
from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_managing_agencies import gateway, worker  # noqa: F401
from workflows.recalculate_deadlines import Redating

PUSAT = "admin.pusat"


async def call(
    country: Country, method: str, path: str, body: Any = None, who: str = PUSAT
) -> httpx.Response:
    return await country.http.request(method, path, json=body, headers=country.header(who))


async def test_a_category_in_a_group_with_its_tags_is_offered_until_it_is_retired(
    country: Country,
) -> None:
    group = await call(
        country, "POST", "/management/categories", {"code": "space", "name": "Antariksa"}
    )
    assert group.status_code == 201, group.text
    form = {"code": "satellites", "name": "Satelit", "parent_id": group.json()["id"]}
    category = (await call(country, "POST", "/management/categories", form)).json()
    tag_form = {"category_id": category["id"], "name": "orbit"}
    tag = (await call(country, "POST", "/management/tags", tag_form)).json()
    offered = (await call(country, "GET", "/categories", who="admin.jabar")).json()["items"]
    assert "Antariksa › Satelit" in [category["name"] for category in offered]
    await call(country, "PATCH", f"/management/tags/{tag['id']}", {"active": False})
    tags = await country.get("admin.jabar", "/tags", category=category["id"])
    assert tags.json()["items"] == []
    changed = await call(
        country, "PATCH", f"/management/categories/{category['id']}", {"active": False}
    )
    assert changed.json()["active"] is False
    offered = (await call(country, "GET", "/categories", who="admin.jabar")).json()["items"]
    assert "satellites" not in [category["code"] for category in offered]
    kept = (await call(country, "GET", "/management/reference-data")).json()
    assert "satellites" in [category["code"] for category in kept["categories"]]


async def test_pusat_keeps_the_words_by_which_a_category_is_found(country: Country) -> None:
    lighting = country.categories["street_lighting"]
    path = f"/management/categories/{lighting}/aliases"
    kept = (await call(country, "GET", "/management/reference-data")).json()["categories"]
    [seeded] = [each["aliases"] for each in kept if each["id"] == lighting]
    assert {"PJU", "lampu jalan"} <= set(seeded)
    answer = await call(country, "PUT", path, {"aliases": ["penerangan", "PJU", "PJU"]})
    assert answer.json() == {"aliases": ["PJU", "penerangan"]}
    async with signed_in(country, "admin.kab.bandung") as panel:
        await panel.opens("/panel?tab=unverified")
        [found_by] = panel.page.xpath(f"//select[@name='category']//option[@value={lighting}]")
        assert found_by.get("data-also") == "PJU, penerangan"
    assert (await call(country, "PUT", path, {"aliases": ["x" * 81]})).status_code == 422
    log = (await call(country, "GET", "/management/log")).json()["items"]
    assert log[0]["subject"] == "Penerangan Jalan"
    assert log[0]["details"]["aliases_changed"][1] == "PJU, penerangan"
    missing = await call(country, "PUT", "/management/categories/999999/aliases", {"aliases": []})
    assert missing.json()["code"] == "category_not_found"


async def test_words_of_a_category_set_by_several_at_once_are_those_of_one(
    country: Country,
) -> None:
    category = country.categories["street_lighting"]
    path = f"/management/categories/{category}/aliases"
    sets = [sorted(f"kata {each}{nth}" for each in range(5)) for nth in range(6)]
    answers = await asyncio.gather(
        *(call(country, "PUT", path, {"aliases": [*words, "lampu"]}) for words in sets)
    )
    assert {answer.status_code for answer in answers} == {200}
    kept = (await call(country, "GET", "/management/reference-data")).json()["categories"]
    [words] = [each["aliases"] for each in kept if each["id"] == category]
    assert words in [[*words, "lampu"] for words in sets]


async def test_what_cannot_be_kept_is_refused(country: Country) -> None:
    deep = {"code": "deep", "name": "Dalam", "parent_id": country.categories["potholes"]}
    answer = await call(country, "POST", "/management/categories", deep)
    assert answer.json()["errors"][0]["code"] == "category_no_group"
    taken = {"code": "potholes", "name": "Lubang"}
    answer = await call(country, "POST", "/management/categories", taken)
    assert answer.json()["code"] == "category_code_taken"
    for path in ("categories", "tags", "programmes"):
        missing = await call(country, "PATCH", f"/management/{path}/999999", {"active": False})
        assert missing.status_code == 404
    new = {"name": "Program Baru"}
    mine = await call(country, "POST", "/management/programmes", new, "koordinator.jabar")
    assert mine.status_code == 403
    assert (await call(country, "POST", "/management/programmes", new)).status_code == 201
    again = await call(country, "POST", "/management/programmes", new)
    assert again.json()["code"] == "programme_name_taken"
    log = (await call(country, "GET", "/management/log")).json()["items"]
    assert (log[0]["action_label"], log[0]["subject"]) == ("Membuat program", "Program Baru")


async def test_a_calendar_edit_says_how_far_it_is_and_leaves_closed_reports_alone(
    country: Country,
    gateway: ReportGateway,  # noqa: F811
    module_database: UrlOf,
) -> None:
    is_open, ended = await country.verified(), await country.report("kab-bandung")
    form = {"category": "unclear", "note": "Tidak jelas."}
    await country.done("admin.kab.bandung", ended, "archive", form)
    query = "SELECT state::text FROM lifecycle.report WHERE number = :n"
    before = await country.one(query, n=ended)
    due = await country.one("SELECT due_at FROM lifecycle.report WHERE number = :n", n=is_open)
    last_day = day_of_deadline(due, Zone.WIB)
    days = {"items": [{"day": last_day.isoformat(), "name": "Cuti Bersama"}]}
    answer = await call(country, "PUT", f"/closed-days/{last_day.year}", days)
    assert answer.status_code == 200, answer.text
    assert (await call(country, "GET", "/closed-days/redating")).json()["state"] == "waiting"
    redating_worker = Database(module_database("lapor_worker"), pool_size=2)
    await Redating(redating_worker, gateway).once()
    await redating_worker.dispose()
    seen = (await call(country, "GET", "/closed-days/redating")).json()
    assert seen["state"] == "finished"
    assert seen["done"] == seen["total"] >= 1
    assert await country.one(query, n=ended) == before
    after = await country.one("SELECT due_at FROM lifecycle.report WHERE number = :n", n=is_open)
    assert after > due
    assert (await call(country, "GET", "/closed-days/redating", None, "admin.jabar")).is_error


async def test_two_that_nobody_could_tell_apart_are_not_kept(country: Country) -> None:
    group = {"code": "kembar", "name": "Kelompok Kembar"}
    made = (await call(country, "POST", "/management/categories", group)).json()
    child = {"code": "kembar_satu", "name": "Satu", "parent_id": made["id"]}
    one = (await call(country, "POST", "/management/categories", child)).json()
    again = child | {"code": "kembar_dua", "name": "SATU"}
    answer = await call(country, "POST", "/management/categories", again)
    assert (answer.status_code, answer.json()["code"]) == (409, "category_name_taken")
    tag = {"category_id": one["id"], "name": "malam"}
    assert (await call(country, "POST", "/management/tags", tag)).status_code == 201
    answer = await call(country, "POST", "/management/tags", tag | {"name": "Malam"})
    assert answer.json()["code"] == "tag_name_taken"
    other = (await call(country, "POST", "/management/tags", tag | {"name": "siang"})).json()
    path = f"/management/tags/{other['id']}"
    assert (await call(country, "PATCH", path, {"name": "malam"})).status_code == 409
    assert (await call(country, "PATCH", path, {"name": "Siang"})).status_code == 200
    path = "/management/archive-reasons/unclear"
    taken = {"name": "laporan BELUM lengkap"}
    answer = await call(country, "PATCH", path, taken)
    assert answer.json()["code"] == "archive_reason_name_taken"


async def test_with_a_group_its_categories_are_offered_no_more_and_come_back_with_it(
    country: Country,
) -> None:
    group = {"code": "musiman", "name": "Musiman"}
    made = (await call(country, "POST", "/management/categories", group)).json()
    child = {"code": "mudik", "name": "Mudik", "parent_id": made["id"]}
    one = (await call(country, "POST", "/management/categories", child)).json()
    number = await country.report()

    async def offered() -> bool:
        categories = (await country.get("admin.kab.bandung", "/categories")).json()["items"]
        return "mudik" in {choice["code"] for choice in categories}

    assert await offered()
    path = f"/management/categories/{made['id']}"
    assert (await call(country, "PATCH", path, {"active": False})).status_code == 200
    assert not await offered()
    form = country.verification(category_id=one["id"])
    refused = await country.act("admin.kab.bandung", number, "verify", form)
    assert refused.json()["errors"][0]["field"] == "category_id"
    query = "SELECT active FROM routing.published_category WHERE code = 'mudik'"
    assert await country.one(query) is False
    await call(country, "PATCH", path, {"active": True})
    assert await offered()
    await country.done("admin.kab.bandung", number, "verify", form)
