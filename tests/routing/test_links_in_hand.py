"""One-time links in somebody's hand end when that person may no longer manage whom they are of."""

import io
from typing import Any

from openpyxl import load_workbook

from tests.routing.country import Country
from tests.routing.test_importing import filled, links, send
from tests.routing.test_managing_agencies import create
from tests.routing.test_managing_people import COORDINATOR, PUSAT, call, choose, made


async def imported(country: Country, *usernames: str) -> str:
    """An import by the coordinator of people of Kabupaten Bandung."""
    people = [[name, name.title(), "Admin Instansi", "kab-bandung"] for name in usernames]
    run = await send(country, await filled(country, [], people), dry_run=False)
    assert run["state"] == "done", run
    return str(run["id"])


async def tokens(country: Country, import_id: str) -> dict[str, str]:
    """User name to the token of the link that the coordinator gets."""
    answer = await links(country, import_id)
    assert answer.status_code == 200, answer.text
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return {str(row[0]): str(row[2]).split("kunci=")[1] for row in rows}


async def change(country: Country, username: str, **to: Any) -> None:
    query = "SELECT id FROM routing.staff WHERE username = :name"
    staff_id = await country.one(query, name=username)
    answer = await call(country, PUSAT, "PATCH", f"/staff/{staff_id}", to)
    assert answer.status_code == 200, answer.text


async def test_who_imported_somebody_gets_links_only_while_managing_them(country: Country) -> None:
    names = ("impor.tetap", "impor.pindah", "impor.naik")
    run = await imported(country, *names)
    first = await tokens(country, run)
    assert set(first) == set(names)

    await change(country, "impor.pindah", agency_id=country.agencies["kemensos"])
    to_pusat = {"role": "central_admin", "agency_id": country.agencies["pusat"]}
    await change(country, "impor.naik", **to_pusat)

    for name in ("impor.pindah", "impor.naik"):
        assert (await choose(country, first[name])).json()["code"] == "password_link_used"
    second = await tokens(country, run)
    assert set(second) == {"impor.tetap"}
    assert (await choose(country, second["impor.tetap"])).status_code == 204


async def test_a_link_ends_with_the_role_or_place_it_was_given_for(country: Country) -> None:
    staff_id, token = await made(country, "dewi.naik")
    await change(country, "dewi.naik", name="Dewi Lestari Naik")
    assert (await call(country, COORDINATOR, "GET", f"/staff/{staff_id}")).json()["link_until"]
    await change(country, "dewi.naik", role="agency_admin")
    assert (await choose(country, token)).json()["code"] == "password_link_used"
    seen = (await call(country, COORDINATOR, "GET", f"/staff/{staff_id}")).json()
    assert (seen["has_password"], seen["link_until"]) == (False, None)


async def test_links_end_where_an_agency_moves_away(country: Country) -> None:
    agency_id = await create(country, "dinas-pergi")
    _, token = await made(country, "dewi.pergi", agency_id=agency_id)
    _, beside = await made(country, "dewi.tinggal")
    to = {"parent_id": country.agencies["kemensos"]}
    moved = await call(country, PUSAT, "PATCH", f"/agencies/{agency_id}", to)
    assert moved.status_code == 200, moved.text
    assert (await choose(country, token)).json()["code"] == "password_link_used"
    assert (await choose(country, beside)).status_code == 204
