"""The words of refusals of imports, and of what is wrong with a row."""

WORDS_OF_IMPORT: dict[str, tuple[str, str, str, str]] = {
    "import_not_found": (
        "Impor tidak ditemukan",
        "Tidak ada impor Anda dengan id ini.",
        "Import not found",
        "There is no import of yours with this id.",
    ),
    "import_not_done": (
        "Impor belum selesai",
        "Tautan dibuat setelah impor selesai.",
        "Import not done",
        "Links are made once the import is done.",
    ),
    "import_not_checked": (
        "Belum diperiksa",
        "Hanya berkas yang diperiksa tanpa salah yang dapat diimpor dari sini.",
        "Not checked",
        "Only a file that was checked and found right can be imported from here.",
    ),
    "import_file_gone": (
        "Berkas sudah dihapus",
        "Berkas yang diperiksa hanya disimpan satu jam. Kirim berkas itu sekali lagi.",
        "File gone",
        "A file that was checked is kept for one hour only. Send it again.",
    ),
}

FIELDS_OF_IMPORT = {
    "needed": ("Wajib diisi.", "Required."),
    "formula_failed": (
        "Rumus di sel ini gagal; isi dengan teksnya.",
        "The formula of this cell has failed; write the text itself.",
    ),
    "not_a_text": (
        "Sel ini berisi tanggal atau nilai benar/salah; isi sebagai teks.",
        "This cell holds a date or true/false; write it as a text.",
    ),
    "code_malformed": (
        "Hanya huruf kecil, angka, dan tanda hubung, 2 sampai 64 karakter.",
        "Only lower-case letters, digits and hyphens, 2 to 64 characters.",
    ),
    "username_malformed": (
        "Hanya huruf kecil, angka, titik, - dan _, 2 sampai 64 karakter.",
        "Only lower-case letters, digits, dot, - and _, 2 to 64 characters.",
    ),
    "words_too_long": ("Paling banyak 300 karakter.", "At most 300 characters."),
    "not_a_choice": ("Bukan pilihan yang ada.", "Not one of the choices."),
    "taken": ("Sudah ada.", "Exists already."),
    "repeated": ("Sudah ada di baris lain.", "Another row has it too."),
    "parent_in_row_below": (
        "Instansi induk ini ada di baris bawahnya. Pindahkan ke atas baris ini.",
        "This parent stands in a row further down. Move it above this row.",
    ),
    "workbook_too_complex": (
        "Berkas terlalu rumit untuk dibuka. Salin isinya ke templat yang baru.",
        "Too complex to be opened. Copy what it says into a fresh template.",
    ),
    "not_a_workbook": (
        "Bukan berkas .xlsx yang dapat dibaca.",
        "Not a readable .xlsx file.",
    ),
    "sheet_missing": (
        "Lembar Instansi atau Pengguna tidak ada. Pakai templat.",
        "Sheet Instansi or Pengguna is missing. Use the template.",
    ),
    "heading_wrong": (
        "Baris judul berbeda dari templat.",
        "The heading differs from the template.",
    ),
    "no_rows": ("Tidak ada baris yang diisi.", "No row is filled in."),
    "too_many_rows": ("Terlalu banyak baris.", "Too many rows."),
}
