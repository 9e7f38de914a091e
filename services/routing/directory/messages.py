"""The words of refusals in managing people and agencies, for the catalogue of problems."""

from services.routing.directory.reference_messages import WORDS_OF_REFERENCE_DATA
from services.routing.imports.messages import FIELDS_OF_IMPORT, WORDS_OF_IMPORT
from shared.http.messages import Words, register

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "own_agency": (
        "Instansi Anda sendiri",
        "Instansi Anda sendiri diatur oleh instansi di atasnya.",
        "Your own agency",
        "Your own agency is managed by the one above it.",
    ),
    "own_account": (
        "Akun Anda sendiri",
        "Akun Anda sendiri diatur oleh admin lain.",
        "Your own account",
        "Your own account is managed by another admin.",
    ),
    "role_beyond_own": (
        "Jabatan di atas Anda",
        "Anda tidak dapat mengatur orang yang jabatannya di atas jabatan Anda.",
        "A role beyond yours",
        "You cannot manage somebody whose role is beyond your own.",
    ),
    "person_not_found": (
        "Pengguna tidak ditemukan",
        "Tidak ada pengguna ini di instansi Anda dan di bawahnya.",
        "Person not found",
        "There is no such person at your agency or below.",
    ),
    "person_removed": (
        "Pengguna sudah dihapus",
        "Pulihkan pengguna ini terlebih dahulu.",
        "Person removed",
        "Take this person back first.",
    ),
    "person_active": (
        "Pengguna masih aktif",
        "Pengguna ini tidak dihapus.",
        "Person active",
        "This person was not removed.",
    ),
    "username_taken": (
        "Nama pengguna sudah dipakai",
        "Pilih nama pengguna yang lain.",
        "User name taken",
        "Choose another user name.",
    ),
    "last_central_admin": (
        "Admin pusat terakhir",
        "Tambahkan admin pusat yang lain dulu, dan tunggu sampai ia punya kata sandi.",
        "The last central admin",
        "Add another central admin first, and wait until they have a password.",
    ),
    "password_link_used": (
        "Tautan tidak berlaku",
        "Tautan ini sudah dipakai, diganti, atau kedaluwarsa. Mintalah yang baru kepada admin.",
        "Link not valid",
        "This link was used or replaced, or has expired. Ask your admin for a new one.",
    ),
    "second_factor_needed": (
        "Kode diperlukan",
        "Masukkan kode dari aplikasi autentikator Anda, atau sebuah kode pemulihan.",
        "Code needed",
        "Enter the code of your authenticator app, or a recovery code.",
    ),
    "second_factor_wrong": (
        "Kode salah",
        "Kode salah atau sudah dipakai. Tunggu kode berikutnya.",
        "Wrong code",
        "The code is wrong or was used already. Wait for the next one.",
    ),
    "second_factor_enrolment_needed": (
        "Faktor kedua diperlukan",
        "Admin pusat memasang faktor kedua sebelum masuk.",
        "Second factor needed",
        "A central admin sets up a second factor before signing in.",
    ),
    "second_factor_in_use": (
        "Faktor kedua sudah dipakai",
        "Akun ini sudah memakai faktor kedua.",
        "Second factor in use",
        "This account has a second factor already.",
    ),
    "second_factor_not_begun": (
        "Belum dimulai",
        "Mulai memasang faktor kedua dulu.",
        "Not begun",
        "Begin to set up the second factor first.",
    ),
    "second_factor_required": (
        "Faktor kedua wajib",
        "Admin pusat wajib memakai faktor kedua. Untuk pindah ke ponsel lain, mintalah admin"
        " pusat yang lain menghapusnya, lalu pasang lagi.",
        "Second factor required",
        "A central admin has to have a second factor. To move to another phone, ask another"
        " central admin to reset it.",
    ),
    "agency_removed": (
        "Instansi sudah dihapus",
        "Instansi ini sudah tidak aktif.",
        "Agency removed",
        "This agency is no longer active.",
    ),
    "agency_code_taken": (
        "Kode sudah dipakai",
        "Pilih kode instansi yang lain.",
        "Code taken",
        "Choose another code for the agency.",
    ),
    "agency_in_use": (
        "Masih ada yang diproses",
        "Masih ada laporan atau permintaan di instansi ini. Sebutkan instansi pengganti.",
        "Agency in use",
        "Reports or requests are still under way at this agency. Name a successor.",
    ),
    "agency_zone_in_use": (
        "Zona waktu belum dapat diubah",
        "Tenggat laporan yang diproses di instansi ini dihitung menurut zona waktunya. Selesaikan"
        " atau alihkan dahulu laporan itu.",
        "Time zone in use",
        "Deadlines of reports under way at this agency are counted in its time zone. Finish or"
        " hand over those reports first.",
    ),
    "successor_not_connected": (
        "Instansi pengganti belum terhubung",
        "Instansi pengganti memerlukan admin aktif. Pilih yang lain, atau tambahkan adminnya dulu.",
        "Successor not connected",
        "The successor needs an active admin. Choose another, or add its admin first.",
    ),
    "requests_left_behind": (
        "Ada permintaan yang belum diputuskan",
        "Laporan nomor {number} menunggu keputusan {agency}, yang sesudah ini tidak lagi berada di"
        " atasnya. Putuskan atau tarik dahulu permintaan itu.",
        "A request is not decided",
        "Report {number} waits for a decision of {agency}, which would no longer stand above it."
        " Decide or withdraw that request first.",
    ),
    "agency_has_units": (
        "Masih punya unit",
        "Pindahkan atau hapus unit di bawahnya dulu.",
        "Agency has units",
        "Move or remove the units below it first.",
    ),
    "root_stays": (
        "Pusat tetap",
        "Pusat tidak dapat dipindahkan atau dihapus.",
        "The root stays",
        "Pusat can neither be moved nor removed.",
    ),
    "handover_not_found": (
        "Alih laporan tidak ditemukan",
        "Tidak ada alih laporan dengan id ini.",
        "Hand-over not found",
        "There is no hand-over of this id.",
    ),
}

_FIELDS = {
    "agency_out_of_reach": (
        "Bukan instansi aktif di bawah wewenang Anda.",
        "Not an active agency within your authority.",
    ),
    "parent_below_itself": (
        "Instansi tidak dapat berada di bawah dirinya sendiri.",
        "An agency cannot stand below itself.",
    ),
    "role_beyond_own": (
        "Jabatan ini di atas jabatan Anda.",
        "This role is beyond your own.",
    ),
    "role_of_pusat": (
        "Admin pusat hanya ada di pusat.",
        "A central admin belongs to pusat.",
    ),
    "password_wrong": ("Kata sandi sekarang salah.", "The present password is wrong."),
    "password_is_name": (
        "Kata sandi tidak boleh memuat nama pengguna.",
        "The password may not contain the user name.",
    ),
    "same_as_from": ("Pilih yang lain.", "Choose another."),
    "person_unknown": ("Pengguna ini tidak ada.", "There is no such person."),
    "not_a_colleague": (
        "Bukan petugas aktif di instansi yang sama.",
        "Not an active colleague at the same agency.",
    ),
    "category_no_group": (
        "Bukan kelompok kategori yang aktif.",
        "Not an active group of categories.",
    ),
}


def register_all() -> None:
    """Add these to the catalogue; harmless when repeated."""
    register(
        {
            code: {"id": Words(title_id, detail_id), "en": Words(title_en, detail_en)}
            for code, (title_id, detail_id, title_en, detail_en) in (
                _WORDS | WORDS_OF_IMPORT | WORDS_OF_REFERENCE_DATA
            ).items()
        },
        {
            code: {"id": in_id, "en": in_en}
            for code, (in_id, in_en) in (_FIELDS | FIELDS_OF_IMPORT).items()
        },
    )
