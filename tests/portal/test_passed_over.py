"""A list is shown though its address asks for what is not to be had any more, and says so."""

from contextlib import closing

import pytest
from playwright.sync_api import expect

from services.portal.contracts.intake import PublicItem
from services.portal.passed_over import beyond_the_end
from shared.http.paging import Page
from tests.portal.conftest import Meet, Portal
from tests.portal.person import Person
from tests.portal.reading import Reader

pytestmark = pytest.mark.timeout(600)
GONE = "tidak dikenal atau tidak ada lagi."
NO_AGENCY = "instansi ini tidak ada lagi, atau bukan instansi Anda atau di bawahnya."
NO_PAGE = "halaman ini tidak ada lagi; yang tampil halaman pertama."
NO_DAY = "bukan tanggal."
OF_STAFF = [
    ("/panel?status=NEVER&overdue=1", "Status", "NEVER", GONE),
    ("/panel?tab=selesai", "Tab", "selesai", GONE),
    ("/panel?tab=all&agency=2147483000", "Instansi", "2147483000", NO_AGENCY),
    ("/panel?assignee=saya", "Ditugaskan kepada", "saya", GONE),
    ("/panel?category=jalan", "Kategori", "jalan", GONE),
    ("/panel?due_before=31-02-2026", "Tenggat sampai", "31-02-2026", NO_DAY),
    ("/panel?lanjut=abc", "Halaman", "abc", NO_PAGE),
    ("/panel/tugas?jenis=apa", "Jenis tugas", "apa", GONE),
    ("/panel/tugas?lanjut=abc", "Halaman", "abc", NO_PAGE),
    ("/panel/pengguna?role=raja", "Jabatan", "raja", GONE),
    ("/panel/pengguna?agency_id=2147483000", "Instansi", "2147483000", NO_AGENCY),
    ("/panel/instansi?lanjut=abc", "Halaman", "abc", NO_PAGE),
    ("/panel/riwayat?lanjut=abc", "Halaman", "abc", NO_PAGE),
    ("/panel/lonceng?lanjut=abc", "Halaman", "abc", NO_PAGE),
    ("/panel/cara-lain?lanjut=abc", "Halaman", "abc", NO_PAGE),
    ("/panel/statistik/pengelolaan?agency=2147483000", "Instansi", "2147483000", NO_AGENCY),
    ("/panel/statistik/pemanfaatan?from=kemarin", "Periode: masuk sejak", "kemarin", NO_DAY),
    ("/panel/statistik/wilayah?within=99", "Wilayah", "99", GONE),
    ("/panel/statistik/laporan?mark=rated", "Angka", "rated", GONE),
    ("/panel/unduh?tab=apa", "Tab", "apa", GONE),
    ("/panel/unduh?tab=deferred&status=VERIFIED", "Status", "VERIFIED", GONE),
    ("/panel/unduh?submitted_to=besok", "Masuk sampai", "besok", NO_DAY),
    ("/panel/waktu-proses?instansi=2147483000", "Instansi", "2147483000", NO_AGENCY),
    ("/panel/templat?instansi=2147483000", "Instansi", "2147483000", NO_AGENCY),
]
OF_EVERYBODY = [
    ("/laporan?category=jalan", "Kategori", "jalan", GONE),
    ("/laporan?region=99", "Wilayah", "99", GONE),
    ("/laporan?tab=apa&q=jalan", "Tab", "apa", GONE),
    ("/laporan?classification=apa", "Klasifikasi", "apa", GONE),
    ("/laporan?lanjut=abc", "Halaman", "abc", NO_PAGE),
    ("/laporan?lanjut=+x+", "Halaman", " x ", NO_PAGE),
    ("/laporan?tab=a%E2%80%AEb&Hubungi+0812-3456-7890=a%E2%80%AEb", "Tab", "ab", GONE),
]


def _is_told(person: Person, address: str, called: str, value: str, reason: str) -> None:
    answer = person.page.goto(person.portal.address + address)
    assert answer and answer.status == 200, address
    told = person.page.locator("#dilewati")
    expect(told.get_by_role("listitem")).to_have_text(f"{called} “{value}”: {reason}")


def test_every_list_of_the_panel_is_shown_without_what_is_not_to_be_had(meet: Meet) -> None:
    admin = meet(scripts=False)
    admin.signs_in("admin.pusat")
    for asked in OF_STAFF:
        _is_told(admin, *asked)


def test_every_public_list_is_shown_without_what_is_not_to_be_had(meet: Meet) -> None:
    somebody = meet(phone=True)
    for asked in OF_EVERYBODY:
        _is_told(somebody, *asked)


def test_what_could_be_applied_is_and_a_link_leaves_the_rest_out(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/akun")
    admin.follows("English")
    admin.opens("/panel?tab=all&status=NEVER&overdue=1&assignee=x")
    told = admin.page.locator("#dilewati")
    expect(told.get_by_role("listitem")).to_have_text(
        [
            "Status “NEVER”: unknown, or no longer there.",
            "Assigned to “x”: unknown, or no longer there.",
        ]
    )
    assert admin.page.locator("[name=overdue][type=checkbox]").is_checked()
    admin.follows("Take it out of the address")
    assert admin.page.locator("[name=overdue][type=checkbox]").is_checked()
    expect(told).to_have_count(0)
    assert admin.page.url.endswith("/panel?tab=all&overdue=1")


def test_who_left_and_what_was_retired_still_narrow_the_list(meet: Meet) -> None:
    admin = meet(scripts=False)
    admin.signs_in("admin.pusat")
    for address, chosen, words in (
        ("/panel?tab=all&scope=below&assignee=2147483000", "assignee", "tidak ditawarkan lagi"),
        ("/panel?tab=all&scope=below&category=2147483000", "category", "Tidak dipakai lagi"),
        ("/laporan?category=2147483000", "category", "Tidak dipakai lagi"),
    ):
        admin.opens(address)
        expect(admin.page.locator("#dilewati")).to_have_count(0)
        expect(admin.page.locator(f"select[name={chosen}]")).to_have_value("2147483000")
        assert words in admin.page.content()


def test_an_overseer_who_searches_by_words_reads_the_list_and_why(meet: Meet) -> None:
    overseer = meet()
    overseer.signs_in("pengawas.jabar")
    overseer.opens("/panel?tab=all&scope=below&q=lubang")
    assert "Daftar Laporan — Pemantauan" in overseer.reads
    expect(overseer.page.locator("#dilewati").get_by_role("listitem")).to_contain_text(
        "Pencarian “lubang”:"
    )


@pytest.mark.parametrize("narrowed", [{"region": "91"}, {"category": 7}, {"q": "lubang"}])
def test_what_is_looked_for_may_end_with_an_empty_page(narrowed: dict[str, object]) -> None:
    empty = Page[PublicItem](items=[], next=None)
    assert not beyond_the_end({"cursor": "lama", **narrowed}, empty)
    assert beyond_the_end({"cursor": "lama", "region": None, "limit": 20}, empty)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (("from=2001-01-01", "to=2026-12-31"), "Periode lebih dari sepuluh tahun, atau di luar"),
        (("from=2001-01-01",), "Periode lebih dari sepuluh tahun, atau di luar"),
        (("from=2026-05-01", "to=2026-04-01"), "Hari terakhir lebih awal daripada hari pertama."),
    ],
)
def test_figures_of_a_period_that_makes_no_sense_are_those_of_the_usual_one(
    portal: Portal, asked: tuple[str, ...], reason: str
) -> None:
    with closing(Reader(portal, "admin.kab.bandung")) as admin:
        usual = admin.opens("/panel/statistik/pemanfaatan").forms
        page = admin.opens(f"/panel/statistik/pemanfaatan?{'&'.join(asked)}")
        assert page.status == 200 and page.html.count(reason) == len(asked)
        assert "<strong>Periode: masuk sejak</strong>" in page.html
        assert ("<strong>Periode: sampai</strong>" in page.html) == (len(asked) == 2)
        days = [
            [form.data()[day] for form in forms if form.method == "get" for day in ("from", "to")]
            for forms in (usual, page.forms)
        ]
        assert days[0] == days[1] != []
