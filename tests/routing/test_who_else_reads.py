"""The staff's page says beside each text who else reads it now."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_printing import ADMIN, answered


@pytest.mark.parametrize(
    ("flags", "readers", "label"),
    [
        ({}, ["copy", "public", "reporter"], "Dapat dibaca publik"),
        ({"anonymous": True}, ["copy", "public", "reporter"], "Dapat dibaca publik"),
        ({"secret": True}, ["copy", "reporter"], "Dapat dibaca pelapor"),
    ],
)
async def test_nobody_of_the_public_is_said_to_read_an_answer_to_a_secret_report(
    country: Country, flags: dict[str, bool], readers: list[str], label: str
) -> None:
    number, _ = await answered(country, **flags)
    written = (await country.seen(ADMIN, number))["written"]
    assert [line["read_by"] for line in written if line["action"] == "follow_up"] == [readers]
    async with signed_in(country, ADMIN) as panel:
        assert await panel.opens(f"/panel/laporan/{number}") == 200
        assert label in panel.reads
        assert ("Dapat dibaca publik" in panel.reads) is ("public" in readers)
        await panel.opens(f"/panel/laporan/{number}/rectify")
        assert "dan publik bila tidak rahasia" in panel.reads
