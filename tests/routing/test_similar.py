"""Reports like one (*laporan serupa*): which are found, by what, and for whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.routing.similar.finding import similar_to
from tests.plans import plans_of
from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN, OTHER, PUSAT = "admin.kab.bandung", "admin.kota.bandung", "admin.pusat"
MARKET: dict[str, Any] = {
    "latitude": -7.0336,
    "longitude": 107.5189,
    "region_code": "32.04.05.2001",
}
BRIDGE: dict[str, Any] = {
    "title": "Jembatan Cisangkuy retak setelah banjir",
    "body": "Retakannya makin panjang.",
    "region_code": "32.04.05.2001",
}


async def similar(country: Country, username: str, number: int) -> dict[int, dict[str, Any]]:
    answer = await country.get(username, f"/reports/{number}/similar")
    assert answer.status_code == 200, answer.text
    return {item["report"]["number"]: item for item in answer.json()["items"]}


async def test_reports_with_words_in_common_are_found_with_the_words(country: Country) -> None:
    one = await country.report(**BRIDGE)
    alike = await country.report(title="RETAK: jembatan Cisangkuy", body="Tolong dicek.")
    elsewhere = await country.report(**BRIDGE | {"region_code": "91.71.01"}, to="kota-bandung")
    one_word = await country.report(title="Jembatan baru diresmikan", body="Bagus.")
    found = await similar(country, ADMIN, one)
    assert found[alike]["words"] == ["jembatan", "cisangkuy", "retak"]
    assert found[alike]["metres"] is None
    assert found[alike]["report"]["title"] == "RETAK: jembatan Cisangkuy"
    assert one not in found
    assert one_word not in found
    assert elsewhere not in found
    assert elsewhere not in await similar(country, PUSAT, one)


async def test_words_that_are_in_any_report_make_no_two_alike(country: Country) -> None:
    one = await country.report(title="Drainase tsb sdh dikeruk secara manual", body="Baik.")
    other = await country.report(title="Parkir tsb sdh ditata secara rapi", body="Bagus.")
    assert other not in await similar(country, ADMIN, one)


async def test_words_that_many_say_or_that_name_the_place_are_not_enough(
    country: Country,
) -> None:
    here: dict[str, Any] = {"region_code": "32.04.05.2001"}
    many = [
        await country.report(title=f"Aspal berlubang {word}", **here)
        for word in "sekolah terminal waduk balai rel kebun kios gapura kolam bukit".split()
    ]
    words: dict[str, Any] = {"title": "Aspal berlubang gorong Cihapit", **here}
    one = await country.report(**words)
    rare = await country.report(title="Gorong Cihapit jebol", **here)
    found = await similar(country, ADMIN, one)
    assert {"gorong", "cihapit"} <= set(found[rare]["words"])
    assert not found.keys() & set(many)
    street = await country.report(title="Kabel putus di Jl. Kolonel Masturi")
    beside = await country.report(title="Minuman keras di Jalan Raya Kolonel Masturi")
    again = await country.report(title="Kabel listrik putus Kolonel Masturi")
    found = await similar(country, ADMIN, street)
    assert again in found and beside not in found
    waste = await country.report(title="Sampah menumpuk Cileunyi Kulon", **here)
    lamp = await country.report(title="Lentera padam Cileunyi Kulon", **here)
    same = await country.report(title="Tumpukan sampah menumpuk, bau", **here)
    found = await similar(country, ADMIN, waste)
    assert same in found and lamp not in found


async def test_while_many_report_one_thing_they_are_found_though_their_words_are_common(
    country: Country,
) -> None:
    here: dict[str, Any] = {"region_code": "32.04.05.2001"}
    words = "parah sekali lagi miring bahaya retak bolong putus macet gawat".split()
    burst = [
        await country.report(title=f"Jembatan Cikeruh Cileunyi ambles {words[i % 10]}", **here)
        for i in range(30)
    ]
    others = [
        await country.report(title=f"{word} Cikeruh Cileunyi {word}i", **here)
        for word in "Sampah Lampu Parkir Kabel Drainase Taman Trotoar Halte Pasar".split()
    ]
    others.append(await country.report(title="Cat jembatan Cileunyi luntur", **here))
    for one in (burst[0], burst[-1]):
        found = await similar(country, ADMIN, one)
        assert len(found) == 10
        assert found.keys() <= set(burst)
    assert not (await similar(country, ADMIN, others[0])).keys() & set(burst)


async def test_what_has_more_and_rarer_words_comes_first(country: Country) -> None:
    one = await country.report(title="Tanggul Citarik bocor parah")
    title = await country.report(title="Tanggul Citarik bocor")
    two = await country.report(title="Tanggul Citarik rapuh")
    body = await country.report(title="Mohon dicek", body="Air dari tanggul, bocor, di Citarik.")
    assert list(await similar(country, ADMIN, one)) == [title, body, two]


async def test_a_verifier_sees_the_likest_three_first(country: Country) -> None:
    one, *others = [
        await country.report(title=f"Tembok Rancabali {word}", body="Roboh.")
        for word in ("runtuh", "miring", "retak", "ambruk", "roboh")
    ]
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{one}/verify")
        [section] = panel.page.xpath("//section[@id='serupa']")
        assert len(section.xpath("ul/li")) == 3
        assert section.xpath("details/summary/text()") == ["1 laporan lagi"]
        assert len(section.xpath(".//a[starts-with(@href, '/panel/laporan/')]")) == len(others)


async def test_a_link_that_would_be_refused_is_not_offered(country: Country) -> None:
    """A main report is handled by the same agency or one above."""
    one, beside, below = [
        await country.report(title=f"Gapura Pangalengan {word}", body="Miring.")
        for word in ("retak", "lapuk", "keropos")
    ]
    verification = country.verification(title="Gapura Pangalengan keropos", body="Miring.")
    await country.done(ADMIN, below, "verify", verification)
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{one}/link")
        assert panel.page.xpath(f"//button[@value='tautkan-{beside}']")
        assert not panel.page.xpath(f"//button[@value='tautkan-{below}']")
        assert "Tidak dapat ditautkan: ditangani instansi lain." in panel.reads


async def test_reports_within_300_metres_are_found_whatever_they_say(country: Country) -> None:
    one = await country.report(title="Lampu mati", body="Gelap.", **MARKET)
    near = await country.report(
        title="Sampah menumpuk", body="Bau.", **MARKET | {"latitude": -7.0318}
    )
    far = await country.report(title="Got mampet", body="Air.", **MARKET | {"latitude": -7.0300})
    found = await similar(country, ADMIN, one)
    assert found[near]["metres"] == 200
    assert found[near]["words"] == []
    assert far not in found


async def test_nobody_finds_reports_that_they_may_not_read(country: Country) -> None:
    words: dict[str, Any] = {"title": "Gorong-gorong Ciwastra ambrol", "body": "Ambrol semalam."}
    place: dict[str, Any] = {"latitude": -6.95, "longitude": 107.65}
    one = await country.report("kab-bandung", **words, **place)
    others = await country.report("kota-bandung", **words, **place)
    assert others not in await similar(country, ADMIN, one)
    assert (await similar(country, PUSAT, one))[others]["metres"] == 0
    refused = await country.get(OTHER, f"/reports/{one}/similar")
    assert (refused.status_code, refused.json()["code"]) == (404, "report_not_found")


async def test_who_reads_a_copy_finds_none(country: Country) -> None:
    number = await country.verified()
    copies = {"agency_ids": [country.agencies["kota-bandung"]]}
    await country.done(ADMIN, number, "copies", copies)
    assert await country.report("kota-bandung")
    assert await similar(country, OTHER, number) == {}


@pytest.mark.parametrize("anonymous", [True, False])
async def test_of_a_report_it_tells_no_more_than_a_queue_does(
    country: Country, anonymous: bool
) -> None:
    words: dict[str, Any] = {"title": "Pungutan liar parkir Kopo", "body": "Dipungut."}
    one = await country.report(**words)
    hidden = await country.report(**words, anonymous=anonymous)
    [item] = [item for n, item in (await similar(country, ADMIN, one)).items() if n == hidden]
    assert "Siti" not in str(item)
    assert item["report"]["submitted_at"][13:19] == ":00:00"


async def test_reports_of_more_than_90_days_ago_are_not_found(country: Country) -> None:
    words: dict[str, Any] = {"title": "Halte Baleendah roboh", "body": "Roboh."}
    old, one = await country.report(**words), await country.report(**words)
    assert old in await similar(country, ADMIN, one)
    await country.rows(
        "UPDATE lifecycle.report SET submitted_at = submitted_at - interval '91 days'"
        " WHERE number <= :old",
        old=old,
    )
    assert old not in await similar(country, ADMIN, one)


@pytest.mark.parametrize("username", [ADMIN, PUSAT])
async def test_it_reads_by_indexes_alone(country: Country, username: str) -> None:
    number = await country.report(title="Pohon tumbang Ciparay", body="Menutup jalan.", **MARKET)
    database, staff = country.app.state.database, country.staff[username]

    async def look() -> None:
        async with database.session() as session:
            await similar_to(session, staff, number, datetime.now(UTC) + timedelta(minutes=1))

    plans = await plans_of(database, look())
    assert "report_text_cell" in plans
    assert "Seq Scan on report" not in plans, plans


async def test_a_verifier_has_beside_the_form_what_it_needs(country: Country) -> None:
    words: dict[str, Any] = {"title": "Tiang listrik Majalaya miring", "body": "Hampir roboh."}
    main, one = await country.report(**words), await country.report(**words, **MARKET)
    path = f"/panel/laporan/{one}/verify"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(path)
        assert "Siti Rahmawati" in panel.reads
        [to_map] = panel.page.xpath("//a[contains(@href, 'openstreetmap.org')]")
        assert "mlat=-7.0336" in to_map.get("href")
        assert "noreferrer" in to_map.get("rel")
        assert "Kata yang sama: tiang, listrik, majalaya, miring" in panel.reads
        # Linking is one button, and leaves what was written.
        step = f"tautkan-{main}"
        assert await panel.sends(path, title="Tiang miring", langkah=step, checked="service") == 200
        assert f"Laporan #{one} tertaut ke #{main}." in panel.reads
        assert panel.page.xpath("//input[@name='title']/@value") == ["Tiang miring"]
        assert panel.page.xpath("//input[@name='checked'][@checked]/@value") == ["service"]
        assert await panel.sends(path, langkah="centang", checked="office") == 204
    async with signed_in(country, "koordinator.kab.bandung") as panel:
        # Whoever goes there finds it on the report's own page.
        await panel.opens(f"/panel/laporan/{one}")
        assert panel.page.xpath("//a[contains(@href, 'openstreetmap.org')]")
        await panel.opens(path)
        assert panel.page.xpath("//input[@name='checked'][@checked]/@value") == ["office"]
    refused = await country.http.put(
        f"/reports/{one}/checklist", json={"checked": ["ada"]}, headers=country.header(ADMIN)
    )
    assert refused.json()["errors"][0]["code"] == "not_in_checklist"
