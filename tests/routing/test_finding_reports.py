"""Reports are found over all tabs: by their number however it is written, in other words."""

import httpx

from services.routing.directory import saved_views
from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_queue import numbers

ADMIN, OFFICER, BESIDE = "admin.kab.bandung", "petugas.pupr.kab.bandung", "admin.kemensos"


async def test_one_search_goes_over_all_tabs(country: Country) -> None:
    new = await country.report(title="Jembatan gantung wanaraja goyah")
    handed = await country.verified(title="Jembatan wanaraja lapuk")
    closed = await country.report(title="Lumpur di wanaraja")
    reasons = (await country.get(ADMIN, "/archive-categories")).json()["items"]
    filed = {"category": reasons[-1]["code"], "note": "Bukan urusan pemerintah."}
    await country.done(ADMIN, closed, "archive", filed)
    everywhere = {"tab": "all", "scope": "below", "q": "wanaraja"}
    assert await numbers(country, ADMIN, **everywhere) == sorted((new, handed, closed))[::-1]
    assert await numbers(country, OFFICER, **everywhere) == [handed]
    assert await numbers(country, BESIDE, **everywhere) == []
    written = f"LAPOR #{handed:_}".replace("_", ".")
    assert await numbers(country, ADMIN, tab="all", scope="below", q=written) == [handed]
    assert await numbers(country, BESIDE, tab="all", scope="below", q=written) == []
    pasted = f"#{handed} Jembatan wanaraja (tautan: lihat surel)"
    assert await numbers(country, ADMIN, tab="all", scope="below", q=pasted) == [handed]
    assert await numbers(country, BESIDE, tab="all", scope="below", q=pasted) == []
    both = {"tab": "all", "scope": "below", "q": f"no {handed} wanaraja"}
    assert await numbers(country, ADMIN, **both) == [handed]
    listed = await numbers(country, OFFICER, tab="all", limit=100)
    assert listed == sorted(listed, reverse=True)
    assert handed in listed


async def test_a_number_is_found_among_all_that_one_may_read(country: Country) -> None:
    handed = await country.verified(title="Talud cisanti longsor")
    for typed in (str(handed), f"LAPOR #{handed:_}".replace("_", ".")):
        assert await numbers(country, ADMIN, tab="all", q=typed) == [handed]
        assert await numbers(country, BESIDE, tab="all", q=typed) == []
        assert await numbers(country, ADMIN, tab="all", q=typed, status="CLOSED_BY_SYSTEM") == []
    assert await numbers(country, ADMIN, tab="all", q="cisanti") == []
    assert await numbers(country, ADMIN, tab="unverified", q=str(handed)) == []


async def test_numbers_pasted_together_find_all_that_one_may_read(country: Country) -> None:
    first, second = [await country.verified(title="Talud cisanti longsor") for _ in range(2)]
    beside = await country.report("kemensos")
    asked = {"tab": "all"}
    for between in (" ", ", ", "\n", " dan #"):
        pasted = between.join(map(str, (first, second, beside)))
        assert await numbers(country, ADMIN, q=pasted, **asked) == [first, second]
        assert await numbers(country, OFFICER, q=pasted, **asked) == [first, second]
        assert await numbers(country, BESIDE, q=pasted, **asked) == [beside]
    pasted = f"#{second} Talud longsor\n#{first} Talud longsor\n#{beside} Bansos"
    assert await numbers(country, ADMIN, q=pasted, **asked) == [second, first]
    assert await numbers(country, ADMIN, q=pasted, limit=1, **asked) == [second, first]
    page = (await country.get(ADMIN, "/queue", q=f"{first} {second}", **asked)).json()
    assert page["by_contact"] is False
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel?tab=all&q={first}%20{second}%20{beside}")
        reads = f"2 laporan ditemukan. Tidak ada di sini, atau bukan untuk Anda baca: #{beside}."
        assert reads in panel.reads


async def test_as_many_numbers_as_a_list_has_are_searched_for_at_once(country: Country) -> None:
    mine = [await country.report(title="Talud cisanti longsor") for _ in range(27)]
    pasted = "\n".join(map(str, [*mine, *range(10_000_001, 10_000_101)]))
    assert await numbers(country, ADMIN, q=pasted, tab="unverified") == mine
    too_long = await country.get(ADMIN, "/queue", tab="all", q="jalan rusak " * 20)
    assert too_long.json()["errors"][0]["message"] == "Paling banyak 200 karakter."
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel")
        form = next(each for each in panel.page.forms if each.get("role") == "search")
        data = dict(form.form_values()) | {"q": pasted, "tab": "all"}
        answer = await panel.http.post("/panel", data=data, follow_redirects=True)
        assert answer.status_code == 200
        assert f"laporan-{mine[0]}" in answer.text
        assert f"laporan-{mine[24]}" in answer.text


async def test_words_find_what_is_said_for_short(country: Country) -> None:
    lamp = await country.report(title="Penerangan jalan umum cibangkong mati")
    short = await country.report(title="PJU cibangkong mati lagi")
    aid = await country.report(title="Bansos cibangkong belum cair")
    search = {"tab": "unverified"}
    for words in ("pju cibangkong", "penerangan jalan umum cibangkong", "cibangkong PJU mati"):
        assert await numbers(country, ADMIN, q=words, **search) == [short, lamp], words
    assert await numbers(country, ADMIN, q="bantuan sosial cibangkong", **search) == [aid]
    assert await numbers(country, ADMIN, q='"pju cibangkong"', **search) == [short]
    assert await numbers(country, ADMIN, q="cibangkong -pju", **search) == [aid, lamp]


async def test_what_is_written_in_several_ways_is_found_by_each(country: Country) -> None:
    said = ("KTP elektronik", "KTP-el", "e-KTP", "EKTP", "ktp el")
    cards = [await country.report(title=f"Blanko {way} ciwidey kosong") for way in said]
    other = await country.report(title="Blanko KTP anak ciwidey kosong, blok el")
    for way in (*said, "KTP-el.", "e ktp", "kartu tanda penduduk elektronik"):
        found = await numbers(country, ADMIN, q=f"blanko {way} yang ciwidey", tab="unverified")
        assert set(found) == {*cards, *([other] if way == "ktp el" else [])}, way
    penalty = await country.report(title="E-tilang ciwidey salah")
    query = "tilang elektronik ciwidey"
    assert await numbers(country, ADMIN, q=query, tab="unverified") == [penalty]


async def test_words_that_are_in_any_report_hide_none(country: Country) -> None:
    said = await country.report(title="Pagar cikalong rusak", body="Roboh.")
    asked = await country.report(title="Mohon perbaikan", body="Pagar yang ada di cikalong, roboh.")
    search = {"tab": "unverified"}
    for words in ("pagar yang di cikalong", "Untuk pagar cikalong", "yg pagar utk, cikalong"):
        assert await numbers(country, ADMIN, q=words, **search) == [said, asked], words
    assert await numbers(country, ADMIN, q='"di cikalong"', **search) == [asked]
    assert await numbers(country, ADMIN, q="pagar di cikalong -yang", **search) == [said]
    assert await numbers(country, ADMIN, q="rusak yang cikalong or yang", **search) == [said, asked]
    assert asked in await numbers(country, ADMIN, q="yang", **search)
    office = await country.report(title="Kominfo cikalong tutup")
    query = "komunikasi dan informatika cikalong"
    assert await numbers(country, ADMIN, q=query, **search) == [office]


async def test_an_abbreviation_is_known_where_no_space_follows_it(country: Country) -> None:
    close = await country.report(title="Lubang di Jl.Cikapundung dekat pasar")
    apart = await country.report(title="Lubang di jalan Cikapundung")
    search = {"tab": "unverified"}
    for words in ("jalan cikapundung", "jl cikapundung", "Jl.Cikapundung", "jln. cikapundung"):
        assert await numbers(country, ADMIN, q=words, **search) == [apart, close], words


async def save(country: Country, who: str, name: str, **form: object) -> httpx.Response:
    body = {"name": name, "query": {"tab": "in_process", "overdue": True}} | form
    return await country.http.post("/saved-views", json=body, headers=country.header(who))


async def views(country: Country, who: str) -> list[tuple[str, bool]]:
    items = (await country.get(who, "/saved-views")).json()["items"]
    return [(item["name"], item["removable"]) for item in items]


async def test_a_view_is_saved_for_oneself_or_for_the_own_agency(country: Country) -> None:
    mine = (await save(country, OFFICER, "Terlambat saya")).json()
    assert mine["query"] == {"tab": "in_process", "overdue": "true"}
    shared = (await save(country, OFFICER, "Terlambat dinas", shared=True)).json()
    colleague = "admin.pupr.kab.bandung"
    assert await views(country, OFFICER) == [("Terlambat dinas", True), ("Terlambat saya", True)]
    assert await views(country, colleague) == [("Terlambat dinas", True)]
    assert await views(country, ADMIN) == []
    listed = await country.get(colleague, "/queue", **shared["query"])
    assert listed.status_code == 200

    again = await save(country, OFFICER, "Terlambat saya")
    assert again.json()["errors"][0]["field"] == "name"
    assert (await save(country, OFFICER, "x" * 61)).status_code == 422
    assert (await save(country, OFFICER, "Aneh", query={"tab": "semua"})).status_code == 422

    async def remove(who: str, view: dict[str, str]) -> int:
        path, header = f"/saved-views/{view['id']}", country.header(who)
        return (await country.http.delete(path, headers=header)).status_code

    assert await remove(colleague, mine) == 404
    assert await remove(ADMIN, shared) == 404
    assert await remove(colleague, shared) == 204
    assert await remove(OFFICER, mine) == 204
    [logged] = await country.rows(
        "SELECT action, details ->> 'name' FROM routing.management_log"
        " WHERE kind = 'saved_view' ORDER BY id DESC LIMIT 1"
    )
    assert tuple(logged) == ("remove", "Terlambat dinas")


async def test_the_words_searched_for_are_kept_in_no_view(country: Country) -> None:
    query = {"tab": "in_process", "q": "Siti 0812 3456 7890"}
    who = "petugas.dinkes.kab.bandung"
    for shared in (False, True):
        saved = await save(country, who, f"Siti {shared}", query=query, shared=shared)
        assert saved.json()["query"] == {"tab": "in_process"}
    kept = await country.rows("SELECT query::text FROM routing.saved_view")
    assert "3456" not in str(kept)


async def test_there_are_some_dozens_of_views_at_most(country: Country) -> None:
    who = "petugas.dishub.kab.bandung"
    for n in range(saved_views.MOST):
        assert (await save(country, who, f"Tampilan {n}")).status_code == 201
    assert (await save(country, who, "Satu lagi")).json()["code"] == "too_many_saved_views"
    assert (await save(country, who, "Bersama", shared=True)).status_code == 201
