"""*Batal* of a form leads back to where its person came from: the list with its place, or the
report."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import Panel, signed_in

ADMIN = "admin.kab.bandung"


def link(panel: Panel, words: str, within: str = "//main") -> str:
    [address] = panel.page.xpath(f"{within}//a[normalize-space()='{words}']/@href")
    return str(address)


def here(panel: Panel) -> list[str]:
    """What the main navigation marks as where one is."""
    marked = panel.page.xpath("//nav[@aria-label='Utama']//a[@aria-current]")
    return [each.text_content() for each in marked]


@pytest.mark.parametrize(
    ("listed", "called"),
    [("/panel?tab=unverified&order=newest", "Kelola Laporan"), ("/panel/tugas", "Tugas Saya")],
)
async def test_a_form_opened_from_a_list_leads_back_to_its_row(
    country: Country, listed: str, called: str
) -> None:
    number = await country.report()
    back = f"{listed}#laporan-{number}"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(listed)
        await panel.opens(link(panel, "Arsipkan", f"//li[@id='laporan-{number}']"))
        assert link(panel, "Batal") == back
        path = f"/panel/laporan/{number}/archive"
        for step in ("kirim", "simpan-draf", "buang-draf"):
            await panel.sends(path, langkah=step, note="")
            assert link(panel, "Batal") == back, step
            assert here(panel) == [called]
        await panel.opens(back)
        assert panel.page.xpath(f"//li[@id='laporan-{number}']")


async def test_a_form_opened_from_its_report_leads_back_to_it(country: Country) -> None:
    number = await country.report()
    report = f"/panel/laporan/{number}"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(report)
        await panel.opens(link(panel, "Arsipkan"))
        assert link(panel, "Batal") == report
        for elsewhere in ("https://x.id/panel", "//x.id/panel", "/panel/akun"):
            await panel.opens(f"{report}/archive?kembali={elsewhere}")
            assert link(panel, "Batal") == report
