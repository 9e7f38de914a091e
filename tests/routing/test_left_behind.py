"""No request and nobody is left behind by what becomes of an agency."""

from typing import Any

import pytest

from tests.routing.country import Country
from tests.routing.test_managing_agencies import COORDINATOR, PUSAT, call, create, person

ADMIN = "admin.kab.bandung"


async def waiting(country: Country, code: str) -> tuple[int, str]:
    """A report of a new unit that waits for the regency's decision; the request's id."""
    await create(country, code)
    await person(country, f"admin.{code}", code, "agency_admin")
    number = await country.verified(unit=code)
    form = {"suggested_agency_id": country.agencies["kemensos"], "reason": "Bukan wewenang kami."}
    asked = await country.done(f"admin.{code}", number, "not-authority", form)
    return number, asked["command_id"]


async def test_an_agency_moves_once_those_above_have_decided(country: Country) -> None:
    number, request_id = await waiting(country, "dinas-minta")
    path = f"/agencies/{country.agencies['dinas-minta']}"
    change = {"parent_id": country.agencies["kota-bandung"]}
    refused = await call(country, COORDINATOR, "PATCH", path, change)
    assert (refused.status_code, refused.json()["code"]) == (409, "requests_left_behind")
    assert (
        f"Laporan nomor {number} menunggu keputusan Pemerintah Kabupaten Bandung"
        in (refused.json()["detail"])
    )
    form = {"reason": "Tetap pada dinas ini."}
    await country.done(ADMIN, number, f"requests/{request_id}/reject", form)
    moved = await call(country, COORDINATOR, "PATCH", path, change)
    assert moved.status_code == 200, moved.text


async def test_what_is_decided_within_the_moving_part_moves_along(country: Country) -> None:
    await create(country, "dinas-utuh")
    await person(country, "admin.dinas.utuh", "dinas-utuh", "agency_admin")
    await create(country, "bidang-utuh", "dinas-utuh")
    await person(country, "admin.bidang.utuh", "bidang-utuh", "agency_admin")
    number = await country.verified(unit="dinas-utuh")
    below = {"agency_id": country.agencies["bidang-utuh"]}
    await country.done("admin.dinas.utuh", number, "forward", below)
    form = {"suggested_agency_id": country.agencies["kemensos"], "reason": "Bukan wewenang kami."}
    asked = await country.done("admin.bidang.utuh", number, "not-authority", form)
    change = {"parent_id": country.agencies["kota-bandung"]}
    path = f"/agencies/{country.agencies['dinas-utuh']}"
    moved = await call(country, COORDINATOR, "PATCH", path, change)
    assert moved.status_code == 200, moved.text
    rejected = f"requests/{asked['command_id']}/reject"
    await country.done("admin.dinas.utuh", number, rejected, {"reason": "Tetap."})


@pytest.mark.parametrize("how", ["handover", "removal"])
async def test_reports_are_taken_over_where_the_decision_still_counts(
    country: Country, how: str
) -> None:
    await waiting(country, f"dinas-{how}")
    giver = country.agencies[f"dinas-{how}"]

    async def give(to: str) -> Any:
        taker = country.agencies[to]
        if how == "removal":
            path = f"/agencies/{giver}?successor_id={taker}"
            return await call(country, COORDINATOR, "DELETE", path)
        form = {"kind": "reports", "from_id": giver, "to_id": taker}
        return await call(country, COORDINATOR, "POST", "/handovers", form)

    beside = await give("pupr-kota-bandung" if how == "handover" else "kota-bandung")
    assert (beside.status_code, beside.json()["code"]) == (409, "requests_left_behind")
    assert (await give("dinkes-kab-bandung")).is_success


async def test_somebody_of_a_removed_agency_comes_back_at_another(country: Country) -> None:
    gone = await create(country, "dinas-bubar")
    staff_id = await person(country, "petugas.bubar", "dinas-bubar", "liaison_officer")
    assert (await call(country, COORDINATOR, "DELETE", f"/agencies/{gone}")).status_code == 200
    path = f"/staff/{staff_id}/restore"
    alone = await call(country, COORDINATOR, "POST", path)
    assert alone.json()["errors"][0]["code"] == "agency_out_of_reach"
    beyond = {"agency_id": country.agencies["kemensos"]}
    refused = await call(country, COORDINATOR, "POST", path, beyond)
    assert refused.json()["errors"][0]["field"] == "agency_id"
    there = {"agency_id": country.agencies["dinkes-kab-bandung"]}
    back = await call(country, COORDINATOR, "POST", path, there)
    assert back.status_code == 200, back.text
    assert back.json()["person"]["agency_id"] == there["agency_id"]
    assert back.json()["person"]["active"]


async def test_pusats_people_come_back_at_pusat_alone(country: Country) -> None:
    form = {
        "username": "pusat.kembali",
        "name": "Pusat Kembali",
        "role": "central_admin",
        "agency_id": country.agencies["pusat"],
    }
    made = (await call(country, PUSAT, "POST", "/staff", form)).json()["person"]
    assert (await call(country, PUSAT, "DELETE", f"/staff/{made['id']}")).status_code == 204
    elsewhere = {"agency_id": country.agencies["jabar"]}
    refused = await call(country, PUSAT, "POST", f"/staff/{made['id']}/restore", elsewhere)
    assert refused.json()["errors"][0]["code"] == "role_of_pusat"


async def test_somebody_out_of_reach_is_as_unknown_as_nobody(country: Country) -> None:
    beyond = country.staff["admin.kemensos"].id
    codes = {
        (await call(country, COORDINATOR, "GET", f"/staff/{staff_id}")).json()["code"]
        for staff_id in (beyond, 2_000_000_000)
    }
    assert codes == {"person_not_found"}
