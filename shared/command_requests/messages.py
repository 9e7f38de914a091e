"""The words of refusals, for the catalogue of problems."""

from shared.http.messages import Words, register

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "report_not_found": (
        "Laporan tidak ditemukan",
        "Tidak ada laporan dengan nomor ini yang dapat Anda lihat.",
        "Report not found",
        "There is no report of this number that you may see.",
    ),
    "command_not_found": (
        "Perintah tidak ditemukan",
        "Tidak ada perintah Anda dengan id ini.",
        "Command not found",
        "There is no command of yours with this id.",
    ),
    "not_authorised": (
        "Bukan wewenang Anda",
        "Jabatan atau instansi Anda tidak berwenang melakukan ini pada laporan ini.",
        "Not your authority",
        "Your role or agency may not do this to this report.",
    ),
    "own_request": (
        "Permintaan Anda sendiri",
        "Permintaan diputuskan oleh orang lain, bukan oleh yang meminta.",
        "Your own request",
        "A request is decided by somebody other than who asked.",
    ),
    "not_the_asker": (
        "Bukan permintaan Anda",
        "Hanya yang meminta yang dapat membatalkan permintaan.",
        "Not your request",
        "Only who asked may withdraw a request.",
    ),
    "reason_required": (
        "Alasan belum disebut",
        "Sebut kode alasan, misalnya court_order.",
        "No reason given",
        "Give the code of a reason, such as court_order.",
    ),
    "not_allowed_in_status": (
        "Tidak dapat pada status ini",
        "Status laporan sekarang tidak mengizinkan ini. Muat ulang dulu.",
        "Not possible in this status",
        "The report's present status does not allow this. Load it again to see what does.",
    ),
    "handler_changed": (
        "Laporan sudah berpindah",
        "Laporan sudah ditangani instansi lain sejak Anda melihatnya. Muat ulang dulu.",
        "The report has moved on",
        "Another agency handles the report since you looked. Load it again.",
    ),
    "not_authority_pending": (
        "Menunggu keputusan bukan wewenang",
        "Permintaan bukan wewenang belum diputuskan; sampai itu laporan tidak dapat diproses.",
        "Not-authority request pending",
        "A not-authority request waits for its decision; until then the report cannot proceed.",
    ),
    "request_already_pending": (
        "Permintaan sudah ada",
        "Permintaan yang sama masih menunggu keputusan.",
        "Request already pending",
        "The same request is still waiting for its decision.",
    ),
    "no_such_request": (
        "Permintaan tidak ada lagi",
        "Permintaan ini sudah diputuskan, dibatalkan, atau berakhir.",
        "No such request",
        "This request has been decided or withdrawn, or has ended.",
    ),
    "accept_by_acting": (
        "Terima dengan bertindak",
        "Permintaan bukan wewenang diterima dengan verifikasi ulang, lempar, tunda, atau arsipkan.",
        "Accept by acting",
        "A not-authority request is accepted by verifying anew, throwing, deferring or archiving.",
    ),
    "cancellation_refused": (
        "Tidak dapat dibatalkan",
        "Alur kerja laporan tidak berakhir karena pembatalan; laporan berjalan terus.",
        "Cannot be cancelled",
        "A report's workflow does not end by a cancellation; the report goes on.",
    ),
    "already_held": (
        "Sudah ditahan",
        "Laporan ini sudah ditahan.",
        "Already held",
        "This report is held already.",
    ),
    "not_held": (
        "Tidak ditahan",
        "Laporan ini tidak sedang ditahan.",
        "Not held",
        "This report is not held.",
    ),
    "no_question_open": (
        "Tidak ada pertanyaan",
        "Tidak ada pertanyaan yang menunggu jawaban Anda.",
        "No question open",
        "No question waits for your answer.",
    ),
    "same_handler": (
        "Instansi sama",
        "Laporan sudah di instansi itu. Pilih instansi lain.",
        "Same agency",
        "The report is with that agency already. Choose another.",
    ),
    "handler_in_copy": (
        "Instansi penangan tidak perlu salinan",
        "Instansi yang menangani laporan membacanya tanpa salinan. Pilih instansi lain.",
        "The handler needs no copy",
        "The agency that handles the report reads it without a copy. Choose others.",
    ),
    "command_incomplete": (
        "Data belum lengkap",
        "Ada isian wajib yang belum diisi.",
        "Incomplete",
        "Something that is required is missing.",
    ),
    "agency_not_found": (
        "Instansi tidak ditemukan",
        "Tidak ada instansi itu di bawah wewenang Anda.",
        "Agency not found",
        "There is no such agency within your authority.",
    ),
    "agency_not_below": (
        "Bukan instansi di bawah",
        "Pilih instansi di bawah instansi Anda.",
        "Not an agency below",
        "Choose an agency below your own.",
    ),
    "agency_not_connected": (
        "Instansi belum terhubung",
        "Instansi itu belum punya petugas aktif. Pilih yang lain, atau tunda laporan.",
        "Agency not connected",
        "That agency has no active people yet. Choose another, or defer the report.",
    ),
    "idempotency_key_reused": (
        "Kunci sudah dipakai",
        "Idempotency-Key ini sudah dipakai untuk permintaan lain.",
        "Key already used",
        "This Idempotency-Key was used for another request.",
    ),
}


def register_all() -> None:
    """Add these to the catalogue; harmless when repeated."""
    register(
        {
            code: {"id": Words(title_id, detail_id), "en": Words(title_en, detail_en)}
            for code, (title_id, detail_id, title_en, detail_en) in _WORDS.items()
        }
    )
