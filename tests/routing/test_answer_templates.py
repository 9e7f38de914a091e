"""Agencies keep templates of answers; staff begin an answer with one, filled in for the report."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from services.routing.directory.answer_templates import MOST
from services.routing.template_fields import FIELDS
from shared.labels.dates import long_day
from tests.routing.country import Country
from tests.routing.panel import signed_in

PATH = "/management/answer-templates"
ADMIN, OFFICER = "admin.kab.bandung", "petugas.pupr.kab.bandung"
BESIDE = "admin.kota.bandung"
ALL = "; ".join(f"{name}={{{name}}}" for name in FIELDS)


@pytest.fixture(autouse=True)
async def none_kept(country: Country) -> None:
    await country.rows("DELETE FROM routing.answer_template")


async def keep(country: Country, who: str, name: str, text: str, **form: Any) -> httpx.Response:
    params = {"agency_id": form.pop("agency_id")} if "agency_id" in form else {}
    body = {"name": name, "text": text} | form
    header = country.header(who)
    return await country.http.post(PATH, json=body, headers=header, params=params)


async def offered(country: Country, who: str, number: int, **params: Any) -> dict[str, Any]:
    answer = await country.get(who, f"/reports/{number}/answer-templates", **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_admins_keep_templates_and_every_change_is_logged(country: Country) -> None:
    kept = await keep(country, ADMIN, "Sedang dikerjakan", "Laporan {nomor} kami kerjakan.")
    assert kept.status_code == 201, kept.text
    again = await keep(country, ADMIN, "Sedang dikerjakan", "Lagi")
    assert [(e["field"], e["code"]) for e in again.json()["errors"]] == [("name", "taken")]
    assert (await keep(country, OFFICER, "Dari petugas", "Halo")).status_code == 403
    assert (await keep(country, ADMIN, "x" * 81, "Halo")).status_code == 422
    assert (await keep(country, ADMIN, "Panjang", "x" * 4001)).status_code == 422
    unknown = await keep(country, ADMIN, "Salah", "Halo", category_id=2**31 - 1)
    assert unknown.json()["errors"][0]["field"] == "category_id"

    one, header = f"{PATH}/{kept.json()['id']}", country.header(ADMIN)
    changed = {"name": "Dikerjakan", "text": "Laporan {nomor} kami kerjakan."}
    assert (await country.http.put(one, json=changed, headers=header)).status_code == 200
    assert (await country.http.put(one, json=changed, headers=header)).status_code == 200
    assert (await country.http.delete(one, headers=country.header(BESIDE))).status_code == 404
    assert (await country.http.delete(one, headers=header)).status_code == 204
    assert (await country.get(ADMIN, one)).status_code == 404
    logged = await country.rows(
        "SELECT action, agency_id, details FROM routing.management_log"
        " WHERE kind = 'answer_template' AND subject_id = :id ORDER BY id",
        id=kept.json()["id"],
    )
    assert [line.action for line in logged] == ["create", "change", "remove"]
    assert {line.agency_id for line in logged} == {country.agencies["kab-bandung"]}
    assert logged[1].details["name_changed"] == ["Sedang dikerjakan", "Dikerjakan"]


@pytest.mark.parametrize("wrong", ["{nama}", "{Nomor}", "{nomor", "nomor}", "{}", "{{nomor}}"])
async def test_a_field_that_is_none_is_refused_by_its_name(country: Country, wrong: str) -> None:
    refused = await keep(country, ADMIN, "Salah", f"Laporan {wrong} {{judul}}")
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("text", "template_field_unknown")
    assert "{tenggat}" in error["message"]
    assert wrong == "{{nomor}}" or wrong.removeprefix("nomor") in error["message"]


async def test_those_above_keep_them_for_units_below_and_units_use_them(country: Country) -> None:
    dinas = country.agencies["pupr-kab-bandung"]
    coordinator = next(
        name
        for name, staff in country.staff.items()
        if staff.role == "coordinating_admin"
        and staff.agency_id in country.staff[OFFICER].agency_path
    )
    below = await keep(country, coordinator, "Dari atas", "Halo", agency_id=dinas)
    assert below.json()["agency_id"] == dinas
    assert (await keep(country, ADMIN, "Kabupaten", "Halo", agency_id=dinas)).status_code == 404
    await keep(country, ADMIN, "Kabupaten", "Halo")
    await keep(country, BESIDE, "Kota", "Halo")
    potholes, other = country.categories["potholes"], country.categories["street_lighting"]
    await keep(country, ADMIN, "Lubang", "Halo", category_id=potholes)
    await keep(country, ADMIN, "Lampu", "Halo", category_id=other)
    number = await country.verified()
    seen = await offered(country, OFFICER, number)
    assert [one["name"] for one in seen["items"]] == ["Dari atas", "Kabupaten", "Lubang"]
    assert seen["filled"] is None
    assert [one["name"] for one in (await offered(country, ADMIN, number))["items"]] == [
        "Kabupaten",
        "Lubang",
    ]


async def test_values_are_the_reports_own(country: Country) -> None:
    kept = (await keep(country, ADMIN, "Semua", ALL)).json()
    number = await country.verified(title="Jalan {nomor} rusak")
    text = (await offered(country, OFFICER, number, use=kept["id"]))["filled"]
    values = dict(part.split("=", 1) for part in text.split("; "))
    assert set(values) == set(FIELDS)
    assert values["nomor"] == str(number)
    assert values["judul"] == "Jalan {nomor} rusak"
    assert values["instansi"] == await country.one(
        "SELECT name FROM routing.agency WHERE code = 'pupr-kab-bandung'"
    )
    assert values["petugas"] == country.staff[OFFICER].name
    clocks = (await country.seen(OFFICER, number))["clocks"]
    due = next(clock["due_on"] for clock in clocks if clock["clock"] == "settlement")
    assert values["tenggat"] == long_day(datetime.fromisoformat(due).date())
    anonymous = await country.verified(title="Rahasia saya", anonymous=True)
    text = (await offered(country, OFFICER, anonymous, use=kept["id"]))["filled"]
    assert "Rahasia saya" not in text and "laporan Anda" in text
    await country.http.delete(f"{PATH}/{kept['id']}", headers=country.header(ADMIN))
    assert (await offered(country, OFFICER, number, use=kept["id"]))["filled"] is None


async def test_an_agency_keeps_a_hundred_at_most(country: Country) -> None:
    await country.rows(
        "INSERT INTO routing.answer_template (id, agency_id, name, text)"
        " SELECT gen_random_uuid(), :agency, 'Templat ' || n, 'Halo'"
        " FROM generate_series(2, :most) n",
        agency=country.agencies["kota-bandung"],
        most=MOST,
    )
    assert (await keep(country, BESIDE, "Terakhir", "Halo")).status_code == 201
    assert (await keep(country, BESIDE, "Lagi", "Halo")).json()[
        "code"
    ] == "too_many_answer_templates"


async def test_in_the_panel_a_template_is_kept_and_put_under_what_was_typed(
    country: Country,
) -> None:
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel/templat")
        assert all(f"{{{name}}}" in panel.reads for name in FIELDS)
        fields = {"name": "Periksa", "langkah": "kirim"}
        assert await panel.sends("/panel/templat", text="{nama}", **fields) == 422
        assert "{nama} bukan isian templat" in panel.reads
        assert await panel.sends("/panel/templat", text="No. {nomor} diperiksa.", **fields) == 200
        assert "Templat disimpan" in panel.reads
    number = await country.verified()
    [template] = (await offered(country, OFFICER, number))["items"]
    async with signed_in(country, OFFICER) as panel:
        path = f"/panel/laporan/{number}/follow_up"
        await panel.opens(path)
        use = {"langkah": "templat", "template_id": template["id"]}
        assert await panel.sends(path, text="Terima kasih.", **use) == 200
        words = panel.page.get_element_by_id("f-text").value.strip()
        assert words.split() == f"Terima kasih. No. {number} diperiksa.".split()
        assert "ditambahkan di bawah tulisan Anda" in panel.reads
        assert await panel.sends(path, langkah="templat") == 200
        assert "Pilih templat lebih dulu" in panel.reads
        assert panel.page.get_element_by_id("f-text").value.strip() == words
