"""Where and when it happened, before an agency in copy: as coarse as for the public."""

from typing import Any

import pytest

from tests.routing.conftest import (  # noqa: F401  fixtures
    country,
    loaded_demo,
    module_database,
    quick_passwords,
    settings,
)
from tests.routing.country import Country

ADMIN = "admin.kab.bandung"
COPY = "admin.kemensos"
VILLAGE, DISTRICT = "32.04.05.2001", "32.04.05"
WHERE: dict[str, Any] = {
    "region_code": VILLAGE,
    "place": "Rumah bercat hijau, gang Melati 4",
    "latitude": -7.025411,
    "longitude": 107.519722,
    "happened_at": "2026-11-20T21:47:00+07:00",
}


@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_copy_leads_to_no_house(country: Country, anonymous: bool) -> None:  # noqa: F811
    number = await country.report(anonymous=anonymous, **WHERE)
    await country.done(ADMIN, number, "verify", country.verification())
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})

    async def copies(**filters: Any) -> list[Any]:
        answer = await country.get(COPY, "/queue", tab="copies", **filters)
        return [row for row in answer.json()["items"] if row["number"] == number]

    shown = DISTRICT if anonymous else VILLAGE
    seen, [row] = await country.seen(COPY, number), await copies()
    place = seen["place"]
    assert (place["region_code"], row["region_code"]) == (shown, shown)
    assert ("Cileunyi Kulon" in place["region"]) is not anonymous
    assert place["text"] == (None if anonymous else WHERE["place"])
    wanted = (-7.03, 107.52) if anonymous else (-7.025, 107.52)
    assert (place["latitude"], place["longitude"]) == wanted
    assert seen["happened_at"] == ("2026-11-20" if anonymous else "2026-11-20T21:00:00+07:00")
    assert await copies(region=DISTRICT)
    assert bool(await copies(region=VILLAGE)) is not anonymous

    handler = await country.seen(ADMIN, number)
    assert (handler["place"]["text"], handler["happened_at"]) == (
        WHERE["place"],
        WHERE["happened_at"],
    )
    assert handler["place"]["latitude"] == WHERE["latitude"]
