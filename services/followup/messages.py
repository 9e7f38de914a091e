"""The words of the follow-up service's own refusals, for the catalogue of problems."""

from shared.http.messages import Words, register

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "request_unknown": (
        "Permintaan tidak ditemukan",
        "Tidak ada permintaan tahan, lepas tahan, tutup, atau buka dengan id ini pada laporan ini.",
        "Request not found",
        "This report has no request to hold, release, close or reopen of this id.",
    ),
    "request_already_accepted": (
        "Sudah diterima",
        "Permintaan ini sudah diterima oleh {by}.",
        "Accepted already",
        "This request has been accepted already, by {by}.",
    ),
    "request_already_rejected": (
        "Sudah ditolak",
        "Permintaan ini sudah ditolak oleh {by}.",
        "Rejected already",
        "This request has been rejected already, by {by}.",
    ),
    "request_already_withdrawn": (
        "Sudah dibatalkan",
        "Permintaan ini sudah dibatalkan oleh {by}.",
        "Withdrawn already",
        "This request has been withdrawn already, by {by}.",
    ),
    "request_already_ended": (
        "Sudah berakhir",
        "Permintaan ini berakhir karena laporan sudah berjalan terus tanpa keputusannya.",
        "Ended already",
        "This request has ended: the report went on without its decision.",
    ),
    "file_unknown": (
        "Lampiran tidak ditemukan",
        "Tidak ada lampiran ini yang dapat Anda lihat.",
        "Attachment not found",
        "There is no such attachment that you may see.",
    ),
}

_FIELDS = {
    "assignee_unknown": (
        "Pilih petugas aktif di instansi Anda.",
        "Choose somebody active in your own agency.",
    ),
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
