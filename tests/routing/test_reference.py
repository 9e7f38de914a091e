"""What forms choose from, and the process times that pusat keeps."""

from collections.abc import Mapping

import httpx
import pytest

from deploy.demo.seed import load
from shared.settings import Settings
from tests.routing.conftest import PASSWORD
from tests.routing.country import Country

ADMIN, PUSAT = "admin.kab.bandung", "admin.pusat"


async def test_loading_the_demo_again_changes_nothing_and_is_quick(
    country: Country, settings: Settings
) -> None:
    query = (
        "SELECT (SELECT count(*) FROM routing.agency), (SELECT count(*) FROM routing.staff),"
        " (SELECT count(*) FROM routing.category), (SELECT count(*) FROM routing.tag),"
        " (SELECT count(*) FROM routing.closed_day), (SELECT count(*) FROM routing.policy)"
    )
    before = await country.rows(query)
    shown = await load(settings.database_url, "another")
    assert await country.rows(query) == before
    assert ("admin.kab.bandung", "Admin Instansi, Pemerintah Kabupaten Bandung") in shown
    signed_in = await country.http.post("/sign-in", json={"username": ADMIN, "password": PASSWORD})
    assert signed_in.status_code == 200


async def test_agencies_are_found_by_words_of_their_name_below_another(country: Country) -> None:
    below = country.agencies["jabar"]
    answer = await country.get(ADMIN, "/agencies", q="kesehatan bandung", below=below)
    codes = [agency["code"] for agency in answer.json()["items"]]
    assert codes[:2] == ["dinkes-kab-bandung", "dinkes-kota-bandung"]
    assert "puskesmas-soreang" in codes  # by the place where it stands
    assert "disdik-kab-bandung" not in codes
    one = (await country.get(ADMIN, f"/agencies/{country.agencies['dinkes-kab-bandung']}")).json()
    assert [a["code"] for a in one["ancestors"]] == ["pusat", "jabar", "kab-bandung"]
    assert one["connected"]
    assert (await country.get(ADMIN, "/agencies/999999")).status_code == 404
    assert (await country.get(ADMIN, "/agencies", q="100%")).json()["items"] == []


async def test_agencies_come_in_pages(country: Country) -> None:
    names: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await country.get(ADMIN, "/agencies", limit=40, **cursor)).json()
        names += [agency["name"] for agency in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(names) == len(country.agencies)


async def test_a_verification_chooses_from_one_answer(country: Country) -> None:
    chosen = {"category": country.categories["potholes"], "region": "32.04"}
    offered = (await country.get(ADMIN, "/verification-choices", **chosen)).json()
    potholes = next(
        category for category in offered["categories"] if category["id"] == chosen["category"]
    )
    assert (potholes["group"], potholes["name"]) == (
        "Infrastruktur dan Pekerjaan Umum",
        "Jalan Berlubang",
    )
    assert potholes["group"] not in [category["name"] for category in offered["categories"]]
    assert {tag["name"] for tag in offered["tags"]} == {"lubang", "tambal sulam", "kecelakaan"}
    assert len(offered["programmes"]) == 7
    levels = {level["level"]: level["regions"] for level in offered["regions"]}
    assert list(levels) == ["province", "regency", "district"]
    assert "32.04.05" in [region["code"] for region in levels["district"]]
    without = (await country.get(ADMIN, "/verification-choices")).json()
    assert without["tags"] == []
    assert [level["level"] for level in without["regions"]] == ["province"]


async def test_the_lists_of_the_forms(country: Country) -> None:
    categories = (await country.get(ADMIN, "/categories")).json()["items"]
    assert "Infrastruktur dan Pekerjaan Umum › Jalan Berlubang" in [c["name"] for c in categories]
    assert "infrastructure" not in [c["code"] for c in categories]
    tags = await country.get(ADMIN, "/tags", category=country.categories["potholes"])
    assert {tag["name"] for tag in tags.json()["items"]} == {"lubang", "tambal sulam", "kecelakaan"}
    assert len((await country.get(ADMIN, "/programmes")).json()["items"]) == 7
    assert len((await country.get(ADMIN, "/archive-categories")).json()["items"]) == 8
    assert len((await country.get(ADMIN, "/deferral-kinds")).json()["items"]) == 2
    staff = (await country.get(ADMIN, "/staff")).json()["items"]
    assert {"Admin Instansi", "Admin Koordinator"} <= {person["role_label"] for person in staff}
    beside = await country.get(ADMIN, "/staff", agency=country.agencies["kota-bandung"])
    assert beside.status_code == 404


async def test_pusat_sets_process_times_of_the_nation_and_of_an_agency(country: Country) -> None:
    week = {"amount": 7, "unit": "calendar_days"}
    of_jabar = {"agency_id": country.agencies["jabar"], "follow_up": week}
    assert (await put(country, ADMIN, "/policy", of_jabar)).status_code == 403
    answer = await put(country, PUSAT, "/policy", of_jabar)
    assert answer.status_code == 200, answer.text
    policy = (await country.get(ADMIN, "/policy")).json()
    assert policy["follow_up"] == week
    assert policy["verification"] == {"amount": 3, "unit": "working_days"}
    assert policy["version"] == answer.json()["version"]
    assert (await country.get("admin.kemensos", "/policy")).json()["follow_up"]["amount"] == 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"items": [{"day": "2031-03-19", "name": "Nyepi"}]}, "day_of_another_year"),
        ({"items": [{"day": "2030-03-05", "name": "Nyepi"}] * 2}, "days_repeated"),
        ({"items": [{"day": "2030-02-30", "name": "Nyepi"}]}, "date_parsing"),
    ],
)
async def test_a_calendar_that_makes_no_sense_is_refused(
    country: Country, body: dict[str, object], code: str
) -> None:
    answer = await put(country, PUSAT, "/closed-days/2030", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code


async def test_pusat_decrees_joint_leave(country: Country) -> None:
    days = {
        "items": [
            {"day": "2030-03-05", "name": "Nyepi"},
            {"day": "2030-03-06", "name": "Cuti Bersama Nyepi"},
        ]
    }
    assert (await put(country, ADMIN, "/closed-days/2030", days)).status_code == 403
    assert (await put(country, PUSAT, "/closed-days/2030", days)).json() == days
    fewer = {"items": days["items"][:1]}
    assert (await put(country, PUSAT, "/closed-days/2030", fewer)).json() == fewer
    assert (await country.get(ADMIN, "/closed-days/2030")).json() == fewer


async def put(country: Country, who: str, path: str, body: Mapping[str, object]) -> httpx.Response:
    return await country.http.put(path, json=body, headers=country.header(who))
