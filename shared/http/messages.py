"""What problems say: one catalogue, code → title and detail in Indonesian and English."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.http.language import Language


class Words(NamedTuple):
    """A title (the same for every occurrence) and a detail (`str.format` template: what is
    wrong here, what to do next)."""

    title: str
    detail: str


Catalogue = Mapping[str, Mapping[Language, Words]]

MESSAGES: dict[str, Mapping[Language, Words]] = {
    "validation": {
        "id": Words("Isian tidak sah", "Periksa isian yang disebut, lalu kirim lagi."),
        "en": Words("Invalid input", "Check the fields named and send again."),
    },
    "bad_request": {
        "id": Words("Permintaan tidak terbaca", "Permintaan ini tidak dapat dibaca."),
        "en": Words("Bad request", "This request could not be read."),
    },
    "unauthorized": {
        "id": Words("Belum masuk", "Silakan masuk terlebih dahulu."),
        "en": Words("Not signed in", "Please sign in first."),
    },
    "fields_not_taken": {
        "id": Words(
            "Isian tidak dikenal", "Isian yang disebut tidak diterima; tidak ada yang disimpan."
        ),
        "en": Words("Fields not taken", "The fields named are not taken; nothing was saved."),
    },
    "token_invalid": {
        "id": Words("Sesi tidak berlaku", "Sesi Anda habis atau dicabut. Silakan masuk lagi."),
        "en": Words("Session not valid", "Your session has expired or was revoked. Sign in again."),
    },
    "sign_in_failed": {
        "id": Words("Gagal masuk", "Nama atau kata sandi salah."),
        "en": Words("Sign-in failed", "The name or the password is wrong."),
    },
    "forbidden": {
        "id": Words("Tidak berwenang", "Anda tidak berwenang melakukan ini."),
        "en": Words("Not allowed", "You are not allowed to do this."),
    },
    "not_found": {
        "id": Words("Tidak ditemukan", "Yang Anda cari tidak ada."),
        "en": Words("Not found", "There is no such thing."),
    },
    "method_not_allowed": {
        "id": Words("Cara tidak didukung", "Alamat ini tidak menerima permintaan semacam itu."),
        "en": Words("Method not allowed", "This address does not take that kind of request."),
    },
    "conflict": {
        "id": Words("Bertentangan", "Keadaan sekarang tidak mengizinkan ini. Muat ulang dulu."),
        "en": Words("Conflict", "The present state does not allow this. Load it again."),
    },
    "file_pending": {
        "id": Words(
            "Berkas sedang dibuat ulang",
            "Berkas laporan anonim dibuat ulang dulu agar tidak menunjukkan siapa pelapornya."
            " Coba lagi beberapa menit lagi.",
        ),
        "en": Words(
            "File is being remade",
            "A file of an anonymous report is made anew first, so that it does not tell who"
            " reported. Try again in some minutes.",
        ),
    },
    "file_sealed": {
        "id": Words(
            "Berkas disegel",
            "Berkas ini tersimpan, tetapi tidak dapat dibuat ulang tanpa menunjukkan siapa"
            " pelapornya. Pelapor dapat mengirim salinannya sebagai PDF atau foto.",
        ),
        "en": Words(
            "File is sealed",
            "This file is kept, but cannot be made anew without telling who reported. The"
            " reporter can send a copy of it as PDF or picture.",
        ),
    },
    "precondition_failed": {
        "id": Words("Sudah berubah", "Data ini sudah diubah orang lain. Muat ulang dulu."),
        "en": Words("Changed meanwhile", "Somebody else changed this. Load it again."),
    },
    "too_large": {
        "id": Words(
            "Terlalu besar",
            "Kiriman ini terlalu besar. Lampiran paling besar 10 MB, paling banyak 5.",
        ),
        "en": Words(
            "Too large",
            "What was sent is too large. Attachments have at most 10 MB each, five of them.",
        ),
    },
    "unsupported_media": {
        "id": Words("Jenis tidak diterima", "Jenis isi ini tidak diterima."),
        "en": Words("Unsupported type", "This type of content is not accepted."),
    },
    "too_many": {
        "id": Words("Terlalu sering", "Terlalu banyak permintaan. Coba lagi {seconds} detik lagi."),
        "en": Words("Too many requests", "Too many requests. Try again in {seconds} seconds."),
    },
    "unavailable": {
        "id": Words("Sedang terganggu", "Layanan sedang terganggu. Coba lagi sebentar lagi."),
        "en": Words("Unavailable", "The service is in trouble. Try again shortly."),
    },
    "internal": {
        "id": Words(
            "Kesalahan sistem", "Terjadi kesalahan. Sebutkan nomor {request_id} bila melapor."
        ),
        "en": Words(
            "Internal error", "Something went wrong. Quote {request_id} when reporting it."
        ),
    },
}

# What one field's error says, by pydantic's error type or a service's own code.
FIELD_MESSAGES: dict[str, Mapping[Language, str]] = {
    "invalid": {"id": "Isian ini tidak sah.", "en": "This value is not valid."},
    "missing": {"id": "Wajib diisi.", "en": "Required."},
    "extra_forbidden": {"id": "Isian ini tidak dikenal.", "en": "Unknown field."},
    "json_invalid": {"id": "Bukan JSON yang sah.", "en": "Not valid JSON."},
    "string_type": {"id": "Harus berupa teks.", "en": "Must be text."},
    "string_too_short": {
        "id": "Paling sedikit {min_length} karakter.",
        "en": "At least {min_length} characters.",
    },
    "string_too_long": {
        "id": "Paling banyak {max_length} karakter.",
        "en": "At most {max_length} characters.",
    },
    "string_pattern_mismatch": {"id": "Bentuknya tidak sesuai.", "en": "Not of the right form."},
    "too_short": {"id": "Paling sedikit {min_length} butir.", "en": "At least {min_length} items."},
    "too_long": {"id": "Paling banyak {max_length} butir.", "en": "At most {max_length} items."},
    "int_parsing": {"id": "Harus berupa bilangan bulat.", "en": "Must be a whole number."},
    "int_type": {"id": "Harus berupa bilangan bulat.", "en": "Must be a whole number."},
    "float_parsing": {"id": "Harus berupa bilangan.", "en": "Must be a number."},
    "float_type": {"id": "Harus berupa bilangan.", "en": "Must be a number."},
    "bool_parsing": {"id": "Harus ya atau tidak.", "en": "Must be true or false."},
    "bool_type": {"id": "Harus ya atau tidak.", "en": "Must be true or false."},
    "greater_than": {"id": "Harus lebih dari {gt}.", "en": "Must be more than {gt}."},
    "greater_than_equal": {"id": "Paling kecil {ge}.", "en": "At least {ge}."},
    "less_than": {"id": "Harus kurang dari {lt}.", "en": "Must be less than {lt}."},
    "less_than_equal": {"id": "Paling besar {le}.", "en": "At most {le}."},
    "enum": {"id": "Pilih salah satu: {expected}.", "en": "Choose one of: {expected}."},
    "literal_error": {"id": "Pilih salah satu: {expected}.", "en": "Choose one of: {expected}."},
    "uuid_parsing": {"id": "Harus berupa UUID.", "en": "Must be a UUID."},
    "uuid_type": {"id": "Harus berupa UUID.", "en": "Must be a UUID."},
    "datetime_parsing": {"id": "Harus berupa waktu ISO 8601.", "en": "Must be an ISO 8601 time."},
    "datetime_from_date_parsing": {
        "id": "Harus berupa waktu ISO 8601.",
        "en": "Must be an ISO 8601 time.",
    },
    "timezone_aware": {"id": "Sebutkan zona waktunya.", "en": "State the time zone."},
    "date_parsing": {"id": "Harus berupa tanggal.", "en": "Must be a date."},
    "date_from_datetime_parsing": {"id": "Harus berupa tanggal.", "en": "Must be a date."},
    "url_parsing": {"id": "Harus berupa alamat web.", "en": "Must be a web address."},
    "cursor_invalid": {
        "id": "Halaman ini tidak dikenal; mulai lagi dari awal.",
        "en": "Unknown page; start again from the first.",
    },
    "etag_invalid": {"id": 'Harus seperti "7" atau *.', "en": 'Must look like "7" or *.'},
    "phone_invalid": {"id": "Bukan nomor telepon.", "en": "Not a phone number."},
    "phone_ambiguous": {
        "id": "Nomor ini bisa berarti dua nomor. Mulai dengan 0, atau dengan + dan kode negara.",
        "en": "This could be two numbers. Begin with 0, or with + and the country code.",
    },
    "email_invalid": {"id": "Bukan alamat surel.", "en": "Not an e-mail address."},
    "password_guessable": {
        "id": "Terlalu mudah ditebak. Pakai tiga atau empat kata yang tidak berhubungan,"
        " tanpa nama, nomor, atau tanggal Anda.",
        "en": "Too easy to guess. Use three or four words that do not belong together,"
        " without your names, numbers or dates.",
    },
    "password_opens_another": {
        "id": "Pilih kata sandi lain: yang ini sudah membuka akun dengan kontak itu. Jika akun itu"
        " Anda yang membuat, masuklah dengannya.",
        "en": "Choose another password: this one opens an account with that contact already. If"
        " you made that account yourself, sign in with it.",
    },
    "nik_invalid": {"id": "Bukan NIK yang sah.", "en": "Not a valid NIK."},
    "text_empty": {"id": "Wajib diisi.", "en": "Required."},
    "text_too_long": {
        "id": "{length} karakter, paling banyak {limit}.",
        "en": "{length} characters, at most {limit}.",
    },
    "region_unknown": {"id": "Kode wilayah tidak dikenal.", "en": "Unknown region code."},
    "agency_unknown": {"id": "Instansi tidak dikenal.", "en": "Unknown agency."},
    "category_unknown": {"id": "Kategori tidak dikenal.", "en": "Unknown category."},
    "file_too_large": {
        "id": "Lampiran {place} ({name}): paling besar 10 MB.",
        "en": "Attachment {place} ({name}): at most 10 MB.",
    },
    "file_too_many_pixels": {
        "id": "Lampiran {place} ({name}): gambarnya terlalu banyak piksel, paling banyak 110"
        " megapiksel (WebP: 30). Kirim gambar yang lebih kecil.",
        "en": "Attachment {place} ({name}): the picture has too many pixels, at most 110 megapixels"
        " (WebP: 30). Send a smaller one.",
    },
    "file_too_many": {
        "id": "{count} lampiran, paling banyak 5.",
        "en": "{count} attachments, at most 5.",
    },
    "file_type_not_allowed": {
        "id": "Lampiran {place} ({name}): {refusal}",
        "en": "Attachment {place} ({name}): {refusal}",
    },
    "file_unreadable": {
        "id": "Lampiran {place} ({name}): berkas rusak atau terkunci kata sandi.",
        "en": "Attachment {place} ({name}): the file is damaged or locked with a password.",
    },
    "file_too_complex": {
        "id": "Lampiran {place} ({name}): berkas terlalu rumit untuk dibuka. Simpan ulang lebih"
        " sederhana atau lebih kecil.",
        "en": "Attachment {place} ({name}): too complex to be opened. Save it anew, simpler or"
        " smaller.",
    },
    "file_active_content": {
        "id": "Lampiran {place} ({name}): berisi makro atau berkas tertanam. Simpan sebagai PDF"
        " atau sebagai .docx, .xlsx, .pptx, lalu kirim lagi.",
        "en": "Attachment {place} ({name}): holds macros or embedded files. Save it as PDF or as"
        " .docx, .xlsx, .pptx and send it again.",
    },
    "file_empty": {
        "id": "Lampiran {place} ({name}): berkas kosong (0 bita).",
        "en": "Attachment {place} ({name}): the file is empty (0 bytes).",
    },
    "not_a_file": {"id": "Harus berupa berkas.", "en": "Must be a file."},
    "not_a_moment": {
        "id": "Harus berupa tanggal seperti 2026-11-28 (tahun 2000 sampai 2199), atau waktu"
        " ISO 8601 dengan zonanya.",
        "en": "Must be a day like 2026-11-28 (years 2000 to 2199), or an ISO 8601 time with its"
        " zone.",
    },
    "not_a_name": {
        "id": "Ini bukan nama. Tulis nama dengan huruf atau angka.",
        "en": "This is no name. Write one with letters or digits.",
    },
    "nul": {
        "id": "Berisi karakter NUL, yang tidak dapat disimpan.",
        "en": "Holds a NUL character, which cannot be stored.",
    },
    "sent_twice": {"id": "Hanya boleh sekali.", "en": "May come once only."},
}


def register(
    messages: Catalogue, fields: Mapping[str, Mapping[Language, str]] | None = None
) -> None:
    """Add a service's codes. Raises ValueError if a code is taken with other words."""
    for code, words in messages.items():
        if MESSAGES.setdefault(code, words) != words:
            raise ValueError(f"problem code {code!r} is taken")
    for code, text in (fields or {}).items():
        if FIELD_MESSAGES.setdefault(code, text) != text:
            raise ValueError(f"field code {code!r} is taken")


def words_for(code: str, language: Language, params: Mapping[str, Any]) -> Words:
    """Title and detail of a problem. Raises KeyError for an unregistered code or a template
    whose parameter is missing: both are programming errors."""
    title, detail = MESSAGES[code][language]
    return Words(title, detail.format_map(dict(params)))


def field_message(code: str, language: Language, params: Mapping[str, Any], fallback: str) -> str:
    """What one field's error says; for a code nobody registered, `fallback` in English and
    a general sentence in Indonesian. Params that are words have them by language."""
    if code not in FIELD_MESSAGES:
        return fallback if language == "en" and fallback else FIELD_MESSAGES["invalid"][language]
    named = {k: v[language] if isinstance(v, Mapping) else v for k, v in params.items()}
    if language == "id" and code in ("literal_error", "enum"):
        # pydantic lists them in English: 'a', 'b' or 'c'
        named["expected"] = str(named["expected"]).replace(" or ", " atau ")
    return FIELD_MESSAGES[code][language].format_map(named)
