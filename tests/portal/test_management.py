"""The panel's management: people and agencies, one-time links, a second factor."""

import os
import time

import pyotp
import pytest

from tests.portal.conftest import Meet, Person

pytestmark = pytest.mark.timeout(600)
CHOSEN = "sepeda biru 9"


def look(person: Person, name: str) -> None:
    """Keep a picture of the page where somebody asked for one."""
    if folder := os.environ.get("LAPOR_PICTURES"):
        person.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert person.fits, name


def chooses_password(person: Person, link: str) -> None:
    person.page.goto(link)
    person.page.get_by_label("Kata sandi baru").fill(CHOSEN)
    person.page.get_by_label("Ulangi kata sandi").fill(CHOSEN)
    look(person, "password")
    person.presses("Simpan")


def signs_in(person: Person, username: str, code: str = "") -> None:
    person.opens("/panel/masuk")
    person.page.get_by_label("Nama pengguna").fill(username)
    person.page.get_by_label("Kata sandi").fill(CHOSEN)
    if code:
        person.page.locator("#f-code").fill(code)
    person.presses("Masuk")


def test_a_coordinator_adds_somebody_who_signs_in_and_removes_them(meet: Meet) -> None:
    admin, new = meet(), meet(phone=True, scripts=False)
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/pengguna")
    look(admin, "people")
    admin.follows("Tambah Admin")
    admin.page.get_by_label("Nama pengguna").fill("Ratna Sari")
    admin.page.get_by_label("Nama", exact=True).fill("Ratna Sari")
    admin.page.locator("#f-role").select_option("liaison_officer")
    admin.finds_agency("agency_id", "pekerjaan umum", "Pekerjaan Umum")
    look(admin, "person")
    admin.presses("Tambah")
    assert "Periksa isian berikut" in admin.reads
    admin.page.get_by_label("Nama pengguna").fill("ratna.sari")
    admin.presses("Tambah")
    look(admin, "person_link")
    link = admin.page.get_by_label("Tautan untuk memilih kata sandi").input_value()

    chooses_password(new, link)
    assert "Kata sandi disimpan." in new.reads
    signs_in(new, "ratna.sari")
    assert "Tugas Saya" in new.reads
    assert new.page.get_by_role("link", name="Pengguna").count() == 0

    admin.opens("/panel/pengguna?q=ratna")
    admin.follows("Ratna Sari")
    admin.page.get_by_text("Hapus pengguna").click()
    look(admin, "person_change")
    admin.presses("Hapus")
    assert "Pengguna dihapus." in admin.reads
    new.opens("/panel")
    assert "Masuk panel pengelola" in new.reads


def test_an_agency_is_created_changed_and_removed_with_a_successor(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/instansi")
    look(admin, "agencies")
    admin.follows("Buat Instansi")
    admin.page.get_by_label("Kode").fill("dinas-uji-panel")
    admin.page.get_by_label("Nama", exact=True).fill("Dinas Uji Panel")
    look(admin, "agency_form")
    admin.presses("Buat")
    assert "Instansi dibuat." in admin.reads
    assert "Belum: belum ada petugas aktif" in admin.reads
    look(admin, "agency")
    path = admin.page.url.removeprefix(admin.portal.address)
    admin.follows("Ubah")
    admin.page.get_by_label("Nama", exact=True).fill("Dinas Uji Panel Baru")
    admin.presses("Ubah")
    assert "Data instansi diubah." in admin.reads
    admin.follows("Tunjuk pimpinan")
    admin.page.get_by_label("Nama", exact=True).fill("Ratna Wulan")
    admin.page.get_by_label("Jabatan").fill("Kepala Dinas")
    admin.page.get_by_label("Surel").fill("bukan surel")
    admin.presses("Simpan dan kirim tautan")
    assert "Periksa isian berikut" in admin.reads
    admin.page.get_by_label("Surel").fill("kepala@dinas-uji.example")
    look(admin, "leader_form")
    admin.presses("Simpan dan kirim tautan")
    assert "Surat mingguan: menunggu pimpinan membuka tautan di surelnya" in admin.reads
    look(admin, "agency_leader")
    leader = meet(phone=True, scripts=False)
    leader.opens(f"/surat-mingguan/{path.rpartition('/')[2]}?kunci=1.salah")
    look(leader, "leader_link")
    leader.presses("Ya, kirim surat mingguan")
    assert "Tautan ini tidak berlaku lagi" in leader.reads
    admin.follows("Hapus")
    admin.finds_agency("successor_id", "pekerjaan umum", "Pekerjaan Umum")
    look(admin, "agency_removal")
    admin.presses("Hapus")
    assert "Alih laporan" in admin.reads
    look(admin, "handover")
    admin.opens(path)
    assert "Instansi ini sudah dihapus; penggantinya Dinas Pekerjaan Umum" in admin.reads
    assert admin.page.get_by_role("link", name="Pemerintah Kabupaten Bandung").is_visible()
    assert admin.page.get_by_role("link", name="Pemerintah Provinsi Jawa Barat").count() == 0
    admin.opens("/panel/instansi?q=perhubungan")
    assert "Terhubung untuk tindak lanjut saja: tanpa admin" in admin.reads
    admin.opens("/panel/instansi?q=kesehatan")
    admin.follows("Dinas Kesehatan Kabupaten Bandung")
    admin.follows("Hapus")
    assert "unit masih di bawahnya. Pindahkan atau hapus dahulu" in admin.reads
    admin.presses("Hapus")
    assert "Masih punya unit" in admin.reads


def test_somebody_whose_agency_is_gone_comes_back_at_another(meet: Meet) -> None:
    admin = meet(scripts=False)
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/instansi/tambah")
    admin.page.get_by_label("Kode").fill("kantor-bubar")
    admin.page.get_by_label("Nama", exact=True).fill("Kantor Bubar")
    admin.presses("Buat")
    admin.follows("Tambah")
    assert admin.page.get_by_label("Kantor Bubar").is_checked()
    admin.page.get_by_label("Nama pengguna").fill("joko.bubar")
    admin.page.get_by_label("Nama", exact=True).fill("Joko Bubar")
    admin.presses("Tambah")
    admin.opens("/panel/instansi?q=kantor-bubar")
    admin.follows("Kantor Bubar")
    admin.follows("Hapus")
    assert "1 pengguna yang masih di sini ikut dihapus" in admin.reads
    admin.presses("Hapus")
    admin.opens("/panel/pengguna?dihapus=1&q=joko")
    admin.follows("Joko Bubar")
    admin.presses("Pulihkan")
    assert "Bukan instansi aktif di bawah wewenang Anda." in admin.reads
    admin.finds_agency("agency_id", "kesehatan", "Dinas Kesehatan Kabupaten Bandung")
    look(admin, "person_back")
    admin.presses("Pulihkan")
    assert "Joko Bubar dipulihkan" in admin.reads
    admin.opens("/panel/pengguna?q=joko")
    assert "Dinas Kesehatan Kabupaten Bandung" in admin.reads
    admin.opens("/panel/pengguna?q=koordinator.kab.bandung")
    admin.page.locator(".list h2 a").first.click()
    admin.page.wait_for_url("**/panel/akun")


def test_who_manages_nobody_sees_no_page_of_it(meet: Meet) -> None:
    admin = meet(phone=True)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/pengaturan")
    assert "Manajemen" not in admin.reads
    for page in ("pengguna", "pengguna/tambah", "instansi", "instansi/tambah", "impor", "riwayat"):
        admin.opens(f"/panel/{page}")
        assert "Tidak berwenang" in admin.reads, page


def test_somebody_sets_up_a_second_factor(meet: Meet) -> None:
    admin, new = meet(), meet(phone=True)
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/pengguna/tambah")
    admin.page.get_by_label("Nama pengguna").fill("budi.aman")
    admin.page.get_by_label("Nama", exact=True).fill("Budi Aman")
    admin.presses("Tambah")
    link = admin.page.get_by_label("Tautan untuk memilih kata sandi").input_value()
    chooses_password(new, link)
    new.opens("/panel/faktor-kedua")
    new.page.get_by_label("Nama pengguna").fill("budi.aman")
    new.page.get_by_label("Kata sandi").fill(CHOSEN)
    new.presses("Lanjut")
    look(new, "second_factor")
    authenticator = pyotp.TOTP(new.page.locator(".code").inner_text())
    new.page.get_by_label("Kata sandi").fill(CHOSEN)
    new.page.locator("#f-code").fill(authenticator.now())
    new.presses("Pasang")
    assert "Kode pemulihan" in new.page.title()
    look(new, "recovery_codes")
    signs_in(new, "budi.aman")
    assert "Kode diperlukan" in new.reads
    signs_in(new, "budi.aman", authenticator.at(int(time.time()) + 30))  # the next code
    assert "Tugas Saya" in new.reads
