"""Agencies are found as people say them; the likely ones first, those that cannot last."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from shared.database.agency_search import find_agencies
from shared.database.engine import Database, raw
from tests.conftest import UrlOf
from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN, COORDINATOR, PUSAT = "admin.kab.bandung", "koordinator.jabar", "admin.pusat"


async def offered(country: Country, who: str, q: str = "", **asked: Any) -> dict[str, Any]:
    answer = await country.get(who, "/agency-choices", q=q, **asked)
    assert answer.status_code == 200, answer.text
    choices: dict[str, Any] = answer.json()
    return choices


async def name_itself(country: Country, agency: str, *aliases: str, who: str = COORDINATOR) -> int:
    path = f"/management/agencies/{country.agencies[agency]}/aliases"
    header = country.header(who)
    answer = await country.http.put(path, json={"aliases": list(aliases)}, headers=header)
    return answer.status_code


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("PUPR kab bandung", "Dinas Pekerjaan Umum dan Tata Ruang Kabupaten Bandung"),
        ("Dinas PU Kab. Bandung", "Dinas Pekerjaan Umum dan Tata Ruang Kabupaten Bandung"),
        ("disdukcapil bekasi", "Dinas Kependudukan dan Pencatatan Sipil Kota Bekasi"),
        ("disdukcapli bekasi", "Dinas Kependudukan dan Pencatatan Sipil Kota Bekasi"),
        ("Pemkab Bandung", "Pemerintah Kabupaten Bandung"),
        ("pemprov jabar", "Pemerintah Provinsi Jawa Barat"),
        ("dins kesehatn kota bandng", "Dinas Kesehatan Kota Bandung"),
        ("perhubungan solo", "Dinas Perhubungan Kota Surakarta"),
        ("kementérian kesehatan", "Kementerian Kesehatan"),
        ("KEMENKES", "Kementerian Kesehatan"),
        ("dinas kesehatan soreang kab bandung", "UPTD Puskesmas Soreang"),
        ("rumah sakit umum daerah oto", "RSUD Oto Iskandar Di Nata"),
        *(
            (words, "Dinas Pekerjaan Umum dan Tata Ruang Kabupaten Bandung")
            for words in (
                *("DPUPR Kab. Bandung", "DPUTR kab bdg", "Dinas P.U. Kab Bandung"),
                "dinas pekerjaan umum dan penataan ruang kabupaten bandung",
                "dinas bina marga pekerjaan umum kab bandung",
            )
        ),
        ("sat pol pp kota bandung", "Satuan Polisi Pamong Praja Kota Bandung"),
        ("dinaskesehatan kota bandung", "Dinas Kesehatan Kota Bandung"),
        ("dis hub bali", "Dinas Perhubungan Provinsi Bali"),
        (
            "sudin dukcapil jaksel",
            "Suku Dinas Kependudukan dan Pencatatan Sipil Kota Administrasi Jakarta Selatan",
        ),
        (
            "dinkominfotik kab bandung",
            "Dinas Komunikasi, Informatika, dan Statistik Kabupaten Bandung",
        ),
        ("DLHK kota bandung", "Dinas Lingkungan Hidup Kota Bandung"),
        ("disdikbud jateng", "Dinas Pendidikan Provinsi Jawa Tengah"),
        ("walikota bandung", "Pemerintah Kota Bandung"),
        ("diknas jabar", "Dinas Pendidikan Provinsi Jawa Barat"),
        ("propinsi jawa barat", "Pemerintah Provinsi Jawa Barat"),
        ("kementrian kesehatan", "Kementerian Kesehatan"),
        ("pkm soreang", "UPTD Puskesmas Soreang"),
        ("kbri kl", "KBRI Kuala Lumpur"),
        ("di", "RSUD Oto Iskandar Di Nata"),
        ("hippopotamus", None),
        ("?!", None),
    ],
)
async def test_an_agency_is_found_as_people_say_it(
    country: Country, words: str, name: str | None
) -> None:
    items = (await offered(country, PUSAT, words))["items"]
    assert (items[0]["name"] if items else None) == name


async def test_those_that_lack_a_word_are_offered_where_none_has_all(country: Country) -> None:
    exact = await offered(country, PUSAT, "dinas perhubungan kota surakarta")
    assert (exact["total"], exact["partial"]) == (1, False)
    near = await offered(country, PUSAT, "balai perhubungan kota surakarta")
    assert [item["name"] for item in near["items"]] == ["Dinas Perhubungan Kota Surakarta"]
    assert near["partial"]
    # Of a fire brigade there is none: what is spelt nearly so is not what was asked for.
    assert (await offered(country, PUSAT, "damkar"))["partial"]
    nothing = await offered(country, PUSAT, "hippopotamus rhinoceros")
    assert (nothing["total"], nothing["partial"]) == (0, False)
    async with signed_in(country, ADMIN) as panel:
        asked = "/panel/cari/instansi?untuk=any&q=balai+perhubungan+kota+surakarta"
        told = (await panel.http.get(asked)).json()["status"]
    assert told == "Tidak ada yang memuat semua kata; ini yang terdekat. 1 instansi."


async def test_the_list_of_agencies_finds_what_is_mistyped(country: Country) -> None:
    for words in ("DLHK kota bandung", "dinas lingkungn hidp kota bandung"):
        listed = await country.get(PUSAT, "/agencies", q=words)
        names = [agency["name"] for agency in listed.json()["items"]]
        assert names == ["Dinas Lingkungan Hidup Kota Bandung"], words


async def test_the_list_says_how_many_there_are_beside_those_it_shows(country: Country) -> None:
    choices = await offered(country, PUSAT, "dinas", limit=5)
    assert len(choices["items"]) == 5
    assert choices["total"] > 50
    listed = await country.get(PUSAT, "/agencies", q="Dinas PU Kab. Bandung")
    assert "Dinas Pekerjaan Umum dan Tata Ruang Kabupaten Bandung" in [
        agency["name"] for agency in listed.json()["items"]
    ]


async def test_the_likely_ones_come_first_and_say_why(country: Country) -> None:
    category = country.verification()["category_id"]
    unit = "disdukcapil-kab-bandung"
    for _ in range(2):
        number = await country.report()
        await country.done(ADMIN, number, "verify", country.verification(unit))
    choices = await offered(country, ADMIN, purpose="verify", category=category)
    first = choices["items"][:2]
    assert [(item["id"], item["likely"]) for item in first] == [
        (country.agencies[unit], "usual"),
        (country.agencies["kab-bandung"], "own"),
    ]
    found = await offered(country, ADMIN, "dinas", purpose="verify", category=category)
    assert found["items"][0]["id"] == country.agencies[unit]
    nothing_usual = await offered(country, ADMIN, purpose="verify")
    assert nothing_usual["items"][0]["likely"] == "own"


@pytest.mark.parametrize(
    ("action", "field", "reason"),
    [
        ("verify", "agency_id", "Instansi Anda"),
        ("verify", "agency_id", "Biasanya untuk kategori ini"),
        ("forward", "agency_id", "Biasanya untuk kategori ini"),
        ("throw", "agency_id", None),
        ("defer", "awaited_agency_id", None),
    ],
)
async def test_before_a_search_a_form_offers_only_those_whose_reason_it_states(
    country: Country, action: str, field: str, reason: str | None
) -> None:
    """Those that are first in the alphabet stood there as well."""
    usual, number = await country.report(), await country.report()
    chosen = country.verification("dishub-kab-bandung")
    await country.done(ADMIN, usual, "verify", chosen)
    if action == "forward":  # to another one than has it
        await country.done(ADMIN, number, "verify", country.verification())
    classified = "UPDATE lifecycle.report SET category_id = :category WHERE number = :n"
    await country.rows(classified, category=chosen["category_id"], n=number)
    stated = {"Dituju pelapor", "Saran Instansi", "Biasanya untuk kategori ini", "Instansi Anda"}
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}/{action}")
        abouts = panel.page.xpath(f"//*[@id='f-{field}']//label[input[@value!='']]/span/span[1]")
        reasons = {about.text_content().split(" · ")[0] for about in abouts}
        assert reasons <= stated
        assert reason is None or reason in reasons


@pytest.mark.parametrize("purpose", ["forward", "throw", "verify"])
async def test_who_has_the_report_is_not_offered_to_hand_it_to(
    country: Country, purpose: str
) -> None:
    number = await country.verified()  # by which its unit is the usual one of its category
    handler = country.agencies["pupr-kab-bandung"]
    asked = {"report": number, "purpose": purpose, "q": "pekerjaan umum"}
    found = (await country.get(ADMIN, "/agency-choices", **asked)).json()["items"]
    [offered] = [agency for agency in found if agency["id"] == handler]
    told = (offered["likely"], offered["unavailable"])
    assert told == (("usual", None) if purpose == "verify" else (None, "handles_it"))


async def test_what_a_request_suggests_is_likely_for_its_report_alone(country: Country) -> None:
    number = await country.verified()
    suggested = country.agencies["dishub-kab-bandung"]
    form = {"reason": "Bukan wewenang kami.", "suggested_agency_id": suggested}
    await country.done("petugas.pupr.kab.bandung", number, "not-authority", form)
    choices = await offered(country, ADMIN, purpose="verify", report=number)
    assert [choices["items"][0][name] for name in ("id", "likely")] == [suggested, "suggested"]
    beside = await country.get("admin.kemensos", "/agency-choices", report=number, purpose="verify")
    assert beside.status_code == 404


async def test_who_cannot_receive_comes_last_with_the_reason(country: Country) -> None:
    for purpose, why in (("throw", "no_admin"), ("forward", "no_officer")):
        choices = await offered(country, COORDINATOR, "kabupaten", purpose=purpose, limit=50)
        last = choices["items"][-1]
        if purpose == "forward":
            assert (last["name"], last["unavailable"]) == ("Pemerintah Kabupaten Pangandaran", why)
        able = [item["unavailable"] is None for item in choices["items"]]
        assert able == sorted(able, reverse=True)
    own = await offered(country, COORDINATOR, "pemprov jabar", purpose="forward", limit=50)
    reasons = {item["id"]: item["unavailable"] for item in own["items"]}
    assert reasons[country.agencies["jabar"]] == "own_agency"
    waiting = await offered(country, ADMIN, "pemkab", purpose="defer", limit=50)
    assert waiting["items"][0]["name"] == "Pemerintah Kabupaten Pangandaran"
    assert waiting["items"][-1]["unavailable"] == "connected"


async def test_an_agency_is_found_by_names_that_its_admins_keep(country: Country) -> None:
    assert await name_itself(country, "dishub-kab-bandung", "Dinas Jalan Raya", "DLLAJ") == 200
    [found] = (await offered(country, PUSAT, "dllaj"))["items"]
    assert found["name"] == "Dinas Perhubungan Kabupaten Bandung"
    assert found["aliases"] == ["DLLAJ", "Dinas Jalan Raya"]
    assert found["place"] == "Pemerintah Kabupaten Bandung, Pemerintah Provinsi Jawa Barat"
    assert await name_itself(country, "dishub-kab-bandung") == 200
    assert (await offered(country, PUSAT, "dllaj"))["items"] == []
    assert await name_itself(country, "kemensos", "X", who=COORDINATOR) == 404
    assert await name_itself(country, "jabar", "X" * 81) == 422
    assert await name_itself(country, "jabar", *(f"Nama {n}" for n in range(21))) == 422
    log = (await country.get(COORDINATOR, "/management/log")).json()["items"]
    assert log[0]["details"] == {"aliases": ["DLLAJ, Dinas Jalan Raya", ""]}


async def test_names_of_an_agency_set_by_several_at_once_are_those_of_one(
    country: Country,
) -> None:
    path = f"/management/agencies/{country.agencies['dishub-kab-bandung']}/aliases"
    header = country.header(COORDINATOR)
    sets = [sorted([*(f"Nama {each}{nth}" for each in range(5)), "DLLAJ"]) for nth in range(6)]
    answers = await asyncio.gather(
        *(country.http.put(path, json={"aliases": names}, headers=header) for names in sets)
    )
    assert {answer.status_code for answer in answers} == {200}
    [found] = (await offered(country, PUSAT, "dllaj"))["items"]
    assert sorted(found["aliases"]) in sets
    assert await name_itself(country, "dishub-kab-bandung") == 200


async def test_a_renamed_agency_is_found_by_its_new_name_and_so_are_those_below(
    country: Country,
) -> None:
    path = f"/management/agencies/{country.agencies['dinkes-kab-bandung']}"
    header = country.header(COORDINATOR)
    name = {"name": "Dinas Wedangjahe"}
    assert (await country.http.patch(path, json=name, headers=header)).status_code == 200
    found = await offered(country, PUSAT, "wedangjahe")
    assert found["items"][0]["name"] == "Dinas Wedangjahe"
    assert "UPTD Puskesmas Soreang" in [item["name"] for item in found["items"]]


@pytest.fixture
async def intake(module_database: UrlOf) -> AsyncIterator[Database]:
    database = Database(module_database("lapor_intake"), pool_size=1)
    yield database
    await database.dispose()


async def test_words_are_looked_up_in_an_index(intake: Database) -> None:
    async with intake.session() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await session.scalars(text(f"EXPLAIN {_BY_WORDS}")))
    assert "agency_words_words" in plan
    assert "Seq Scan" not in plan


async def test_a_plan_for_any_words_counts_what_it_found_once(
    intake: Database, country: Country
) -> None:
    """A connection plans a statement it often asks once, for any words; then it expects few."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "matched" in statement:
            asked.append(statement)

    root = country.agencies["pusat"]
    async with intake.session() as session:
        connection = (await session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", note)
        found = await find_agencies(
            session, "d", step="verify", below=root, near=[root], around=["Jawa Barat"], limit=20
        )
        event.remove(connection, "before_cursor_execute", note)
        values = {"asked": "d:*", "by_name": "d:*AB", "in_whole": "d:AB", "first": "{}"}
        values |= {"below": str(root), "most": "20"}
        values |= {"near_1": str(root), "around_0": "jawa & barat"}
        names = [*values]
        by_position = re.sub(r"%\((\w+)\)s", lambda one: f"${names.index(one[1]) + 1}", asked[0])
        driver = await raw(session)
        await driver.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await driver.execute(f"PREPARE finding AS {by_position}".encode())
        given = ", ".join(f"'{value}'" for value in values.values())
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE finding ({given})"
        [plan] = await (await driver.execute(explained.encode())).fetchone() or [None]
    counts = [node for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Aggregate"]
    assert found.total > 2
    assert [node["Actual Loops"] for node in counts] == [1]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


_BY_WORDS = """
SELECT agency_id FROM routing.published_agency_words
WHERE active AND words @@ to_tsquery('simple', '(pupr:* | pekerjaan & umum) & bandung:*')
"""
