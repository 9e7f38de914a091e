"""Somebody who moved away or left is still named, marked, and hands the work over."""

import pytest

from tests.routing.country import Country
from tests.routing.test_managing_agencies import COORDINATOR, call, create, person
from tests.routing.test_who_decides import handing_over
from workflows.handovers import HandingOver

__all__ = ["handing_over"]


@pytest.mark.parametrize("how", ["moved", "left"])
async def test_the_work_of_who_is_gone_is_shown_marked_and_handed_to_a_colleague(
    country: Country,
    handing_over: HandingOver,
    how: str,
) -> None:
    unit = await create(country, f"unit-{how}")
    await create(country, f"unit-baru-{how}")
    gone = await person(country, f"petugas.{how}", f"unit-{how}", "liaison_officer")
    colleague = await person(country, f"rekan.{how}", f"unit-{how}", "liaison_officer")
    elsewhere = await person(country, f"lain.{how}", f"unit-baru-{how}", "liaison_officer")
    number = await country.verified(unit=f"unit-{how}")
    await country.rows(
        "UPDATE lifecycle.report SET assignee_id = :id WHERE number = :n", id=gone, n=number
    )
    before = (await country.seen(f"rekan.{how}", number))["assignee"]
    assert (before["id"], before["here"]) == (gone, True)

    path = f"/staff/{gone}"
    if how == "left":
        assert (await call(country, COORDINATOR, "DELETE", path)).status_code == 204
    else:
        change = {"agency_id": country.agencies[f"unit-baru-{how}"]}
        moved = await call(country, COORDINATOR, "PATCH", path, change)
        assert moved.status_code == 200, moved.text
    after = (await country.seen(f"rekan.{how}", number))["assignee"]
    assert (after["id"], after["name"], after["here"]) == (gone, f"petugas.{how}", False)
    assert (await call(country, COORDINATOR, "GET", path)).json()["assigned"] == 1
    duties = (await call(country, COORDINATOR, "GET", f"/handovers/duties/{gone}")).json()
    assert [(agency["agency_id"], agency["reports"]) for agency in duties["agencies"]] == [
        (unit, 1)
    ]

    form = {"kind": "assignments", "from_id": gone, "to_id": elsewhere}
    if how == "left":  # who still works with the person may take over, with nothing to take
        refused = await call(country, COORDINATOR, "POST", "/handovers", form)
        assert refused.json()["errors"][0]["code"] == "not_a_colleague"
    asked = await call(country, COORDINATOR, "POST", "/handovers", form | {"to_id": colleague})
    assert (asked.status_code, asked.json()["total"]) == (202, 1), asked.text
    await handing_over.once()
    now = (await country.seen(f"rekan.{how}", number))["assignee"]
    assert (now["id"], now["here"]) == (colleague, True)
    assert (await call(country, COORDINATOR, "GET", path)).json()["assigned"] == 0


async def test_duties_of_somebody_out_of_reach_are_as_unknown_as_nobody_s(country: Country) -> None:
    beyond = country.staff["admin.kemensos"].id
    for staff_id in (beyond, 2_000_000_000):
        answer = await call(country, COORDINATOR, "GET", f"/handovers/duties/{staff_id}")
        assert answer.json()["code"] == "person_not_found"
