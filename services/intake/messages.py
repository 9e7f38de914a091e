"""What intake's problems say, in both languages."""

from collections.abc import Mapping

from shared.http.language import Language
from shared.http.messages import Catalogue, Words, register


def register_all() -> None:
    """Make intake's codes known to the catalogue."""
    register(_MESSAGES, _FIELDS)


_MESSAGES: Catalogue = {
    "key_used": {
        "id": Words(
            "Kunci sudah dipakai",
            "Idempotency-Key ini sudah dipakai untuk laporan lain. Pakai kunci baru.",
        ),
        "en": Words(
            "Key used already",
            "This Idempotency-Key was used for another report. Use a new one.",
        ),
    },
    "sms_id_reused": {
        "id": Words(
            "Id sudah dipakai",
            "Id ini sudah dipakai pengirim yang sama untuk pesan lain. Kirim dengan id baru.",
        ),
        "en": Words(
            "Id used already",
            "This id was used by the same sender for another message. Send it with a new one.",
        ),
    },
    "post_reported": {
        "id": Words("Sudah dilaporkan", "Unggahan ini sudah menjadi laporan nomor {number}."),
        "en": Words("Reported already", "This post is report number {number} already."),
    },
    "service_unknown": {
        "id": Words("Layanan tidak dikenal", "Tidak ada layanan dengan service_code ini."),
        "en": Words("Unknown service", "There is no service with this service_code."),
    },
    "jurisdiction_unknown": {
        "id": Words("jurisdiction_id tidak dikenal", "Kosongkan jurisdiction_id: hanya ada satu."),
        "en": Words("Unknown jurisdiction_id", "Leave jurisdiction_id empty: there is only one."),
    },
    "api_key_invalid": {
        "id": Words("api_key tidak sah", "Kosongkan api_key, atau pakai token sistem mitra."),
        "en": Words("api_key not valid", "Leave api_key empty, or use a partner system's token."),
    },
    "post_reported_elsewhere": {
        "id": Words("Sudah dilaporkan", "Unggahan ini sudah menjadi laporan."),
        "en": Words("Reported already", "This post is a report already."),
    },
    "x_not_configured": {
        "id": Words(
            "X belum tersambung",
            "Sambungan ke X belum diatur. Salin penulis, isi, dan tautan unggahan ke formulir.",
        ),
        "en": Words(
            "X is not connected",
            "The connection to X is not set up. Paste author, text and link into the form.",
        ),
    },
    "post_not_found": {
        "id": Words("Unggahan tidak ada", "Unggahan ini tidak ada atau sudah dihapus."),
        "en": Words("No such post", "This post does not exist or was deleted."),
    },
    "post_not_visible": {
        "id": Words("Unggahan tertutup", "Akun penulisnya terkunci atau ditangguhkan."),
        "en": Words("Post not visible", "The author's account is protected or suspended."),
    },
    "x_unavailable": {
        "id": Words(
            "X tidak dapat dibaca",
            "X sedang tidak dapat dibaca. Coba lagi nanti, atau salin isinya ke formulir.",
        ),
        "en": Words(
            "X cannot be read",
            "X cannot be read now. Try again later, or paste the text into the form.",
        ),
    },
}

_FIELDS: Mapping[str, Mapping[Language, str]] = {
    "draft_empty": {
        "id": "berkas kosong (0 bita).",
        "en": "the file is empty (0 bytes).",
    },
    "draft_too_large": {"id": "paling besar 10 MB.", "en": "at most 10 MB."},
    "draft_too_many": {
        "id": "terlalu banyak berkas menunggu. Hapus centang berkas yang tidak jadi, kirim dahulu.",
        "en": "too many files are waiting. Leave some out, or send the form first.",
    },
    "coordinates_incomplete": {
        "id": "Isi garis lintang dan bujur, atau kosongkan keduanya.",
        "en": "Give both latitude and longitude, or neither.",
    },
    "day_or_instant": {
        "id": "Harus berupa tanggal, atau waktu ISO 8601 beserta zonanya.",
        "en": "Must be a day, or an ISO 8601 time with its zone.",
    },
    "before_independence": {
        "id": "Waktu ini sebelum 17 Agustus 1945. Periksa tahunnya.",
        "en": "This is before 17 August 1945. Check the year.",
    },
    "in_future": {"id": "Waktu ini belum terjadi.", "en": "This is in the future."},
    "contact_missing": {
        "id": "Isi nama, dan nomor telepon atau alamat surel.",
        "en": "Give a name, and a phone number or an e-mail address.",
    },
    "linked_not_yours": {
        "id": "Laporan yang dirujuk bukan milik Anda.",
        "en": "The linked report is not yours.",
    },
    "present_password_wrong": {
        "id": "Kata sandi lama tidak cocok.",
        "en": "Not the present password.",
    },
    "nik_format": {"id": "NIK terdiri atas 16 angka.", "en": "A NIK has 16 digits."},
    "nik_region": {
        "id": "Kode wilayah dalam NIK tidak ada.",
        "en": "The region in this NIK does not exist.",
    },
    "nik_birth_date": {
        "id": "Tanggal lahir dalam NIK tidak ada.",
        "en": "The birth date in this NIK does not exist.",
    },
    "nik_serial": {
        "id": "Nomor urut dalam NIK tidak ada.",
        "en": "The serial number in this NIK does not exist.",
    },
    "post_invalid": {
        "id": "Bukan alamat atau nomor unggahan X.",
        "en": "Not the address or id of a post on X.",
    },
}
