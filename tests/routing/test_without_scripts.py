"""What a page does by itself, where no script helps: categories are searched for in a step."""

from typing import Any

from tests.routing.country import Country
from tests.routing.panel import Panel, signed_in

ADMIN = "admin.kab.bandung"


def offered(panel: Panel, name: str = "category_id") -> list[str]:
    """The categories to choose from."""
    options: list[Any] = panel.page.xpath(f"//select[@name='{name}']//option[@value!='']")
    return [" ".join(option.text_content().split()) for option in options]


async def test_a_category_is_found_by_what_people_call_it_without_scripts(
    country: Country,
) -> None:
    number = await country.report()
    path = f"/panel/laporan/{number}/verify"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(path)
        everything = offered(panel)
        typed = {"langkah": "cari", "title": "Judul yang diketik"}
        assert await panel.sends(path, **typed, category_id_cari="PJU") == 200
        assert offered(panel) == ["Penerangan Jalan"]
        assert "1 kategori cocok." in panel.reads
        assert panel.page.xpath("//input[@name='title']/@value") == ["Judul yang diketik"]
        [chosen] = panel.page.xpath("//select[@name='category_id']//option[@value!='']/@value")
        assert await panel.sends(path, category_id=chosen, category_id_cari="bansos") == 200
        assert "Penerangan Jalan" in offered(panel)
        assert 1 < len(offered(panel)) < len(everything)
        assert await panel.sends(path, **typed, category_id_cari="hippopotamus") == 200
        assert offered(panel) == everything
        assert "Tidak ada kategori yang cocok. Coba kata lain." in panel.reads


async def test_a_title_that_is_also_a_label_stays_as_it_is_in_english(country: Country) -> None:
    for title in ("Terlambat", "Ditahan", "Salinan"):
        await country.report(title=title)
    async with signed_in(country, ADMIN) as panel:
        panel.http.headers["accept-language"] = "en"
        for path in ("/panel?tab=unverified&order=newest", "/panel/tugas"):
            await panel.opens(path)
            titles = [each.text_content() for each in panel.page.xpath("//li//h2/a")]
            assert {"Terlambat", "Ditahan", "Salinan"} <= {*titles}, path


async def test_a_name_in_another_script_is_cut_off_at_its_end(country: Country) -> None:
    """A browser cuts off at the end of the direction of writing that the element has."""
    async with signed_in(country, "admin.kab.bandung") as panel:
        await panel.opens("/panel/tugas")
        [name] = panel.page.xpath("//*[@class='who']/a")
        assert name.get("dir") == "auto"
