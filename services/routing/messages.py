"""The words of routing's own refusals, for the catalogue of problems."""

from shared.http.messages import Words, register

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "flag_not_removable": (
        "Tidak dapat dibatalkan",
        "Anonim dan rahasia hanya dapat ditambahkan, tidak dapat dibatalkan.",
        "Cannot be removed",
        "Anonymous and secret can be added, never removed.",
    ),
    "agency_connected": (
        "Instansi sudah terhubung",
        "Instansi itu sudah terhubung; laporan dapat langsung diteruskan kepadanya.",
        "Agency connected",
        "That agency is connected already: hand the report to it instead.",
    ),
    "root_may_not_ask": (
        "Tidak berlaku untuk pusat",
        "Admin pusat menangani yang bukan wewenang siapa pun; tidak ada yang dapat diminta.",
        "Not for the root",
        "Pusat handles what nobody else does; there is nobody above it to ask.",
    ),
    "request_not_found": (
        "Permintaan tidak ditemukan",
        "Tidak ada permintaan bukan wewenang dengan id ini pada laporan ini.",
        "Request not found",
        "This report has no not-authority request of this id.",
    ),
    "not_anonymous": (
        "Laporan tidak anonim",
        "Identitas pelapor laporan ini tidak disembunyikan.",
        "Not anonymous",
        "The reporter of this report is not hidden.",
    ),
    "reveal_needed": (
        "Identitas belum dibuka",
        "Berkas asli dapat menunjukkan siapa pelapornya. Buka identitas pelapor dulu; selama itu"
        " berlaku, berkas asli dapat diunduh.",
        "Identity not revealed",
        "The original may tell who reported. Have the identity revealed first; while that is in"
        " force the original can be downloaded.",
    ),
    "not_vouched_for": (
        "Anda belum disetujui",
        "Yang menjadikan Anda admin baru satu orang. Mintalah orang kedua menyetujuinya dulu.",
        "Not vouched for yet",
        "One person alone made you an admin. Ask a second one to grant that first.",
    ),
    "emergency_not_confirmed": (
        "Keadaan darurat sebelumnya belum disetujui",
        "Yang Anda buka sebagai darurat ditolak, atau lebih dari sehari belum disetujui orang lain."
        " Mintalah dengan persetujuan biasa.",
        "An emergency of yours was not confirmed",
        "What you opened as an emergency was refused, or nobody confirmed it for over a day. Ask in"
        " the ordinary way.",
    ),
    "second_person_request_not_found": (
        "Persetujuan tidak ditemukan",
        "Tidak ada permintaan persetujuan dengan id ini untuk Anda.",
        "Request not found",
        "There is no request of this id for you to decide.",
    ),
    "second_person_is_another": (
        "Perlu orang lain",
        "Permintaan Anda sendiri diputus orang lain.",
        "Another person is needed",
        "What you asked yourself is decided by another.",
    ),
    "second_person_decided": (
        "Sudah diputus",
        "Permintaan ini sudah diputus atau kedaluwarsa.",
        "Decided already",
        "This request was decided already, or has lapsed.",
    ),
    "attachment_not_found": (
        "Lampiran tidak ditemukan",
        "Tidak ada lampiran ini pada laporan ini.",
        "Attachment not found",
        "This report has no such attachment.",
    ),
    "agency_unknown": (
        "Instansi tidak ditemukan",
        "Tidak ada instansi dengan id ini.",
        "Agency not found",
        "There is no agency of this id.",
    ),
}

_FIELDS = {
    "tag_not_of_category": ("Tag ini bukan milik kategorinya.", "This tag is of another category."),
    "programme_unknown": ("Program ini tidak ada.", "There is no such programme."),
    "attachment_unknown": ("Bukan lampiran laporan ini.", "Not an attachment of this report."),
    "needed_here": ("Wajib diisi untuk pilihan ini.", "Required with this choice."),
    "not_needed_here": ("Tidak berlaku untuk pilihan ini.", "Not used with this choice."),
    "tab_has_no_sub": ("Tab ini tidak punya sub-tab.", "This tab has no sub-tabs."),
    "day_of_another_year": ("Bukan hari di tahun ini.", "Not a day of this year."),
    "archive_reason_retired": (
        "Kategori arsip ini tidak dipakai lagi.",
        "This reason to archive is not offered any more.",
    ),
    "days_repeated": ("Ada hari yang disebut dua kali.", "A day is named twice."),
}


def register_all() -> None:
    """Add these to the catalogue; harmless when repeated."""
    register(
        {
            code: {"id": Words(title_id, detail_id), "en": Words(title_en, detail_en)}
            for code, (title_id, detail_id, title_en, detail_en) in _WORDS.items()
        },
        {code: {"id": in_id, "en": in_en} for code, (in_id, in_en) in _FIELDS.items()},
    )
