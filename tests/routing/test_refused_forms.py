"""Who may never do a thing is shown no form for it."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import Panel, signed_in

ADMIN, OFFICER, BESIDE = "admin.kab.bandung", "petugas.pupr.kab.bandung", "admin.kemensos"


def forms(panel: Panel) -> list[str]:
    """What is drawn of an action's form."""
    return [str(action) for action in panel.page.xpath("//main//form/@action")]


@pytest.mark.parametrize("action", ["verify", "throw", "forward", "archive", "close", "hold"])
async def test_an_officer_is_shown_no_form_of_what_admins_do(country: Country, action: str) -> None:
    number = await country.verified()
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(f"/panel/laporan/{number}/{action}")
        assert "Tindakan ini tidak dilakukan oleh Pejabat Penghubung." in panel.reads
        assert forms(panel) == []
        await panel.opens(f"/panel/laporan/{number}/follow_up")
        assert f"/panel/laporan/{number}/follow_up" in forms(panel)


async def test_who_reads_a_copy_is_shown_no_form(country: Country) -> None:
    number = await country.verified()
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})
    async with signed_in(country, BESIDE) as panel:
        await panel.opens(f"/panel/laporan/{number}/forward")
        assert "Anda membaca salinan laporan ini" in panel.reads
        assert forms(panel) == []


async def test_a_form_stays_where_the_report_is_not_at_that_point_now(country: Country) -> None:
    number = await country.verified()
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}/restore")
        assert "Tindakan ini sekarang tidak dapat dilakukan" in panel.reads
        assert f"/panel/laporan/{number}/restore" in forms(panel)
