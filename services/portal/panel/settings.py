"""*Pengaturan*: one list of what a person of this role can look at or set."""

from typing import NamedTuple

from fastapi import APIRouter, Response

from services.portal.page_request import PanelRequest
from shared.lifecycle.people import ADMINS, MANAGERS, Role

router = APIRouter(prefix="/panel/pengaturan", include_in_schema=False)


class Place(NamedTuple):
    path: str
    title: str
    about: str
    roles: frozenset[Role]


_PUSAT = frozenset({Role.CENTRAL_ADMIN})
_ALL = ADMINS | {Role.LIAISON_OFFICER}

_PLACES = (
    Place("/panel/akun", "Akun Saya", "Kata sandi dan faktor kedua Anda.", _ALL),
    Place(
        "/panel/pengaturan/saya",
        "Pengaturan Saya",
        "Surel Anda, dan kabar apa yang Anda terima.",
        _ALL,
    ),
    Place("/panel/plt", "Plt.", "Siapa menggantikan Anda, dan sampai kapan.", _ALL),
    Place("/panel/pengguna", "Manajemen Pengguna", "Tambah, ubah, hapus petugas.", MANAGERS),
    Place(
        "/panel/instansi",
        "Manajemen Instansi",
        "Buat, ubah, pindahkan, hapus instansi; alihkan laporannya.",
        MANAGERS,
    ),
    Place(
        "/panel/kop-surat",
        "Kop Surat",
        "Nama, alamat, dan logo pada surat tanggapan instansi Anda.",
        ADMINS,
    ),
    Place(
        "/panel/templat",
        "Templat Jawaban",
        "Teks yang dipakai lagi pada tindak lanjut dan jawaban lain.",
        ADMINS,
    ),
    Place(
        "/panel/impor",
        "Impor",
        "Banyak instansi dan pengguna sekaligus dari berkas .xlsx.",
        MANAGERS,
    ),
    Place(
        "/panel/persetujuan",
        "Persetujuan",
        "Yang diminta satu orang dan disetujui orang kedua.",
        MANAGERS,
    ),
    Place(
        "/panel/riwayat",
        "Riwayat Pengelolaan",
        "Siapa mengubah apa dari pengguna, instansi, dan data acuan.",
        MANAGERS,
    ),
    Place(
        "/panel/acuan",
        "Data Acuan",
        "Kategori, tag, program prioritas, kategori arsip, tempat mengadu lain.",
        _PUSAT,
    ),
    Place("/panel/waktu-proses", "Waktu Proses", "Berapa lama setiap tahap boleh berjalan.", _ALL),
    Place("/panel/hari-libur", "Hari Libur", "Hari libur nasional dan cuti bersama.", _ALL),
    Place(
        "/panel/webhook",
        "Webhook",
        "Beri tahu sistem instansi Anda setiap kali laporan bergerak.",
        ADMINS,
    ),
)


@router.get("")
async def settings(page_request: PanelRequest) -> Response:
    role = page_request.session.role
    return page_request.page(
        "panel/settings.html", places=[place for place in _PLACES if role in place.roles]
    )
