"""A search by somebody's phone number or e-mail address stands in no address."""

from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest

from services.portal import sealed_forms
from tests.routing.country import Country
from tests.routing.panel import Panel, signed_in

TOO_LONG = "Paling banyak 200 karakter."
ADMIN = "admin.kab.bandung"
EXPIRED = "Pencarian: pencarian dengan nomor telepon atau surel ini sudah kedaluwarsa. Cari lagi"


async def sent(panel: Panel, words: str) -> httpx.Response:
    """The answer to the form of the list."""
    form = next(each for each in panel.page.forms if each.get("role") == "search")
    data = dict(form.form_values()) | {"q": words, "tab": "all"}
    return await panel.http.post("/panel", data=data)


@pytest.mark.parametrize(
    ("words", "traces"),
    [
        ("0812 3456 7890", ["3456", "081234567890"]),
        ("+62-812-3456-7890", ["3456", "812"]),
        ("Siti.Aminah@contoh.id", ["siti", "contoh", "Siti"]),
        ("Siti Aminah 081234567890", ["Siti", "0812"]),
        ("081234567890 soal #10000042 dan #10000043", ["0812"]),
    ],
)
async def test_a_contact_that_is_searched_for_stands_in_no_address(
    country: Country, words: str, traces: list[str]
) -> None:
    await country.report()
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel?tab=unverified")
        answer = await sent(panel, words)
        assert answer.status_code == 303
        address = answer.headers["location"]
        await panel.opens(address)
        [field] = panel.page.xpath("//input[@name='q' and @type='search']")
        assert field.get("value") == words
        assert f"Pencarian: {words}" in panel.reads
        inside = [
            *panel.page.xpath("//a/@href"),
            *panel.page.xpath("//form[@method='get']//input/@value"),
            *panel.page.xpath("//input[@name='kembali']/@value"),
        ]
        for each in (address, *inside):
            assert not [trace for trace in traces if trace in unquote(str(each))], each
        # The tabs keep the search, and an address that somebody wrote by hand becomes such a one.
        tab = next(each for each in inside if "tab=closed" in each)
        await panel.opens(tab)
        assert f"Pencarian: {words}" in panel.reads
        by_hand = await panel.http.get("/panel", params={"tab": "all", "q": words})
        assert by_hand.status_code == 303
        assert "3456" not in by_hand.headers["location"]


async def test_words_and_numbers_stand_in_the_address_as_they_are(country: Country) -> None:
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel")
        typed = ["jalan rusak", "#10000042", "LAPOR 1.234.567", "~jalan", "RT 05 RW 12 no 7"]
        typed += ["10000042 10000043", "#10000042, #10000043", "10.000.042 dan 10.000.043"]
        for words in typed:
            answer = await sent(panel, words)
            query = parse_qs(urlsplit(answer.headers["location"]).query)
            assert query == {"tab": ["all"], "q": [words]}


async def test_a_sealed_search_is_its_persons_own(country: Country) -> None:
    async with signed_in(country, ADMIN) as panel, signed_in(country, "admin.jabar") as other:
        await panel.opens("/panel")
        address = (await sent(panel, "081234567890")).headers["location"]
        await other.opens(address)
        assert EXPIRED in other.reads
        assert "Pencarian: 08" not in other.reads
        assert other.page.xpath("//input[@name='q' and @type='search']/@value") == [""]


async def test_a_sealed_search_that_expired_is_typed_again(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel")
        address = (await sent(panel, "081234567890")).headers["location"]
        monkeypatch.setattr(sealed_forms, "_HOURS", -1)
        await panel.opens(address)
        [line] = panel.page.xpath("//*[@id='dilewati']//li")
        assert line.text_content() == EXPIRED
        [again] = line.xpath("a/@href")
        assert panel.page.xpath(f"//input[@id='{again.removeprefix('#')}']/@name") == ["q"]


@pytest.mark.parametrize(
    ("words", "told", "kept"),
    [
        ("1" * 201, f"Pencarian “{'1' * 60}”: {TOO_LONG}", True),
        ("jalan rusak " * 20, f"Pencarian “{('jalan rusak ' * 20)[:60]}”: {TOO_LONG}", True),
        ("jalan rusak " * 20 + "081234567890", f"Pencarian: {TOO_LONG} Cari lagi", False),
        ("081234567890 " * 20, f"Pencarian: {TOO_LONG} Cari lagi", False),
    ],
)
async def test_a_search_that_is_too_long_is_kept_unless_it_holds_a_contact(
    country: Country, words: str, told: str, kept: bool
) -> None:
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel")
        await panel.opens((await sent(panel, words)).headers["location"])
        [line] = panel.page.xpath("//*[@id='dilewati']//li")
        assert line.text_content() == told
        [field] = panel.page.xpath("//input[@name='q' and @type='search']")
        assert field.get("value") == (words.strip() if kept else "")
