"""What stands around the lists, in a row, and in the language of the page."""

import pytest
from playwright.sync_api import expect

from tests.portal.by_request import dispose, follow_up, submit
from tests.portal.conftest import Meet

pytestmark = pytest.mark.timeout(600)
OTHER_WAY = "Pelapor yang harus dihubungi dengan cara lain"


def test_a_row_has_its_actions_in_one_line_and_the_list_is_in_sight(meet: Meet) -> None:
    admin = meet(wide=1280)
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel")
    row = admin.row_of(int(number))
    assert admin.page.locator(".list").bounding_box()["y"] < 520  # type: ignore[index]
    tops = {box["y"] for one in row.locator(".acts a").all() if (box := one.bounding_box())}
    assert len(tops) == 1, tops
    left = {
        box["x"]
        for part in ("h2 a", ".excerpt", ".meta .num")
        if (box := row.locator(part).first.bounding_box())
    }
    assert len(left) == 1, "what is said of a report begins at one edge"
    assert admin.page.get_by_role("link", name=OTHER_WAY).count() == 1


def test_the_browsers_back_finds_what_was_ticked(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel?tab=unverified")
    admin.row_of(int(number)).get_by_role("checkbox").check()
    admin.presses("Arsipkan")
    assert f"#{number}" in admin.reads
    admin.page.go_back()
    expect(admin.row_of(int(number)).get_by_role("checkbox")).to_be_checked()


def test_what_is_done_with_many_leaves_the_list_in_sight_on_a_phone(meet: Meet) -> None:
    citizen, admin = meet(phone=True), meet(wide=390)
    number, _ = submit(citizen)
    admin.signs_in("admin.kab.bandung")
    for chosen in ("semua", f"semua.{int(number) + 50_000_000}"):  # here, and elsewhere
        admin.opens(f"/panel?tab=unverified&pilih={chosen}")
        bar = admin.page.locator("#massal").bounding_box()
        sees = admin.page.evaluate("innerHeight")
        assert bar is not None
        assert bar["height"] < 200
        assert bar["y"] + bar["height"] <= sees + 1


@pytest.mark.parametrize(("width", "above"), [(390, 660), (1280, 520)])
def test_applied_filters_are_named_above_the_list_that_stays_in_sight(
    meet: Meet, width: int, above: int
) -> None:
    admin = meet(wide=width, scripts=False)
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel?tab=unverified")
    admin.opens_part("Saringan dan urutan")
    admin.picks("Klasifikasi", "Pengaduan")
    admin.picks("Sumber laporan", "Situs Web")
    admin.page.get_by_label("Masuk sejak").fill("2020-01-31")
    admin.presses("Terapkan")
    chips = admin.page.get_by_role("list", name="Saringan yang dipakai")
    expect(chips.get_by_role("link")).to_have_text(
        [
            "Tanpa saringan Klasifikasi: Pengaduan×",
            "Tanpa saringan Sumber laporan: Situs Web×",
            "Tanpa saringan Masuk sejak: 31 Jan 2020×",
            "Hapus saringan",
        ]
    )
    assert not admin.page.get_by_label("Masuk sejak").is_visible()
    row = admin.row_of(int(number))
    first = admin.page.locator(".list > li").first.bounding_box()
    assert first and first["y"] < above
    assert admin.fits
    with admin.page.expect_event("load"):
        chips.get_by_role("link", name="Sumber laporan").click()
    assert "channel" not in admin.page.url
    assert "classification=complaint" in admin.page.url
    expect(row).to_be_visible()
    admin.follows("Hapus saringan")
    expect(chips).to_have_count(0)


def test_filters_of_the_public_list_are_named_and_taken_out(meet: Meet) -> None:
    somebody = meet(phone=True)
    somebody.opens("/laporan?q=jalan&classification=complaint&tab=closed")
    chips = somebody.page.get_by_role("list", name="Saringan yang dipakai")
    expect(chips.get_by_role("link")).to_have_count(4)
    somebody.follows("Tanpa saringan Klasifikasi: Pengaduan")
    assert somebody.page.url.endswith("/laporan?q=jalan&tab=closed")


@pytest.mark.parametrize(
    "username", ["admin.kab.bandung", "admin.pusat", "petugas.pupr.kab.bandung"]
)
def test_the_main_navigation_is_whole_at_a_desk(meet: Meet, username: str) -> None:
    person = meet()
    person.signs_in(username)
    for address in ("/panel/tugas", "/panel/pengaturan"):
        person.opens(address)
        for width in (1280, 1400, 1536, 1920):
            person.page.set_viewport_size({"width": width, "height": 900})
            needed, there = person.page.locator(".top nav").evaluate(
                "nav => [nav.scrollWidth, nav.clientWidth]"
            )
            assert needed <= there, width
            name = person.page.locator(".top .who").bounding_box()
            assert name and name["width"] > 100, f"{width}: who is signed in can still be read"
            assert person.fits, width


def test_an_overseer_is_offered_no_page_that_is_refused(meet: Meet) -> None:
    overseer = meet(scripts=False)
    number, _ = submit(overseer.portal)
    overseer.signs_in("pengawas.jabar")
    overseer.opens("/panel?scope=below")
    assert "Daftar Laporan — Pemantauan" in overseer.reads
    assert overseer.page.get_by_role("link", name=OTHER_WAY).count() == 0
    overseer.opens(f"/panel/laporan/{number}")
    overseer.follows("← Daftar Laporan")
    assert "Daftar Laporan — Pemantauan" in overseer.reads


def test_who_reads_english_reads_english_buttons_agencies_and_history(meet: Meet) -> None:
    admin, officer = meet(), meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    officer.signs_in("petugas.pupr.kab.bandung")
    follow_up(officer, number, "Lubang sudah ditambal.")
    officer.opens(f"/panel/laporan/{number}/follow_up")
    reasons = officer.page.get_by_text("Di luar kewenangan")
    assert not reasons.is_visible(), "why it cannot be met is asked once it cannot"
    officer.page.locator("[name=outcome][value=cannot_be_met]").check()
    assert reasons.is_visible()

    admin.opens("/panel/akun")
    admin.follows("English")
    admin.opens(f"/panel/laporan/{number}")
    assert "Handed to: Dinas" in admin.reads and "Outcome: Done" in admin.reads
    admin.opens(f"/panel/laporan/{number}/forward")
    assert admin.page.get_by_role("button", name="Forward", exact=True).count() == 1
    admin.page.locator("#f-agency_id").get_by_role("combobox").fill("pekerjaan umum")
    handler = admin.page.get_by_role("option", name="Handles this report already.")
    expect(handler).to_contain_text("Dinas Pekerjaan Umum dan Tata Ruang")
    admin.opens("/panel/pengaturan/saya")
    assert "In the morning digest" in admin.page.content()
    assert "Di ringkasan pagi" not in admin.page.content()
