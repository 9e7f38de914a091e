"""What stands beside the form of a verification says only what the reporter said."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN, PUSAT, UNIT = "admin.kab.bandung", "admin.pusat", "pupr-kab-bandung"


@pytest.mark.parametrize("chosen", [UNIT, None])
async def test_an_agency_is_said_to_be_addressed_only_where_one_was_chosen(
    country: Country, chosen: str | None
) -> None:
    number = await country.report(chosen)
    if not chosen:
        form = {"agency_id": country.agencies["kab-bandung"]}
        await country.done(PUSAT, number, "throw", form)
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}/verify")
        assert "Kapan" in panel.reads
        assert ("Ditujukan kepadaDinas Pekerjaan Umum" in panel.reads) is bool(chosen)
        assert ("Ditujukan kepada" in panel.reads) is bool(chosen)


async def test_the_agency_addressed_is_said_also_where_it_had_the_report_first(
    country: Country,
) -> None:
    number = await country.verified()
    officer = "petugas.pupr.kab.bandung"
    addressee = (await country.seen(officer, number))["addressee"]
    assert addressee["code"] == "kab-bandung"
    async with signed_in(country, officer) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        assert "Ditujukan kepadaPemerintah Kabupaten Bandung" in panel.reads
