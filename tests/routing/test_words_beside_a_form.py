"""Beside a form and above a list: who wrote what, and each word in its own sense."""

from tests.routing.country import Country
from tests.routing.panel import Panel, signed_in
from tests.routing.test_owed import FOLLOW_UP, UNIT, followed

ADMIN, OFFICER = "admin.kota.bandung", "petugas.disdukcapil.kota.bandung"


async def test_who_answers_sees_who_wrote_what_and_which_of_it_is_internal(
    country: Country,
) -> None:
    number = await country.verified("kota-bandung", UNIT)
    await followed(country, OFFICER, number, "follow-ups", FOLLOW_UP)
    await followed(country, ADMIN, number, "coordination", {"note": "Hubungi Bu Siti."})
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(f"/panel/laporan/{number}/follow_up")
        answer, note = panel.page.xpath("//aside//article/header")
    assert answer.text_content().startswith(country.staff[OFFICER].name)
    assert not answer.find_class("flag")
    assert note.text_content().startswith(country.staff[ADMIN].name)
    assert [flag.text for flag in note.find_class("flag")] == ["Internal"]


async def test_a_tab_and_a_clock_keep_their_own_words_in_english(country: Country) -> None:
    """In Indonesian an outcome, an action or a clock has the same word."""
    await country.report("kota-bandung")
    async with signed_in(country, ADMIN) as panel:
        panel.http.headers["Accept-Language"] = "en"
        await panel.opens("/panel?tab=unverified")
        tabs = panel.page.xpath("//nav[@data-counts]")[0].text_content()
        clocks = {each.text_content().split(":")[0] for each in panel.page.find_class("due")}
    assert {"Closed", "Archive", "Requests"} <= {tab.rstrip("0123456789. ") for tab in tabs.split()}
    assert clocks == {"Verification"}


async def test_what_is_wrong_is_called_as_its_field_is(country: Country) -> None:
    """In English, where two that have one word in Indonesian may have two."""
    fresh = await country.report("kota-bandung")
    handed = await country.verified("kota-bandung", UNIT)
    alone = {"langkah": "kirim"}
    wrong = {
        f"{fresh}/verify": {"agency_id_cari": "sungai", "title": ""},
        f"{fresh}/throw": {},
        f"{fresh}/defer": {},
        f"{fresh}/archive": {},
        f"{fresh}/coordinate": {},
        f"{fresh}/request_not_authority": {},
        f"{handed}/forward": {},
        f"{handed}/amend": {"title": "", "body": ""},
        f"{handed}/follow_up": {},
    }
    async with signed_in(country, ADMIN) as panel:
        panel.http.cookies.set("lapor_bahasa", "en")
        for path, fields in wrong.items():
            await panel.opens(f"/panel/laporan/{path}")
            assert await panel.sends(f"/panel/laporan/{path}", **alone | fields) == 422, path
            _is_called_as_its_field(panel)
        await panel.opens(f"/panel/massal?jenis=archive&nomor={fresh}")
        assert await panel.sends("/panel/massal/archive", langkah="periksa") == 422
        _is_called_as_its_field(panel)


def _is_called_as_its_field(panel: Panel) -> None:
    """The summary of what is wrong, each line of which leads to its field."""
    lines = panel.page.xpath("//div[@class='errors']//li/a")
    assert lines
    for line in lines:
        field = line.get("href")[1:]
        names = panel.page.xpath(f"//*[@id='{field}']/legend | //label[@for='{field}']")
        assert names[0].text.strip() == line.text, panel.path
