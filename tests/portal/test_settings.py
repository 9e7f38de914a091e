"""The panel's settings: reference data, process times, calendar, import."""

import io

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import FilePayload

from tests.portal.conftest import Meet, Person
from tests.portal.test_management import look

pytestmark = pytest.mark.timeout(600)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_pusat_adds_a_category_and_a_tag_and_takes_the_tag_out_of_use(meet: Meet) -> None:
    pusat, officer = meet(), meet(phone=True)
    pusat.signs_in("admin.pusat")
    pusat.opens("/panel/acuan")
    look(pusat, "categories")
    pusat.page.get_by_text("Tambah kelompok atau kategori").click()
    pusat.page.get_by_label("Nama", exact=True).fill("Sampah Antariksa")
    pusat.page.get_by_label("Kode").fill("Tidak Boleh")
    pusat.presses("Tambah")
    assert "Periksa isian berikut" in pusat.reads
    pusat.page.get_by_label("Kode").fill("sampah_antariksa")
    pusat.picks("Kelompok", "Lain-Lain")
    pusat.presses("Tambah")
    assert "Kategori dibuat." in pusat.reads
    pusat.follows("Sampah Antariksa")
    pusat.page.get_by_label("Tag baru").fill("Satelit jatuh")
    pusat.presses("Tambah tag")
    pusat.page.get_by_label("Tag baru").fill("SATELIT JATUH")
    pusat.presses("Tambah tag")
    assert "Nama sudah dipakai" in pusat.reads
    assert pusat.page.get_by_label("Tag baru").input_value() == "SATELIT JATUH"
    pusat.presses("Hentikan Satelit jatuh")
    look(pusat, "category")
    assert "Tidak dipakai lagi" in pusat.reads
    pusat.opens("/panel/acuan/program")
    pusat.page.get_by_label("Program baru").fill("Program Uji Panel")
    pusat.presses("Tambah program")
    assert "Program dibuat." in pusat.reads
    look(pusat, "programmes")
    mine = pusat.page.get_by_label("Nama Program Uji Panel", exact=True)
    mine.fill("sekolah rakyat")
    pusat.presses("Simpan nama Program Uji Panel")
    assert "Nama sudah dipakai" in pusat.reads
    assert mine.input_value() == "sekolah rakyat"
    assert pusat.page.get_by_label("Program baru").input_value() == ""
    pusat.opens("/panel/acuan/lembaga")
    pusat.page.locator("#f-ombudsman-how").fill("Telepon 137 pada hari kerja.")
    pusat.presses("Simpan Ombudsman Republik Indonesia")
    assert "Telepon 137 pada hari kerja." in pusat.page.locator("#f-ombudsman-how").input_value()

    pusat.opens("/panel/acuan/arsip")
    reason = pusat.page.locator("form.kept").first
    reason.get_by_role("textbox").fill("Perkara pidana, diteruskan ke penegak hukum")
    with pusat.page.expect_event("load"):
        reason.get_by_role("button", name="Simpan nama").click()
    pusat.presses("Hentikan Perkara pidana, diteruskan ke penegak hukum")
    look(pusat, "archive_reasons")
    assert "Tidak dipakai lagi" in pusat.reads

    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens("/panel/pengaturan")
    assert "Data Acuan" not in officer.reads
    officer.opens("/panel/acuan")
    assert "Sampah Antariksa" not in officer.reads


def test_an_agency_gets_its_own_process_time_and_follows_the_nation_in_the_rest(meet: Meet) -> None:
    pusat, local = meet(), meet(phone=True, scripts=False)
    pusat.signs_in("admin.pusat")
    pusat.opens("/panel/waktu-proses")
    pusat.page.get_by_text("Atur untuk satu instansi").click()
    pusat.finds_agency("agency_id", "kota denpasar", "Pemerintah Kota Denpasar")
    pusat.presses("Lihat waktu proses instansi ini")
    assert "Berlaku bagi Pemerintah Kota Denpasar" in pusat.reads
    pusat.page.get_by_label("Tindak Lanjut", exact=True).fill("0")
    pusat.presses("Simpan")
    assert "Isi angka dari 1" in pusat.reads
    pusat.page.get_by_label("Tindak Lanjut", exact=True).fill("2")
    pusat.presses("Simpan")
    assert "Waktu proses disimpan." in pusat.reads
    assert pusat.page.get_by_label("Tindak Lanjut", exact=True).input_value() == "2"
    former = pusat.page.get_by_role("region", name="Riwayat perubahan")
    latest = former.get_by_role("listitem").filter(has_text="Kota Denpasar").first
    assert "Berlaku sekarang" in latest.inner_text()
    assert "Tindak Lanjut: dari waktu instansi di atasnya menjadi 2 hari kerja" in (
        latest.inner_text()
    )
    assert "ditetapkan oleh" in latest.inner_text()
    look(pusat, "process_times")
    local.signs_in("petugas.pupr.kota.denpasar")
    local.opens("/panel/waktu-proses")
    assert "Tindak Lanjut: 2 hari kerja" in local.reads
    assert "Verifikasi: 3 hari kerja" in local.reads
    assert local.page.locator("main").get_by_role("button").count() == 0
    assert "menjadi 2 hari kerja" in local.reads
    look(local, "process_times_read")


def test_cuti_bersama_is_added_and_running_clocks_are_dated_anew(meet: Meet) -> None:
    pusat = meet()
    pusat.signs_in("admin.pusat")
    pusat.opens("/panel/hari-libur?tahun=2031")
    days = pusat.page.get_by_label("Tambah hari")
    days.fill("24/01/2031 Cuti bersama uji\nbesok libur")
    pusat.presses("Tambah")
    assert "Baris 2 belum dapat dibaca" in pusat.reads
    days.fill("24/01/2031 Cuti bersama uji\n2031-01-27 Cuti bersama lagi")
    pusat.presses("Tambah")
    assert "2 hari disimpan." in pusat.reads
    assert "Tenggat akan dihitung ulang" in pusat.reads or "sedang dihitung" in pusat.reads
    days.fill("28/01/2031 masih mengetik")
    pusat.page.get_by_text("Tenggat terakhir dihitung ulang").wait_for(timeout=60_000)
    assert days.input_value() == "28/01/2031 masih mengetik"
    pusat.page.get_by_label("Cuti bersama lagi").check()
    pusat.presses("Hapus yang dicentang")
    assert "1 hari dihapus." in pusat.reads
    assert "Jumat, 24 Januari 2031" in pusat.reads
    look(pusat, "closed_days")
    pusat.follows("Isi dari daftar hari libur yang sudah ditetapkan")
    assert "2031-08-17 Hari Kemerdekaan" in days.input_value()
    assert "Belum ada yang disimpan." in pusat.reads
    pusat.presses("Tambah")
    assert "Minggu, 17 Agustus 2031" in pusat.reads
    pusat.opens("/panel/hari-libur?tahun=2031&usulan=1")
    assert "Tidak ada hari yang ditetapkan di luar yang sudah ada" in pusat.reads


def test_a_spreadsheet_is_checked_then_imported_and_gives_links(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/impor")
    look(admin, "import_form")
    with admin.page.expect_download() as template:
        admin.page.get_by_role("link", name="Unduh templat .xlsx").click()
    book = load_workbook(io.BytesIO(template.value.path().read_bytes()))
    book["Pengguna"].append(["dewi.impor", "Dewi Impor", "Penguasa", "kab-bandung"])
    sends(admin, book)
    admin.page.get_by_text("hal perlu diperbaiki").wait_for()
    assert admin.page.get_by_role("cell", name="Jabatan").is_visible()
    look(admin, "import_refused")
    book["Pengguna"].cell(2, 3, "Pejabat Penghubung")
    book["Pengguna"].cell(2, 4, agency_code(admin))
    sends(admin, book)
    admin.page.get_by_text("Tidak ada yang salah").wait_for()
    look(admin, "import_checked")
    checked = admin.page.url
    admin.presses("Impor sekarang")
    admin.page.get_by_text("1 pengguna disimpan").wait_for()
    look(admin, "import_done")
    with admin.page.expect_download() as links:
        admin.page.get_by_role("button", name="Unduh tautan .xlsx").click()
    sheet = load_workbook(io.BytesIO(links.value.path().read_bytes())).active
    assert sheet is not None
    assert sheet["A2"].value == "dewi.impor"
    admin.page.goto(checked)
    assert "Berkas ini sudah diimpor." in admin.reads
    assert admin.page.get_by_role("button", name="Impor sekarang").count() == 0
    admin.opens("/panel/impor")
    former = admin.page.get_by_role("region", name="Impor Anda sebelumnya")
    assert "Impor petugas.xlsx" in former.get_by_role("listitem").first.inner_text()
    look(admin, "imports_of_before")


def sends(admin: Person, book: Workbook) -> None:
    content = io.BytesIO()
    book.save(content)
    admin.opens("/panel/impor")
    file: FilePayload = {"name": "petugas.xlsx", "mimeType": XLSX, "buffer": content.getvalue()}
    admin.page.get_by_label("Berkas").set_input_files(file)
    admin.presses("Periksa berkas")


def agency_code(admin: Person) -> str:
    """The code of a unit, as its page shows it."""
    admin.opens("/panel/instansi?q=pekerjaan umum")
    admin.page.locator(".list h2 a").first.click()
    return admin.page.locator("dl.facts dd.num").first.inner_text()
