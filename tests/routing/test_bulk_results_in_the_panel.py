"""What became of many is read from its page, which leads on to each and back to the list."""

from urllib.parse import urlencode

from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_bulk_in_the_panel import ADMIN, link_of, presses


async def test_from_the_result_one_goes_back_to_the_list_they_were_chosen_in(
    country: Country,
) -> None:
    number = await country.report()
    listed = "/panel?tab=unverified&order=newest"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(listed)
        await panel.opens(link_of(panel, "Tindakan massal terakhir"))
        assert link_of(panel, "← Kembali ke daftar") == listed
        query = urlencode({"jenis": "archive", "nomor": number, "kembali": listed})
        await panel.opens(f"/panel/massal?{query}")
        words = {"category": "incomplete", "note": "Tidak ada alamat."}
        await presses(panel, "/panel/massal/archive", "periksa", **words)
        await presses(panel, "/panel/massal/archive", "kirim")
        assert panel.path.startswith("/panel/massal/hasil/")
        assert link_of(panel, "← Kembali ke daftar") == listed
        await panel.opens(link_of(panel, "Tindakan massal terakhir"))
        assert link_of(panel, "← Kembali ke daftar") == listed
        await panel.opens(link_of(panel, "Arsipkan: 1 laporan"))
        assert link_of(panel, "← Kembali ke daftar") == listed
