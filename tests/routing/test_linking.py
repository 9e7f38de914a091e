"""Linked reports (*laporan serupa*): who links what to what, what stands against it, who learns."""

import asyncio
import re
from datetime import datetime
from typing import Any

import httpx
import pytest

from shared.privacy.publication import public_time
from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN, OFFICER = "admin.kab.bandung", "petugas.pupr.kab.bandung"
DISDIK = "petugas.disdik.kab.bandung"
OTHER, PROVINCE, PUSAT = "admin.kota.bandung", "admin.jabar", "admin.pusat"


async def link(
    country: Country, number: int, main: int, who: str = ADMIN, **headers: str
) -> httpx.Response:
    return await country.act(who, number, "link", {"main_number": main}, **headers)


async def linked(country: Country, number: int, main: int, who: str = ADMIN) -> None:
    answer = await link(country, number, main, who)
    assert answer.status_code == 200, answer.text


async def main_of(country: Country, number: int) -> Any:
    query = "SELECT main_number, state FROM lifecycle.report WHERE number = :n"
    [row] = await country.rows(query, n=number)
    assert row.main_number == row.state["main_number"]
    return row.main_number


async def test_a_report_is_linked_to_a_main_one_and_untied_again(country: Country) -> None:
    main, one = await country.report(), await country.verified()
    before = await country.seen(ADMIN, one)
    await linked(country, one, main)
    seen = await country.seen(ADMIN, one)
    assert seen["links"]["main"]["number"] == main
    assert (seen["status"], seen["clocks"]) == (before["status"], before["clocks"])
    [line] = [line for line in seen["history"] if line["action"] == "link"]
    assert line["details"] == {"main_number": main}
    [other] = (await country.seen(ADMIN, main))["links"]["linked"]
    assert (other["number"], other["status"]["code"]) == (one, "VERIFIED")
    queue = {"tab": "awaiting_follow_up", "scope": "below", "linked": True, "limit": 100}
    rows = (await country.get(ADMIN, "/queue", **queue)).json()["items"]
    assert {row["number"]: row["main_number"] for row in rows}[one] == main
    assert all(row["main_number"] for row in rows)
    await country.done(ADMIN, one, "unlink", {})
    seen = await country.seen(ADMIN, one)
    assert seen["links"] == {"main": None, "linked": [], "linked_elsewhere": 0}
    assert seen["history"][-1]["details"] == {"main_number": main}


@pytest.mark.parametrize(("who", "exactly"), [(ADMIN, False), (PUSAT, True)])
async def test_when_a_linked_report_came_is_told_to_pusat_alone_to_the_minute(
    country: Country, who: str, exactly: bool
) -> None:
    main, one = await country.report(), await country.verified()
    await linked(country, one, main)
    [other] = (await country.seen(who, main))["links"]["linked"]
    query = "SELECT submitted_at FROM lifecycle.report WHERE number = :n"
    [came] = await country.rows(query, n=one)
    at = came.submitted_at
    told = datetime.fromisoformat(other["submitted_at"])
    assert told == (at if exactly else public_time(at))


async def test_a_report_linked_to_a_linked_one_is_linked_to_its_main_one(country: Country) -> None:
    main, first, second = [await country.report() for _ in range(3)]
    await linked(country, first, main)
    await linked(country, second, first)
    assert await main_of(country, second) == main
    twice = await link(country, second, first)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_linked")


async def test_a_main_one_is_not_linked_away_from_those_that_hang_on_it(country: Country) -> None:
    main, one, other = [await country.report() for _ in range(3)]
    await linked(country, one, main)
    away = await link(country, main, other)
    assert (away.status_code, away.json()["code"]) == (409, "has_linked")
    circle = await link(country, main, one)
    assert circle.json()["errors"][0]["code"] == "links_to_itself"
    await linked(country, one, other)
    await linked(country, main, other)
    assert await main_of(country, main) == await main_of(country, one) == other


async def test_of_two_links_at_once_none_makes_a_chain_or_a_circle(country: Country) -> None:
    a, b, c = [await country.report() for _ in range(3)]
    answers = await asyncio.gather(
        link(country, a, b), link(country, b, c), link(country, c, a), link(country, b, a)
    )
    assert {answer.status_code for answer in answers} <= {200, 409, 422}
    mains = {number: await main_of(country, number) for number in (a, b, c)}
    assert any(mains.values())
    assert all(mains[main] is None for main in mains.values() if main is not None), mains


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [(OFFICER, 403, "not_authorised"), (OTHER, 404, "report_not_found")],
)
async def test_only_the_handlers_admins_and_those_above_link(
    country: Country, who: str, status: int, code: str
) -> None:
    main, one = await country.report(), await country.verified()
    refused = await link(country, one, main, who)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_the_main_report_is_open_readable_and_of_the_same_handler_or_above(
    country: Country,
) -> None:
    one = await country.report()
    beside = await country.report("kota-bandung")
    for number in (beside, 7):
        unknown = await link(country, one, number)
        assert unknown.json()["errors"] == [
            {
                "field": "main_number",
                "code": "report_not_found",
                "message": "Tidak ada laporan dengan nomor itu yang dapat Anda baca.",
            }
        ]
    elsewhere = await link(country, one, beside, PUSAT)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "main_handled_elsewhere")
    below = await link(country, one, await country.verified())
    assert below.json()["code"] == "main_handled_elsewhere"
    ended = await country.report()
    await country.done(ADMIN, ended, "archive", {"category": "incomplete", "note": "Kurang."})
    assert (await link(country, one, ended)).json()["code"] == "main_ended"


async def test_who_reads_a_copy_and_partners_learn_nothing_of_a_link(country: Country) -> None:
    main, one = await country.report(), await country.verified()
    copies = {"agency_ids": [country.agencies["kota-bandung"]]}
    await country.done(ADMIN, one, "copies", copies)
    await linked(country, one, main)
    seen = await country.seen(OTHER, one)
    assert seen["links"] == {"main": None, "linked": [], "linked_elsewhere": 0}
    assert str(main) not in str(seen)
    [line] = await country.rows(
        "SELECT visibility FROM lifecycle.history WHERE number = :n AND action = 'link'", n=one
    )
    assert line.visibility == "staff"


async def test_a_similar_report_is_linked_in_the_panel_by_one_button(country: Country) -> None:
    words: dict[str, Any] = {"title": "Trotoar Banjaran amblas", "body": "Amblas dalam."}
    main, one = await country.report(**words), await country.report(**words)
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{one}/link")
        assert "Kata yang sama: trotoar, banjaran, amblas" in panel.reads
        path = f"/panel/laporan/{one}/link"
        assert await panel.sends(path, main_number="1", langkah="kirim") == 422
        assert "Tidak ada laporan dengan nomor itu" in panel.reads
        assert await panel.sends(path, langkah=f"tautkan-{main}") == 200
        assert panel.path == f"/panel/laporan/{one}"
        assert f"Tertaut ke#{main}" in panel.reads
        await panel.opens(f"/panel/laporan/{one}/unlink")
        assert await panel.sends(f"/panel/laporan/{one}/unlink", langkah="kirim") == 200
        await panel.opens(path)
        pasted = f"https://lapor.example/panel/laporan/{main}?kembali=%2Fpanel"
        assert await panel.sends(path, main_number=pasted, langkah="kirim") == 200
        assert f"Tertaut ke#{main}" in panel.reads
        await panel.opens(f"/panel/laporan/{main}")
        assert "Laporan tertaut (1)" in panel.reads
        await panel.opens(f"/panel/laporan/{one}/unlink")
        assert await panel.sends(f"/panel/laporan/{one}/unlink", langkah="kirim") == 200
    assert await main_of(country, one) is None


SENT = {"outcome": "done", "text": "Sudah diperbaiki kemarin."}


async def test_a_follow_up_is_sent_to_the_linked_reports_each_as_its_own(country: Country) -> None:
    main, one, unsent, elsewhere = [await country.verified() for _ in range(4)]
    for number in (one, unsent, elsewhere):
        await linked(country, number, main)
    await country.done(
        ADMIN, elsewhere, "forward", {"agency_id": country.agencies["disdik-kab-bandung"]}
    )
    path = f"/reports/{main}/linked-follow-ups"
    header = country.header(OFFICER)
    items = (await country.followup.get(path, headers=header)).json()["items"]
    assert {item["number"]: item["reason"] for item in items} == {
        one: None,
        unsent: None,
    }
    above = (await country.followup.get(path, headers=country.header(ADMIN))).json()["items"]
    assert {item["number"]: item["reason"] for item in above}[elsewhere] == "linked_elsewhere"
    body = {"numbers": [elsewhere], "form": {"kind": "follow_up", **SENT}}
    refused = await country.followup.post(path, json=body, headers=header)
    assert refused.json()["errors"][0]["code"] == "not_linked_here"
    async with signed_in(country, OFFICER) as panel:
        form = f"/panel/laporan/{main}/follow_up"
        await panel.opens(form)
        assert f"#{elsewhere}" not in panel.reads
        [choice] = [
            " ".join(label.text_content().split())
            for label in panel.page.xpath("//fieldset[@id='f-to_linked']//label")
            if f"#{one}" in label.text_content()
        ]
        assert re.fullmatch(
            rf"#{one} Jalan berlubang di Soreang ?Terverifikasi · (baru saja|.+ lalu)", choice
        )
        assert await panel.sends(form, **SENT, to_linked=str(one), langkah="kirim") == 200
        assert "Dikirim juga ke 1 laporan tertaut" in panel.page.text_content()
    async with asyncio.timeout(60):
        while await country.status(one) != "FOLLOWED_UP":
            await asyncio.sleep(0.1)
    seen = await country.seen(OFFICER, one)
    assert [words["words"] for words in seen["written"]] == [SENT["text"]]
    assert await country.status(main) == "FOLLOWED_UP"
    assert await country.status(unsent) == await country.status(elsewhere) == "VERIFIED"


async def test_the_histories_say_where_a_follow_up_was_sent_on_and_whence_it_came(
    country: Country,
) -> None:
    main, one, late, moved = [await country.verified() for _ in range(4)]
    for number in (one, late, moved):
        await linked(country, number, main)
    sent = await country.followup.post(
        f"/reports/{main}/linked-follow-ups",
        json={"numbers": [one, late, moved], "form": {"kind": "follow_up", **SENT}},
        headers=country.header(OFFICER),
    )
    assert sent.status_code == 202, sent.text
    await asyncio.gather(*(followed_up(country, number) for number in (one, late, moved)))
    await refused_afterwards(country, late)
    elsewhere = {"agency_id": country.agencies["disdik-kab-bandung"]}
    await country.done(ADMIN, moved, "forward", elsewhere)

    [line] = await lines_of(country, OFFICER, main, "sent_on")
    assert line["label"] == "Tindak lanjut dikirim ke laporan tertaut"
    assert line["actor"]["staff"]["name"] == country.staff[OFFICER].name
    assert {fact["label"]: fact["value"] for fact in line["facts"]} == {
        "Terkirim ke": f"#{one}",
        "Tidak terkirim ke": f"#{late} (Status laporan sekarang tidak mengizinkan ini."
        " Muat ulang dulu.)",
        "Laporan tertaut lain, kini di instansi lain": "1",
    }
    [above] = await lines_of(country, ADMIN, main, "sent_on")
    assert f"#{moved}" in str(above["facts"])
    for who, number, knows in ((OFFICER, one, True), (ADMIN, moved, True), (DISDIK, moved, False)):
        [step] = await lines_of(country, who, number, "follow_up")
        facts = {fact["label"]: fact["value"] for fact in step["facts"]}
        assert facts.get("Melalui laporan utama") == (f"#{main}" if knows else None), who
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(f"/panel/laporan/{main}")
        assert f"Terkirim ke: #{one}" in panel.reads
        await panel.opens(f"/panel/laporan/{one}")
        assert f"Melalui laporan utama: #{main}" in panel.reads


async def test_who_reads_a_copy_learns_of_no_sending_to_linked_reports(country: Country) -> None:
    main, one = [await country.verified() for _ in range(2)]
    await linked(country, one, main)
    for number in (main, one):
        await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})
    await country.followup.post(
        f"/reports/{main}/linked-follow-ups",
        json={"numbers": [one], "form": {"kind": "follow_up", **SENT}},
        headers=country.header(OFFICER),
    )
    await followed_up(country, one)
    assert await lines_of(country, "admin.kemensos", main, "sent_on") == []
    assert f"#{main}" not in str(await lines_of(country, "admin.kemensos", one, "follow_up"))


async def followed_up(country: Country, number: int) -> None:
    async with asyncio.timeout(60):
        while await country.status(number) != "FOLLOWED_UP":
            await asyncio.sleep(0.1)


async def refused_afterwards(country: Country, number: int) -> None:
    """As if it had been refused."""
    await country.one(
        "UPDATE lifecycle.bulk_item SET state = 'refused', reason = 'not_allowed_in_status'"
        " WHERE number = :n RETURNING number",
        n=number,
    )
    await country.one(
        "UPDATE lifecycle.history SET ref = NULL WHERE number = :n AND action = 'follow_up'"
        " RETURNING number",
        n=number,
    )


async def lines_of(country: Country, who: str, number: int, action: str) -> list[Any]:
    history = (await country.seen(who, number))["history"]
    return [line for line in history if line["action"] == action]


async def test_a_report_that_its_reader_may_not_open_is_named_without_a_link(
    country: Country,
) -> None:
    main, one = await country.verified(), await country.verified()
    await linked(country, one, main)
    below = country.agencies["disdik-kab-bandung"]
    await country.done(ADMIN, one, "forward", {"agency_id": below})
    further = await country.verified(unit="disdik-kab-bandung", linked_number=main)
    reason = "ditangani instansi yang tidak Anda baca"
    async with signed_in(country, DISDIK) as panel:
        for number in (one, further):
            await panel.opens(f"/panel/laporan/{number}")
            assert f"#{main} ({reason})" in panel.reads
            assert not hrefs_to(panel.page, main)
    async with signed_in(country, ADMIN) as panel:
        for path in (str(one), str(further), f"{one}/link", f"{one}/unlink"):
            await panel.opens(f"/panel/laporan/{path}")
            assert hrefs_to(panel.page, main), path
            assert reason not in panel.reads
        await panel.opens(f"/panel/laporan/{one}")
        assert len(hrefs_to(panel.page, main)) == 2  # beside the report, and in its history
    await country.done(ADMIN, main, "copies", {"agency_ids": [below]})
    async with signed_in(country, DISDIK) as panel:
        await panel.opens(f"/panel/laporan/{one}")
        assert hrefs_to(panel.page, main)


def hrefs_to(page: Any, number: int) -> list[Any]:
    return list(page.xpath(f"//main//a[@href='/panel/laporan/{number}']"))
