"""Ways to who reported, for staff without the right to know."""

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
SIGNED = "Jalan depan rumah saya rusak. Hormat saya, Siti Rahmawati, Gang Melati 5."


async def _made_copy(country: Country, number: int) -> None:  # noqa: F811
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})


async def test_a_place_that_the_verifier_took_out_is_gone(country: Country) -> None:  # noqa: F811
    number = await country.report(
        place="Gang Melati 5, rumah saya", latitude=-7.0254, longitude=107.5197
    )
    emptied = country.verification(place=None, latitude=None, longitude=None)
    await country.done(ADMIN, number, "verify", emptied)
    [row] = await country.rows(
        "SELECT place, latitude, longitude FROM lifecycle.report_text WHERE number = :n", n=number
    )
    assert tuple(row) == (None, None, None)
    await country.done(ADMIN, number, "amend", {"place": "Gang Melati"})
    await country.done(ADMIN, number, "amend", {"title": "Jalan rusak di Soreang"})
    assert (await country.seen(ADMIN, number))["place"]["text"] == "Gang Melati"


@pytest.mark.parametrize(("first", "second"), [(False, True), (True, False)])
async def test_an_anonymous_report_is_not_led_to_by_one_with_a_name(
    country: Country,  # noqa: F811
    first: bool,
    second: bool,
) -> None:
    earlier = await country.report(anonymous=first)
    later = await country.report(anonymous=second, linked_number=earlier)
    for who in (ADMIN, "admin.pusat"):
        assert (await country.seen(who, later))["linked_number"] is None
    alike = await country.report(anonymous=first, linked_number=earlier)
    assert (await country.seen(ADMIN, alike))["linked_number"] == earlier


async def test_a_copy_shows_the_correction_and_not_what_the_reporter_signed(
    country: Country,  # noqa: F811
) -> None:
    earlier = await country.report()
    number = await country.report(body=SIGNED, linked_number=earlier)
    correction = country.verification(body="Jalan rusak di sebuah gang di Soreang.")
    await country.done(ADMIN, number, "verify", correction)
    await _made_copy(country, number)
    seen = await country.seen(COPY, number)
    assert seen["by_copy"]
    assert seen["original_body"] == "Jalan rusak di sebuah gang di Soreang."
    assert (seen["body_difference"], seen["linked_number"]) == (None, None)
    assert "Siti" not in str(seen)
    assert "Melati" not in str(seen)
    assert "Siti" in str((await country.seen(ADMIN, number))["body_difference"])
