"""What stands beside the form of a verification says only what the reporter said."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN, PUSAT = "admin.kab.bandung", "admin.pusat"


@pytest.mark.parametrize("chosen", [True, False])
async def test_an_agency_is_said_to_be_addressed_only_where_one_was_chosen(
    country: Country, chosen: bool
) -> None:
    number = await country.report(None)
    await country.done(PUSAT, number, "throw", {"agency_id": country.agencies["kab-bandung"]})
    if chosen:
        await country.rows(
            "UPDATE lifecycle.report SET suggested_agency_id = :unit WHERE number = :n",
            unit=country.agencies["pupr-kab-bandung"],
            n=number,
        )
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}/verify")
        assert "Kapan" in panel.reads
        assert ("Ditujukan kepadaDinas Pekerjaan Umum" in panel.reads) is chosen
        assert ("Ditujukan kepada" in panel.reads) is chosen
