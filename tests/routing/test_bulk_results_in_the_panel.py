"""What became of many is read from its page, which leads on to each and back to the list."""

import asyncio
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


async def test_in_the_list_one_goes_back_to_only_what_failed_is_chosen(country: Country) -> None:
    changed, archived = await country.report(), await country.report()
    listed = "/panel?tab=unverified&pilih=cocok"
    words = {"category": "incomplete", "note": "Tidak ada alamat."}
    query = urlencode({"jenis": "archive", "nomor": [changed, archived], "kembali": listed}, True)
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/massal?{query}")
        await presses(panel, "/panel/massal/archive", "periksa", **words)
        await country.done(ADMIN, changed, "archive", words)
        await presses(panel, "/panel/massal/archive", "kirim")
        result = panel.path
        async with asyncio.timeout(60):
            while "menunggu" in panel.reads:
                await panel.opens(result)
        assert link_of(panel, "← Kembali ke daftar") == f"/panel?tab=unverified&pilih={changed}"


async def test_of_what_a_colleague_changed_it_is_said_how_it_is_now(country: Country) -> None:
    changed, verified = await country.report(), await country.verified()
    words = {"category": "incomplete", "note": "Tidak ada alamat."}
    path = "/panel/massal/archive"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/massal?jenis=archive&nomor={changed}&nomor={verified}")
        await presses(panel, path, "periksa", **words)
        assert "Status sekarang: Terverifikasi." in panel.reads
        assert "Muat ulang" not in panel.reads
        await country.done(ADMIN, changed, "archive", words)
        await presses(panel, path, "kirim")
        result = panel.path
        async with asyncio.timeout(60):
            while "menunggu" in panel.reads:
                await panel.opens(result)
        assert "Diubah orang lain setelah diperiksa." in panel.reads
        assert "Status sekarang: Diarsipkan" in panel.reads
        assert "Muat ulang" not in panel.reads
        assert link_of(panel, f"#{changed}") == f"/panel/laporan/{changed}"
