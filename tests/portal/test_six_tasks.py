"""A day's tasks by keyboard alone and on a narrow screen, by what stands on the page, with scripts
and without."""

from typing import Any

import pytest

from tests.portal.by_keyboard import ByKeyboard
from tests.portal.conftest import Meet, Portal
from tests.portal.person import Person
from tests.portal.prepared import ADMIN, CLEANING, OFFICER, WORKS, Prepared
from tests.portal.test_one_story import finishes

pytestmark = pytest.mark.timeout(600)

PHONE = 390
_AT_NIGHT = pytest.mark.nightly
TITLE = "Jalan Berlubang di Kota Lama"


@pytest.mark.parametrize(
    ("hands", "scripts"),
    [
        pytest.param({"by": ByKeyboard}, True, id="keyboard", marks=_AT_NIGHT),
        pytest.param({"wide": PHONE}, False, id="narrow screen, no scripts"),
        pytest.param({"by": ByKeyboard}, False, id="keyboard, no scripts", marks=_AT_NIGHT),
        pytest.param({"wide": PHONE}, True, id="narrow screen", marks=_AT_NIGHT),
    ],
)
def test_six_tasks_of_a_day(
    meet: Meet, portal: Portal, hands: dict[str, Any], scripts: bool
) -> None:
    number = Prepared(portal).submitted("jalan berlubang di kota lama")
    admin, officer = meet(scripts=scripts, **hands), meet(scripts=scripts, **hands)
    _signs_in(admin, ADMIN)
    _signs_in(officer, OFFICER)
    _verifies(admin, number, scripts)
    _notes_for_a_colleague(officer, number)
    _follows_up(officer, number)
    _asks_to_hold(officer, number)
    _accepts(admin, number)
    _forwards(admin, number)


def _signs_in(person: Person, username: str) -> None:
    person.opens("/panel/masuk")
    person.fills("Nama pengguna", username)
    person.fills("Kata sandi", person.portal.password)
    person.presses("Masuk")
    assert "Tugas Saya" in person.reads


def _verifies(admin: Person, number: int, scripts: bool) -> None:
    admin.goes_to("Tugas Saya")
    admin.takes_up(number, "Verifikasi")
    admin.fills("Judul", TITLE)
    admin.chooses("Pengaduan Tidak Berkadar Pengawasan")
    admin.picks("Kategori", "Jalan Berlubang")
    if not scripts:
        admin.presses("Tampilkan tag kategori ini")
    admin.chooses("tambal sulam")
    admin.takes_unit("Satuan kerja yang menindaklanjuti", "pekerjaan umum", WORKS)
    assert admin.fits
    admin.presses("Disposisi")
    finishes(admin, str(number), TITLE)


def _notes_for_a_colleague(officer: Person, number: int) -> None:
    officer.goes_to("Tugas Saya")
    officer.takes_up(number, "Koordinasi Internal")
    officer.fills("Catatan internal", "Alat berat dipesan.")
    assert officer.fits
    officer.presses("Simpan")
    finishes(officer, str(number), "Alat berat dipesan.")


def _follows_up(officer: Person, number: int) -> None:
    officer.goes_to("Tugas Saya")
    officer.takes_up(number, "Tindak Lanjut")
    officer.chooses("Selesai")
    officer.fills("Tindak lanjut", "Lubang sudah kami tambal.", exact=True)
    assert officer.fits
    officer.presses("Kirim")
    finishes(officer, str(number), "Lubang sudah kami tambal.")


def _asks_to_hold(officer: Person, number: int) -> None:
    officer.goes_to("Kelola Laporan")
    officer.opens_tab("Sedang Diproses")
    officer.takes_up(number, "Permintaan Tahan Laporan")
    officer.fills("Alasan", "Menunggu aspal.")
    assert officer.fits
    officer.presses("Kirim permintaan")
    finishes(officer, str(number), "Tarik Permintaan")


def _accepts(admin: Person, number: int) -> None:
    admin.goes_to("Tugas Saya")
    assert admin.fits
    row = admin.row_of(number)
    assert "Menunggu aspal." in row.inner_text()
    with admin.page.expect_event("load"):
        admin.press(row.get_by_role("button", name="Terima"))
    finishes(admin, str(number), "Ditahan")


def _forwards(admin: Person, number: int) -> None:
    admin.goes_to("Kelola Laporan")
    admin.fills("Cari nomor, judul, atau isi", str(number))
    admin.presses("Cari")
    assert admin.fits
    admin.takes_up(number, "Teruskan")
    admin.takes_unit("Diteruskan kepada", "lingkungan hidup", CLEANING)
    admin.presses("Teruskan")
    finishes(admin, str(number), CLEANING)
