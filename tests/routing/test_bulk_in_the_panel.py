"""Officers choose many in a list, look at who may and may not, and see what became of each."""

import asyncio
from uuid import uuid4

import pytest
from lxml import html

from services.portal.panel import choosing
from services.portal.panel.bulk import BULK_FORMS
from shared.bulk_commands import MOST
from tests.routing.country import Country
from tests.routing.panel import Panel, signed_in

ADMIN = "admin.kab.bandung"


def chosen(panel: Panel) -> list[str]:
    return [str(box.get("value")) for box in panel.page.xpath("//input[@name='nomor'][@checked]")]


async def presses(panel: Panel, action: str, step: str, **fields: str | list[str]) -> int:
    """A button of a form that may carry many numbers."""
    form = next(each for each in panel.page.forms if each.get("action") == action)
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    for name, given in {**fields, "langkah": step}.items():
        values[name] = [given] if isinstance(given, str) else given
    answer = await panel.http.post(action, data=values, follow_redirects=True)
    panel.page, panel.path = html.fromstring(answer.text), answer.url.raw_path.decode()
    return answer.status_code


async def test_many_are_archived_and_what_failed_stays_chosen(country: Country) -> None:
    good, late = await country.report(), await country.report()
    verified = await country.verified()
    async with signed_in(country, ADMIN) as panel:
        numbers = "&".join(f"nomor={number}" for number in (good, late, verified))
        await panel.opens(f"/panel/massal?jenis=archive&{numbers}&kembali=https://x.id/panel")
        assert chosen(panel) == [str(good), str(late), str(verified)]
        back = panel.page.xpath("//input[@name='kembali']/@value")
        assert back == ["/panel"]  # nowhere else

        words = {"category": "incomplete", "note": "Tidak ada alamat."}
        path = "/panel/massal/archive"
        assert await presses(panel, path, "periksa", **words) == 200
        assert "2 dapat, 1 tidak" in panel.reads
        assert f"#{verified} " in panel.reads
        assert chosen(panel) == [str(good), str(late)]

        # Meanwhile somebody else does something to one of them.
        await country.done(ADMIN, late, "archive", words)
        await presses(panel, path, "kirim")
        result = panel.path
        assert result.startswith("/panel/massal/hasil/")
        async with asyncio.timeout(60):
            while "menunggu" in panel.reads:
                await panel.opens(result)
        assert "1 selesai, 1 tidak" in panel.reads
        assert chosen(panel) == [str(late)]

        # What failed is asked for again with the words that were sent.
        bulk_id = result.rpartition("/")[2].partition("?")[0]
        await panel.opens(f"/panel/massal?jenis=archive&dari={bulk_id}&nomor={late}")
        assert "Tidak ada alamat." in panel.reads
        await panel.opens("/panel/massal")
        assert "2 laporan" in panel.reads
    assert await country.status(good) == "ARCHIVED_BY_ADMIN"


async def test_nothing_chosen_leads_back_to_the_list(country: Country) -> None:
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel/massal?jenis=throw&kembali=/panel/tugas")
        assert panel.path == "/panel/tugas"
        assert "Belum ada laporan yang dipilih." in panel.reads


async def test_what_was_ticked_is_ticked_in_the_list_again(country: Country) -> None:
    numbers = [await country.report() for _ in range(3)]
    kept = [str(number) for number in numbers[:2]]
    async with signed_in(country, ADMIN) as panel:
        query = "&".join(f"nomor={number}" for number in kept)
        await panel.opens(f"/panel/massal?jenis=archive&{query}&kembali=/panel?tab=unverified")
        for words in ("← Kembali ke daftar", "Batal"):
            [back] = panel.page.xpath(f"//main//a[normalize-space()='{words}']/@href")
            await panel.opens(back)
            assert sorted(chosen(panel)) == kept
            assert "tab=unverified" in panel.path
            await panel.opens(f"/panel/massal?jenis=archive&{query}&kembali=/panel?tab=unverified")


async def test_without_any_ticked_the_form_says_so_and_lists_them_all(country: Country) -> None:
    title = f"Jalan berlubang {uuid4().hex[:6]}"
    number, hidden = await country.report(title=title), await country.report("kemenkes")
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/massal?jenis=archive&nomor={number}&nomor={hidden}")
        assert f"#{number} {title}" in panel.reads
        path = "/panel/massal/archive"
        for step in ("periksa", "kirim"):
            assert await presses(panel, path, step, nomor=[]) == 422
            assert "Centang paling sedikit satu laporan." in panel.reads
            assert f"#{number} {title}" in panel.reads
            assert not chosen(panel)
        words = {"category": "incomplete", "note": "Tidak ada alamat."}
        both = [str(number), str(hidden)]
        assert await presses(panel, path, "periksa", nomor=both, **words) == 200
        assert f"#{number} {title}" in panel.reads
        [refused] = panel.page.xpath("//li[contains(., 'yang dapat Anda lihat')]")
        assert " ".join(refused.text_content().split()).startswith(f"#{hidden}: ")


async def test_reports_that_nobody_may_read_lead_back_to_the_list(country: Country) -> None:
    hidden = await country.report("kemenkes")
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/massal?jenis=archive&nomor={hidden}&nomor=abc")
        assert panel.path == "/panel"
        assert "Laporan yang dipilih tidak dapat Anda baca lagi." in panel.reads


async def test_more_than_fit_into_one_command_are_not_cut_off_in_silence(country: Country) -> None:
    numbers = "&".join(f"nomor={10_000_000 + index}" for index in range(MOST + 1))
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/massal?jenis=archive&{numbers}&kembali=/panel")
        assert f"paling banyak {MOST} sekaligus." in panel.reads


async def test_a_conflict_says_who_did_what_and_keeps_the_words(country: Country) -> None:
    number = await country.verified()
    path = f"/panel/laporan/{number}/forward"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(path)
        form = {"agency_id": country.agencies["dinkes-kab-bandung"]}
        await country.done("koordinator.kab.bandung", number, "forward", form)
        assert await panel.sends(path, note="Mohon dicek.", langkah="kirim", agency_id="1") == 412
        assert "Laporan ini berubah" in panel.reads
        assert panel.reads.count("Periksa, lalu kirim lagi bila masih perlu.") == 1
        assert "Muat ulang dulu" not in panel.reads
        assert "Teruskan" in panel.reads
        name = country.staff["koordinator.kab.bandung"].name
        assert name in panel.page.xpath("string(//*[@class='warn'])")
        assert panel.page.xpath("string(//textarea[@name='note'])").strip() == "Mohon dicek."
        # Sent again, it is about the report as it is now.
        again = {"agency_id": str(country.agencies["pupr-kab-bandung"]), "langkah": "kirim"}
        assert await panel.sends(path, **again) == 200
    assert await country.handler(number) == "pupr-kab-bandung"


async def test_what_was_done_since_is_told_to_a_page_that_is_open(country: Country) -> None:
    number = await country.report()
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        [since] = panel.page.xpath("//*[@data-report]/@data-since")
        await country.done(ADMIN, number, "archive", {"category": "incomplete", "note": "Ya."})
        answer = await panel.http.get(since)
        words = html.fromstring(answer.text).xpath("string(//*[@id='sejak'])")
        assert "Arsipkan" in words
        assert country.staff[ADMIN].name in words


async def test_as_many_as_one_may_choose_fit_into_one_form(country: Country) -> None:
    number = await country.report()
    async with signed_in(country, ADMIN) as panel:
        others = [str(99_000_000 + place) for place in range(MOST - 1)]
        chosen_numbers = "&".join(f"nomor={each}" for each in (number, *others))
        await panel.opens(f"/panel/massal?jenis=coordinate&{chosen_numbers}")
        path = "/panel/massal/coordinate"
        assert await presses(panel, path, "periksa", note="Mohon dicek.") == 200
        assert f"1 dapat, {MOST - 1} tidak" in panel.reads


async def test_more_than_a_page_of_25_is_chosen_at_once(country: Country) -> None:
    numbers = await asyncio.gather(*(country.report() for _ in range(27)))
    listed = "/panel?tab=unverified&order=newest"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(listed)
        [many] = panel.page.xpath("//a[normalize-space()='Tampilkan 100 sekaligus']/@href")
        await panel.opens(many)
        [every] = panel.page.xpath("//a[normalize-space()='Pilih semua di halaman ini']/@href")
        await panel.opens(every)
        assert {str(number) for number in numbers} <= {*chosen(panel)}
        query = "&".join(f"nomor={number}" for number in chosen(panel))
        assert len(chosen(panel)) > 25
        await panel.opens(f"/panel/massal?jenis=coordinate&{query}")
        assert {str(number) for number in numbers} <= {*chosen(panel)}


def link_of(panel: Panel, words: str) -> str:
    [address] = panel.page.xpath(f"//a[starts-with(normalize-space(), '{words}')]/@href")
    return str(address)


def chosen_everywhere(panel: Panel) -> set[str]:
    """Ticked on this page, or carried from others."""
    carried = "//form[@id='massal']//input[@type='hidden'][@name='nomor']/@value"
    return {*chosen(panel), *map(str, panel.page.xpath(carried))}


async def goes_on(panel: Panel, *ticked: str) -> None:
    """To the next page by the form's button, these ticked beside what is carried."""
    form = next(each for each in panel.page.forms if each.get("id") == "massal")
    sent = [("nomor", number) for number in ticked]
    sent += [(name, value) for name, value in form.form_values() if value not in ticked]
    answer = await panel.http.get(
        "/panel/massal", params=[*sent, ("jenis", "lanjut")], follow_redirects=True
    )
    panel.page, panel.path = html.fromstring(answer.text), answer.url.raw_path.decode()


async def test_what_is_chosen_goes_along_to_the_next_pages(country: Country) -> None:
    word = f"saluran{uuid4().hex[:6]}"
    made = await asyncio.gather(*(country.report(title=f"{word} mampet") for _ in range(52)))
    newest = sorted(map(str, made), reverse=True)
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel?tab=unverified&q={word}")
        first, second = newest[3], newest[30]
        await goes_on(panel, first)
        assert "1 dipilih, 1 di antaranya di halaman lain." in panel.reads
        await goes_on(panel, second)
        assert chosen_everywhere(panel) == {first, second}
        await panel.opens(link_of(panel, "Pilih semua di halaman ini"))
        assert chosen_everywhere(panel) == {first, second, *newest[50:]}
        query = "&".join(f"nomor={number}" for number in sorted(chosen_everywhere(panel)))
        await panel.opens(f"/panel/massal?jenis=throw&{query}&kembali=/panel?tab=unverified")
        assert {*chosen(panel)} == {first, second, *newest[50:]}


async def test_all_that_match_are_chosen_at_once(country: Country) -> None:
    word = f"selokan{uuid4().hex[:6]}"
    made = await asyncio.gather(*(country.report(title=f"{word} mampet") for _ in range(52)))
    await country.report(title="Lampu padam")
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel?tab=unverified&q={word}")
        await panel.opens(link_of(panel, "Pilih semua yang cocok"))
        assert chosen_everywhere(panel) == {str(number) for number in made}
        assert "52 dipilih, 27 di antaranya di halaman lain." in panel.reads
        # The archive takes fewer at once: the first are ticked, the others stay to be.
        query = "&".join(f"nomor={number}" for number in made)
        await panel.opens(f"/panel/massal?jenis=archive&{query}&kembali=/panel?tab=unverified")
        assert "Paling banyak 50 sekaligus: 50 yang pertama dicentang." in panel.reads
        assert len(chosen(panel)) == 50
        words = {"category": "incomplete", "note": "Tidak ada alamat."}
        ticked = panel.page.xpath("//input[@name='nomor']/@value")[:51]
        too_many = [str(number) for number in ticked]
        status = await presses(panel, "/panel/massal/archive", "periksa", nomor=too_many, **words)
        assert status == 422
        assert "Laporan: Paling banyak 50 butir." in panel.reads
        await panel.opens(f"/panel/massal?jenis=archive&{query}&kembali=/panel?tab=unverified")
        assert await presses(panel, "/panel/massal/archive", "periksa", **words) == 200
        assert "50 dapat, 0 tidak" in panel.reads


async def test_more_than_may_be_chosen_are_said_to_match(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MOST", 30)
    word = f"parit{uuid4().hex[:6]}"
    made = await asyncio.gather(*(country.report(title=f"{word} mampet") for _ in range(31)))
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel?tab=unverified&q={word}&pilih=cocok")
        assert "Yang cocok lebih banyak: ini 30 yang pertama." in panel.reads
        assert chosen_everywhere(panel) < {str(number) for number in made}


@pytest.mark.parametrize(
    ("who", "kinds"),
    [(ADMIN, list(BULK_FORMS)), ("petugas.pupr.kab.bandung", ["coordinate"])],
)
@pytest.mark.parametrize("here", ["nothing", "what is only verified"])
async def test_of_what_is_chosen_on_other_pages_there_is_what_the_role_may(
    country: Country, who: str, kinds: list[str], here: str
) -> None:
    elsewhere, word = await country.verified(), f"kosong{uuid4().hex[:6]}"
    if here != "nothing":
        await country.report(title=f"{word} mampet")
    async with signed_in(country, who) as panel:
        await panel.opens(f"/panel?tab=unverified&q={word}&pilih={elsewhere}")
        assert panel.page.xpath("//form[@id='massal']//button[@name='jenis']/@value") == kinds


@pytest.mark.parametrize("kind", BULK_FORMS)
async def test_every_bulk_form_is_drawn(country: Country, kind: str) -> None:
    number = await country.verified()
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/massal?jenis={kind}&nomor={number}")
        assert chosen(panel) == [str(number)]


async def test_what_was_sent_to_linked_reports_is_called_by_its_name(country: Country) -> None:
    main, linked = await country.verified(), await country.verified()
    await country.done(ADMIN, linked, "link", {"main_number": main})
    path = f"/panel/laporan/{main}/follow_up"
    async with signed_in(country, "petugas.pupr.kab.bandung") as panel:
        await panel.opens(path)
        sent = {"outcome": "initial_response", "text": "Kami jadwalkan.", "langkah": "kirim"}
        assert await panel.sends(path, **sent, to_linked=str(linked)) == 200
        await panel.opens("/panel/massal")
        await panel.opens(link_of(panel, "Tindak Lanjut: 1 laporan"))
        assert panel.page.xpath("//h1/text()") == ["Tindak Lanjut: 1 laporan"]


async def test_colleagues_are_offered_with_their_role_in_the_language_of_the_page(
    country: Country,
) -> None:
    number = await country.verified()
    async with signed_in(country, "petugas.pupr.kab.bandung") as panel:
        panel.http.headers["accept-language"] = "en"
        await panel.opens(f"/panel/laporan/{number}/coordinate")
        offered = panel.page.xpath("//select[@name='assignee_id']/option[@value!='']/text()")
        assert offered
        assert all(each.endswith((" – Liaison officer", " – Agency admin")) for each in offered)


@pytest.mark.parametrize(("many", "title"), [(1, "Archive: 1 report"), (2, "Archive: 2 reports")])
async def test_in_english_one_report_is_not_reports(
    country: Country, many: int, title: str
) -> None:
    numbers = [await country.report() for _ in range(many)]
    chosen = "&".join(f"nomor={number}" for number in numbers)
    async with signed_in(country, ADMIN) as panel:
        panel.http.headers["Accept-Language"] = "en"
        await panel.opens(f"/panel/massal?jenis=archive&{chosen}")
        assert panel.page.xpath("string(//h1)") == title
