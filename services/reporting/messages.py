"""The words of reporting's own refusals, for the catalogue of problems."""

from shared.http.messages import Words, register

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "agency_not_found": (
        "Instansi tidak ditemukan",
        "Tidak ada instansi itu di bawah wewenang Anda.",
        "Agency not found",
        "There is no such agency within your authority.",
    ),
    "users_for_admins": (
        "Hanya untuk admin",
        "Daftar pengguna hanya dapat diunduh oleh admin instansi.",
        "For admins only",
        "Only an agency's admins can download its list of users.",
    ),
    "download_not_found": (
        "Unduhan tidak ditemukan",
        "Tidak ada unduhan Anda dengan id ini.",
        "Download not found",
        "You have no download of this id.",
    ),
    "download_not_ready": (
        "Unduhan belum siap",
        "Berkas ini belum selesai dibuat, dibatalkan, atau sudah dihapus.",
        "Download not ready",
        "This file is not ready yet, was cancelled, or has been deleted.",
    ),
    "download_over": (
        "Unduhan sudah berakhir",
        "Unduhan yang sudah siap atau sudah dihapus tidak dapat dibatalkan atau dilanjutkan.",
        "Download is over",
        "A download that is ready or deleted can be neither cancelled nor resumed.",
    ),
    "downloads_busy": (
        "Sedang sibuk",
        "Terlalu banyak unduhan sedang dibuat. Coba lagi {seconds} detik lagi.",
        "Busy",
        "Too many downloads are being made. Try again in {seconds} seconds.",
    ),
    "download_failed": (
        "Unduhan gagal",
        "Berkas ini tidak dapat dibuat. Coba lagi sebentar lagi.",
        "Download failed",
        "This file could not be made. Try again shortly.",
    ),
    "webhooks_for_admins": (
        "Hanya untuk admin",
        "Webhook hanya dapat diatur oleh admin instansi.",
        "For admins only",
        "Only an agency's admins can manage webhooks.",
    ),
    "webhook_not_found": (
        "Webhook tidak ditemukan",
        "Tidak ada webhook atau kiriman itu di bawah wewenang Anda.",
        "Webhook not found",
        "There is no such webhook or delivery within your authority.",
    ),
    "webhook_waiting": (
        "Masih dikirim",
        "Kiriman ini masih dicoba. Kirim ulang setelah berakhir.",
        "Still being sent",
        "This delivery is still being tried. Send it again once that is over.",
    ),
    "webhook_disabled": (
        "Webhook nonaktif",
        "Aktifkan webhook ini lebih dulu.",
        "Webhook disabled",
        "Enable this webhook first.",
    ),
    "webhooks_too_many": (
        "Terlalu banyak webhook",
        "Satu instansi dapat memiliki paling banyak {limit} webhook.",
        "Too many webhooks",
        "An agency can have at most {limit} webhooks.",
    ),
}
_FIELDS = {
    "webhook_url": {
        "id": "Harus alamat https yang lengkap, tanpa nama pengguna.",
        "en": "Must be a whole https address, without a user name.",
    },
    "webhook_address": {
        "id": "Alamat ini tidak berada di internet.",
        "en": "This address is not on the internet.",
    },
    "period_invalid": {
        "id": "Periode berakhir sebelum mulai, atau lebih dari sepuluh tahun.",
        "en": "The period ends before it begins, or is longer than ten years.",
    },
    "period_backwards": {
        "id": "Hari terakhir lebih awal daripada hari pertama.",
        "en": "The last day is before the first.",
    },
    "within_unknown": {"id": "Tidak ada wilayah ini.", "en": "There is no such region."},
    "not_of_tab": {
        "id": "Sub-tab ini tidak dapat disaring dengan: {names}.",
        "en": "This tab cannot be filtered by: {names}.",
    },
}


def register_all() -> None:
    """Make them known; once a process."""
    register(
        {
            code: {"id": Words(title, detail), "en": Words(english, explained)}
            for code, (title, detail, english, explained) in _WORDS.items()
        },
        {code: {"id": words["id"], "en": words["en"]} for code, words in _FIELDS.items()},
    )
