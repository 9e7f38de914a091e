"""Of agencies that are meant equally well by what was typed, the nearest come first."""

import pytest

from tests.routing.country import Country
from tests.routing.test_finding_agencies import ADMIN, COORDINATOR, PUSAT, offered

DISDUKCAPIL = "Dinas Kependudukan dan Pencatatan Sipil"


async def first(country: Country, who: str, q: str, **asked: object) -> str:
    return str((await offered(country, who, q, **asked))["items"][0]["name"])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("disdukcapil smrng", f"{DISDUKCAPIL} Kota Semarang"),
        ("dkcapil mkssr", f"{DISDUKCAPIL} Kota Makassar"),
        ("disdukcapil bks", f"{DISDUKCAPIL} Kota Bekasi"),
        ("dukcapil jypr", f"{DISDUKCAPIL} Kota Jayapura"),
        ("dinas kpndudukan kota bndg", f"{DISDUKCAPIL} Kota Bandung"),
        ("dns kshtn kota smrng", "Dinas Kesehatan Kota Semarang"),
        # No such office is there: what is there comes before that office elsewhere.
        ("disdik kota smrng", "Pemerintah Kota Semarang"),
        ("disdukcapil gwa", "Pemerintah Kabupaten Gowa"),
    ],
)
async def test_a_place_of_which_letters_are_missing_is_before_all_others(
    country: Country, words: str, name: str
) -> None:
    assert await first(country, ADMIN, words) == name


async def test_the_word_that_is_spelt_most_nearly_so_comes_first(country: Country) -> None:
    """ "Dinas Kesehatan Kabupaten Bandung" is before it in the alphabet."""
    assert await first(country, PUSAT, "dinkes kota smarang") == "Dinas Kesehatan Kota Semarang"


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (ADMIN, f"{DISDUKCAPIL} Kabupaten Bandung"),
        ("petugas.pupr.kab.bandung", f"{DISDUKCAPIL} Kabupaten Bandung"),
        ("petugas.disdukcapil.kota.makassar", f"{DISDUKCAPIL} Kota Makassar"),
    ],
)
async def test_without_a_place_those_beside_the_own_agency_come_first_then_its_province(
    country: Country, who: str, name: str
) -> None:
    names = [item["name"] for item in (await offered(country, who, "disdukcapil"))["items"]]
    assert names[0] == name
    if who != "petugas.disdukcapil.kota.makassar":
        assert set(names[1:3]) == {f"{DISDUKCAPIL} Kota {city}" for city in ("Bandung", "Bekasi")}


async def test_for_who_is_above_all_those_of_the_reports_place_come_first(
    country: Country,
) -> None:
    number = await country.report()
    place = "UPDATE lifecycle.report SET region_code = :code WHERE number = :n"
    for code, city in (("73.71.01", "Makassar"), ("33.74", "Semarang")):
        await country.rows(place, code=code, n=number)
        asked = {"report": number, "purpose": "verify"}
        assert await first(country, PUSAT, "disdukcapil", **asked) == f"{DISDUKCAPIL} Kota {city}"
    await country.rows(place, code="32.75", n=number)
    own = await first(country, COORDINATOR, "disdukcapil", report=number, purpose="throw")
    assert own == f"{DISDUKCAPIL} Kota Bekasi"


async def test_a_refused_verification_that_names_nothing_that_exists_is_no_defect(
    country: Country,
) -> None:
    number = await country.report()
    await country.done(ADMIN, number, "archive", {"category": "incomplete", "note": "Ya."})
    form = country.verification() | {"agency_id": 2**31 - 1}
    answer = await country.act(ADMIN, number, "verify", form)
    assert answer.status_code in (404, 409, 422), answer.text
