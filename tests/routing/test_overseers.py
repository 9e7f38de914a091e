"""Overseers read what a subtree handles, without identities, and each reading is logged."""

from typing import Any

import pytest

from shared.http.tokens import Staff
from tests.documents.reading_back import text_of
from tests.routing.country import Country
from tests.routing.test_owed import FOLLOW_UP, followed

ADMIN = "admin.kab.bandung"
OFFICER = "petugas.pupr.kab.bandung"
INSPECTOR = "inspektorat.kab.bandung"
INSPECTOR_OF_ROADS = "inspektorat.pupr"
ORIGINAL = "Jalan di depan pasar Soreang berlubang, sdh 3 org jatuh."


@pytest.fixture(scope="module", autouse=True)
async def inspector(country: Country) -> None:
    """Somebody of the Inspektorat, named for the regency, one for a unit, another for a city."""
    for username, code in (
        (INSPECTOR, "kab-bandung"),
        (INSPECTOR_OF_ROADS, "pupr-kab-bandung"),
        ("inspektorat.kota", "kota-bandung"),
    ):
        agency_id = country.agencies[code]
        staff_id = await country.one(
            "INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active,"
            " token_version) VALUES (:u, 'Inspektur Uji', 'overseer', :a, '', true, 1)"
            " RETURNING id",
            u=username,
            a=agency_id,
        )
        path = await country.one("SELECT path FROM routing.agency WHERE id = :a", a=agency_id)
        country.staff[username] = Staff(
            id=staff_id, role="overseer", agency_id=agency_id, agency_path=path
        )


async def test_an_overseer_reads_without_who_reported_and_may_do_nothing(country: Country) -> None:
    number = await country.verified()
    await followed(country, OFFICER, number, "coordination", {"note": "Hubungi Bu Siti."})
    seen = await country.seen(INSPECTOR, number)
    assert seen["reporter"]["name"] is None and seen["allowed_actions"] == []
    assert "verify" in [line["action"] for line in seen["history"]]
    paper = await country.get(INSPECTOR, f"/reports/{number}/document")
    for text in (str(seen), text_of(paper.content)):
        for hidden in ("Siti", "6281234567890", "siti@contoh.id"):
            assert hidden not in text
    printed = text_of(paper.content)
    assert "Pengawas: hanya baca" in printed and "Salinan" not in printed
    assert "Pengawas membaca tanpa identitas pelapor." in printed
    assert "Admin Instansi, Pemerintah Kabupaten Bandung" in printed
    to = {"agency_id": country.agencies["pupr-kab-bandung"]}
    assert (await country.act(INSPECTOR, number, "forward", to)).status_code == 403


@pytest.mark.parametrize(
    ("language", "title"),
    [("id", "Laporan yang belum diverifikasi"), ("en", "Report not verified yet")],
)
async def test_in_place_of_words_that_are_not_shown_stands_a_sentence_in_the_readers_language(
    country: Country, language: str, title: str
) -> None:
    number = await country.report()
    headers = country.header(INSPECTOR) | {"Accept-Language": language}
    seen = (await country.http.get(f"/reports/{number}", headers=headers)).json()
    assert (seen["title"], "setelah diverifikasi" in seen["body"]) == (title, language == "id")


async def test_an_overseer_is_offered_no_views_and_told_of_no_colleagues(country: Country) -> None:
    choices = (await country.get(INSPECTOR, "/queue/choices")).json()
    assert choices["views"] == choices["colleagues"] == []
    assert choices["agencies"] and choices["categories"]


async def test_a_list_has_no_text_for_it_is_not_logged_as_a_reading_is(country: Country) -> None:
    number = await country.verified()
    params = {"tab": "awaiting_follow_up", "scope": "below", "limit": 100}
    excerpts = {}
    for who in (ADMIN, INSPECTOR):
        rows = (await country.get(who, "/queue", **params)).json()["items"]
        excerpts[who] = {row["number"]: row["excerpt"] for row in rows}[number]
    assert excerpts[ADMIN]
    assert excerpts[INSPECTOR] == ""


async def test_whoever_is_not_told_of_a_link_finds_nothing_by_it(country: Country) -> None:
    main, one = await country.verified(), await country.verified()
    await country.done(ADMIN, one, "link", {"main_number": main})
    params = {"tab": "awaiting_follow_up", "scope": "below", "limit": 100}

    async def found(who: str, linked: bool) -> list[int]:
        rows = (await country.get(who, "/queue", linked=linked, **params)).json()["items"]
        return [row["number"] for row in rows]

    assert one in await found(ADMIN, True)
    assert await found(INSPECTOR, True) == []
    assert one in await found(INSPECTOR, False)


async def test_an_overseer_of_the_agency_that_wrote_is_offered_no_rectifying(
    country: Country,
) -> None:
    number = await country.verified()
    await followed(country, OFFICER, number, "follow-ups", FOLLOW_UP)
    seen = await country.seen(INSPECTOR_OF_ROADS, number)
    assert seen["allowed_actions"] == []


async def test_a_reading_is_told_to_the_agency_and_to_pusat(country: Country) -> None:
    number = await country.report(anonymous=True)
    for _ in range(3):  # of one sitting
        await country.seen(INSPECTOR, number)
    for who in (ADMIN, "admin.pusat"):
        history = (await country.seen(who, number))["history"]
        [line] = [line for line in history if line["action"] == "overseen"]
        assert line["label"] == "Dibaca pengawas"
        assert line["actor"]["staff"]["name"] == "Inspektur Uji"
        assert line["actor"]["label"] == "Pengawas"


async def test_before_verification_an_overseer_reads_no_words_and_finds_by_none(
    country: Country,
) -> None:
    number = await country.report()
    assert ORIGINAL not in str(await country.seen(INSPECTOR, number))
    params = {"tab": "unverified", "scope": "below"}
    listed = await country.get(INSPECTOR, "/queue", **params)
    assert listed.status_code == 200 and ORIGINAL[:20] not in listed.text
    found = await country.get(INSPECTOR, "/queue", q=str(number), **params)
    assert [row["number"] for row in found.json()["items"]] == [number]
    by_words = await country.get(INSPECTOR, "/queue", q="Soreang", **params)
    assert by_words.status_code == 422 and "nomor laporan saja" in by_words.text


async def test_digits_that_only_the_original_has_find_nothing(country: Country) -> None:
    phone = "6281234567891"
    signed: dict[str, Any] = {
        "title": "Pungutan liar",
        "body": f"Hubungi saya di {phone}.",
        "anonymous": True,
    }
    new, filed = await country.report(**signed), await country.report(**signed)
    reason = {"category": "incomplete", "note": "Kurang."}
    await country.done(ADMIN, filed, "archive", reason)
    for tab, number in (("unverified", new), ("archived", filed), ("all", filed)):
        asked = {"tab": tab, "scope": "below"}
        agency_s = await country.get(ADMIN, "/queue", q=phone, **asked)
        assert number in [row["number"] for row in agency_s.json()["items"]]
        found = await country.get(INSPECTOR, "/queue", q=phone, **asked)
        assert (found.status_code, found.json()) == (
            200,
            {"items": [], "next": None, "corrected": None, "by_contact": False},
        )
        by_number = await country.get(INSPECTOR, "/queue", q=str(number), **asked)
        assert [row["number"] for row in by_number.json()["items"]] == [number]


async def test_an_overseer_of_another_subtree_knows_of_nothing(country: Country) -> None:
    number = await country.verified()
    assert (await country.get("inspektorat.kota", f"/reports/{number}")).status_code == 404


async def test_an_overseer_connects_no_agency_and_is_nobody_s_colleague(country: Country) -> None:
    agency_id = country.agencies["kab-bandung"]
    people = (await country.get(ADMIN, "/staff")).json()["items"]
    assert people and "Inspektur Uji" not in [person["name"] for person in people]
    await country.rows(
        "UPDATE routing.staff SET active = false WHERE agency_id = :a AND role <> 'overseer'",
        a=agency_id,
    )
    try:
        for table in ("agency_directory WHERE id", "agency_words WHERE agency_id"):
            [alone] = await country.rows(
                f"SELECT has_admin, has_officer FROM routing.{table} = :a",  # noqa: S608
                a=agency_id,
            )
            assert tuple(alone) == (False, False)
    finally:
        await country.rows(
            "UPDATE routing.staff SET active = true WHERE agency_id = :a", a=agency_id
        )
