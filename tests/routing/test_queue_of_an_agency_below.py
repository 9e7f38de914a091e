"""A list is narrowed to any agency below, however many there are and however deep it stands."""

import pytest

from services.routing.directory import queue_choices
from tests.routing.country import Country
from tests.routing.panel import signed_in

ABOVE = "admin.jabar"
UNIT = "Dinas Perhubungan Kabupaten Bandung"


async def test_every_level_below_is_offered(country: Country) -> None:
    agency = country.agencies["dishub-kab-bandung"]
    async with signed_in(country, ABOVE) as panel:
        await panel.opens("/panel?tab=all&scope=below")
        options = panel.page.xpath("//select[@name='agency']/option[normalize-space()=$n]", n=UNIT)
        assert [option.get("value") for option in options] == [str(agency)]


async def test_where_there_are_too_many_they_are_searched_for_without_scripts(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_choices, "MOST_AGENCIES", 3)
    agency = country.agencies["dishub-kab-bandung"]
    async with signed_in(country, ABOVE) as panel:
        await panel.opens("/panel?tab=closed&scope=below")
        assert not panel.page.xpath("//select[@name='agency']")
        assert await panel.sends("/panel", agency_cari="dishub kab bandung") == 200
        assert "tab=closed" in panel.path
        assert panel.page.xpath(
            "//details[@open]//input[@name='agency' and @value=$a]", a=str(agency)
        )
        assert await panel.sends("/panel", agency=str(agency)) == 200
        assert f"Instansi: {UNIT}" in panel.reads
        assert "agency_cari" not in panel.path
