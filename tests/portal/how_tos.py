"""The administrators' guide's how-tos, as done in the panel, and the most that each may take."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import expect

from deploy.demo.driver.forms import photograph
from tests.intake.x_server import SAMPLE_POST
from tests.portal.person import Person
from tests.portal.prepared import (
    ADMIN,
    CLEANING,
    COORDINATOR,
    OFFICER,
    PROVINCE_ADMIN,
    WORKS,
    Prepared,
)

TASKS, REPORTS = "/panel/tugas", "/panel"
"""Where a person is after signing in, and where all reports are looked for."""


@dataclass(frozen=True)
class HowTo:
    """Who does it, where they begin; the report it is about, if any; what they do, and the most
    presses, choices and fields that may take."""

    who: str
    begins: str
    prepare: Callable[[Prepared], int]
    walk: Callable[[Person, int], None]
    most: int


def _verify(admin: Person, number: int) -> None:
    admin.takes_up(number, "Verifikasi")
    admin.fills("Judul", "Jalan Berlubang di Tugu Muda")
    admin.fills("Isi laporan", "Jalan di Tugu Muda berlubang sejak tiga minggu.")
    admin.chooses("Pengaduan Tidak Berkadar Pengawasan")
    admin.picks("Kategori", "Jalan Berlubang")
    admin.chooses("tambal sulam")
    admin.chooses(WORKS)
    admin.presses("Disposisi")


def _throw(admin: Person, number: int) -> None:
    admin.takes_up(number, "Lempar")
    admin.takes_unit("Instansi di bawah", "kota semarang", "Pemerintah Kota Semarang")
    admin.presses("Lempar")


def _ask_the_reporter(admin: Person, number: int) -> None:
    admin.takes_up(number, "Tunda")
    admin.chooses("Data belum lengkap")
    admin.fills("Keterangan Tunda", "Di dekat gerbang yang mana?")
    admin.presses("Tunda")


def _wait_for_an_agency(admin: Person, number: int) -> None:
    admin.takes_up(number, "Tunda")
    admin.chooses("Instansi belum terhubung")
    admin.takes_unit("Instansi yang ditunggu", "perumnas", "Perum Perumnas")
    admin.fills("Keterangan Tunda", "Rumah susun ini milik Perumnas.")
    admin.presses("Tunda")


def _archive(admin: Person, number: int) -> None:
    admin.takes_up(number, "Arsipkan")
    admin.chooses("Laporan belum lengkap")
    admin.fills("Keterangan Arsip", "Tidak menyebut tempat.")
    admin.presses("Arsipkan")


def _follow_up(officer: Person, number: int) -> None:
    officer.takes_up(number, "Tindak Lanjut")
    officer.chooses("Selesai")
    officer.fills("Tindak lanjut", "Lubang sudah kami tambal pada Senin pagi.", exact=True)
    officer.presses("Kirim")


def _forward(admin: Person, number: int) -> None:
    admin.fills("Cari nomor, judul, atau isi", str(number))
    admin.presses("Cari")
    admin.takes_up(number, "Teruskan")
    admin.takes_unit("Diteruskan kepada", "lingkungan hidup", CLEANING)
    admin.presses("Teruskan")


def _not_authority(officer: Person, number: int) -> None:
    officer.takes_up(number, "Permintaan Bukan Wewenang")
    banyumas = "Pemerintah Kabupaten Banyumas"
    officer.takes_unit("Saran Instansi", "kabupaten banyumas", banyumas)
    officer.fills("Alasan", "Jalan ini di Banyumas.")
    officer.presses("Kirim permintaan")


def _asking(tab: str, request: str) -> Callable[[Person, int], None]:
    def walk(officer: Person, number: int) -> None:
        officer.opens_tab(tab)
        officer.takes_up(number, request)
        officer.fills("Alasan", "Menunggu aspal.")
        officer.presses("Kirim permintaan")

    return walk


def _accept(admin: Person, number: int) -> None:
    with admin.page.expect_event("load"):
        admin.press(admin.row_of(number).get_by_role("button", name="Terima"))


def _refuse(admin: Person, number: int) -> None:
    row = admin.row_of(number)
    admin.type_into(row.get_by_label("Alasan"), "Sepuluh hari sudah cukup.")
    with admin.page.expect_event("load"):
        admin.press(row.get_by_role("button", name="Tolak"))


def _enter_a_letter(admin: Person, _: int) -> None:
    admin.goes_to("Buat Laporan")
    admin.picks("Sumber Laporan", "Pos Surat")
    admin.fills("Judul", "Selokan Mampet di Pasar Johar")
    admin.fills("Isi laporan", "Selokan di belakang pasar mampet dan meluap.")
    admin.picks("Kategori", "Jalan Berlubang")
    admin.chooses("Anonim")
    name, content, media_type = photograph(random.Random(), "surat")
    admin.attaches("Lampiran", {"name": name, "mimeType": media_type, "buffer": content})
    admin.fills("Nama", "Pak Dedi", exact=True)
    admin.fills("Nomor telepon", "081298765432")
    admin.chooses("Aman dihubungi di sini?")
    admin.chooses("Langsung verifikasi dan disposisikan")
    admin.chooses("Pengaduan Tidak Berkadar Pengawasan")
    admin.chooses(WORKS)
    admin.presses("Buat Laporan")
    assert "Sudah didisposisikan." in admin.reads or "segera dijalankan" in admin.reads, admin.reads


def _enter_a_post(admin: Person, _: int) -> None:
    admin.goes_to("Buat Laporan")
    admin.follows("Buat laporan dari X (Twitter)")
    admin.fills("Tautan atau nomor unggahan", f"https://x.com/wargabaik/status/{SAMPLE_POST}")
    admin.presses("Baca unggahan")
    assert "lampu jalan" in admin.page.get_by_label("Isi laporan").input_value()
    admin.presses("Buat Laporan")
    expect(admin.page.locator("#tanda-terima")).to_be_visible()


def _download(admin: Person, _: int) -> None:
    admin.goes_to("Unduh Data")
    admin.follows("Tertunda")
    admin.fills("Masuk sejak", "2026-01-01")
    admin.fills("Masuk sampai", "2026-12-31")
    with admin.page.expect_download() as started:
        admin.press(admin.page.get_by_role("button", name="Unduh Excel", exact=True))
    assert started.value.suggested_filename.endswith(".xlsx")


def _read_figures(admin: Person, _: int) -> None:
    admin.goes_to("Statistik")
    admin.opens_part("Pilih Instansi")
    admin.takes_unit("Instansi", "pekerjaan umum", WORKS)
    admin.fills("Periode: masuk sejak", "2026-01-01")
    admin.fills("sampai", "2026-12-31", exact=True)
    admin.presses("Tampilkan")
    assert WORKS in admin.page.locator("h1").inner_text()


def _add_somebody(admin: Person, _: int) -> None:
    admin.goes_to("Pengaturan")
    admin.follows("Manajemen Pengguna")
    admin.follows("Tambah Admin")
    admin.fills("Nama pengguna", "ratna.semarang")
    admin.fills("Nama", "Ratna Sari", exact=True)
    admin.picks("Jabatan", "Pejabat Penghubung")
    admin.takes_unit("Instansi", "pekerjaan umum", WORKS)
    admin.presses("Tambah")
    expect(admin.page.get_by_label("Tautan untuk memilih kata sandi")).to_be_visible()


def _create_an_agency(admin: Person, _: int) -> None:
    admin.goes_to("Pengaturan")
    admin.follows("Manajemen Instansi")
    admin.follows("Buat Instansi")
    admin.fills("Kode", "dinas-uji-semarang")
    admin.fills("Nama", "Dinas Uji Semarang", exact=True)
    admin.presses("Buat")
    assert "Instansi dibuat." in admin.reads


def _in_a_list(prepared: Prepared) -> int:
    """With another before it, by which the panel knows who usually gets such reports."""
    prepared.verified("Jalan berlubang di Simpang Lima")
    return prepared.submitted("jalan berlubang di tugu muda")


def _nothing(_: Prepared) -> int:
    return 0


def _usual(prepared: Prepared) -> int:
    return prepared.verified("Jalan berlubang di Peterongan")


HOW_TOS: Final = {
    "Verifikasi": HowTo(ADMIN, TASKS, _in_a_list, _verify, 8),
    "Lempar": HowTo(
        PROVINCE_ADMIN, TASKS, lambda p: p.submitted("Pasar Johar bau", "jateng"), _throw, 5
    ),
    "Tunda: data belum lengkap": HowTo(
        ADMIN, TASKS, lambda p: p.submitted("Lampu padam"), _ask_the_reporter, 4
    ),
    "Tunda: instansi belum terhubung": HowTo(
        ADMIN, TASKS, lambda p: p.submitted("Rumah susun bocor"), _wait_for_an_agency, 7
    ),
    "Arsip": HowTo(ADMIN, TASKS, lambda p: p.submitted("Ada masalah"), _archive, 5),
    "Tindak Lanjut": HowTo(OFFICER, TASKS, lambda p: p.verified("Trotoar rusak"), _follow_up, 5),
    "Teruskan": HowTo(ADMIN, REPORTS, lambda p: p.verified("Sampah di trotoar"), _forward, 6),
    "Bukan Wewenang": HowTo(
        OFFICER, TASKS, lambda p: p.verified("Jalan rusak di Sokaraja"), _not_authority, 6
    ),
    "Permintaan Tahan": HowTo(
        OFFICER, REPORTS, lambda p: p.followed_up("Aspal retak"),
        _asking("Sedang Diproses", "Permintaan Tahan Laporan"), 6,
    ),
    "Permintaan Lepas Tahan": HowTo(
        OFFICER, REPORTS, lambda p: p.does(p.followed_up("Aspal pecah"), "hold"),
        _asking("Sedang Diproses", "Permintaan Lepas Tahan Laporan"), 6,
    ),
    "Permintaan Tutup": HowTo(
        OFFICER, REPORTS, lambda p: p.followed_up("Aspal ambles"),
        _asking("Sedang Diproses", "Permintaan Tutup Laporan"), 6,
    ),
    "Permintaan Buka": HowTo(
        OFFICER, REPORTS, lambda p: p.does(p.followed_up("Aspal berlubang"), "close"),
        _asking("Selesai", "Permintaan Buka Laporan"), 6,
    ),
    "Terima permintaan": HowTo(
        ADMIN, TASKS, lambda p: p.asked("hold", "Talut longsor"), _accept, 3
    ),
    "Tolak permintaan": HowTo(
        ADMIN, TASKS, lambda p: p.asked("close", "Talut miring"), _refuse, 3
    ),
    "Laporan Manual": HowTo(ADMIN, TASKS, _usual, _enter_a_letter, 14),
    "Laporan dari X": HowTo(ADMIN, TASKS, _nothing, _enter_a_post, 6),
    "Unduh Data": HowTo(ADMIN, TASKS, _nothing, _download, 6),
    "Statistik": HowTo(ADMIN, TASKS, _nothing, _read_figures, 8),
    "Tambah pengguna": HowTo(COORDINATOR, TASKS, _nothing, _add_somebody, 9),
    "Buat instansi": HowTo(COORDINATOR, TASKS, _nothing, _create_an_agency, 7),
}  # fmt: skip
"""By the guide's names. The most that each may take is what it took when it was last made shorter,
or what was aimed at then."""
