"""Addresses of the panel that somebody wrote by hand, or that a program mangled."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN = "admin.kab.bandung"


@pytest.mark.parametrize(
    "path",
    [
        *("laporan/10000001abc", "laporan/1_000", "laporan/-5", "laporan/0", f"laporan/{'9' * 30}"),
        *("laporan/10000001.0/verify", "instansi/99999999999999", "instansi/abc", "pengguna/abc"),
    ],
)
async def test_an_odd_number_is_of_no_page(country: Country, path: str) -> None:
    async with signed_in(country, ADMIN) as panel:
        answer = await panel.http.get(f"/panel/{path}")
        assert answer.status_code == 404, answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert "Tidak ditemukan" in answer.text


async def test_statistics_keep_the_agency_and_the_period_of_their_address(country: Country) -> None:
    async with signed_in(country, ADMIN) as panel:
        answer = await panel.http.get("/panel/statistik?agency=7&from=2026-01-01&to=2026-02-01")
        assert answer.headers["location"] == (
            "/panel/statistik/pengelolaan?agency=7&from=2026-01-01&to=2026-02-01"
        )


async def test_words_too_long_to_search_agencies_by_are_said_to_be(country: Country) -> None:
    number = await country.report()
    too_long, says = "dinas " * 40, "Paling banyak 100 karakter."
    async with signed_in(country, ADMIN) as panel:
        answer = await panel.http.get("/panel/cari/instansi", params={"q": too_long})
        assert answer.json() == {"items": [], "status": says}
        path = f"/panel/laporan/{number}/throw"
        await panel.opens(path)
        sent = {"agency_id_cari": too_long, "note": "Catatan", "langkah": "cari"}
        assert await panel.sends(path, **sent) == 200
        assert says in panel.reads
        assert panel.page.xpath("//textarea[@name='note']")[0].text.strip() == "Catatan"


@pytest.mark.parametrize("number", ["2147483648", "9" * 18, "9" * 30])
async def test_an_agency_of_a_number_too_large_is_unknown_and_not_called_no_number(
    country: Country, number: str
) -> None:
    report = await country.report()
    async with signed_in(country, ADMIN) as panel:
        path = f"/panel/laporan/{report}/throw"
        await panel.opens(path)
        assert await panel.sends(path, agency_id=number, note="Catatan", langkah="kirim") == 422
        assert "Instansi tidak dikenal." in panel.reads
        for address in ("laporan", "statistik/pengelolaan", "pengguna", "unduhan"):
            await panel.opens(f"/panel/{address}?agency={number}&agency_id={number}")
            assert "Harus berupa angka" not in panel.reads
