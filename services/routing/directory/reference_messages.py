"""The words of refusals in keeping reference data."""

WORDS_OF_REFERENCE_DATA: dict[str, tuple[str, str, str, str]] = {
    "last_archive_reason": (
        "Kategori arsip terakhir",
        "Setidaknya satu kategori arsip harus dapat dipilih.",
        "The last reason to archive",
        "At least one reason to archive must be offered.",
    ),
    "archive_reason_name_taken": (
        "Nama sudah dipakai",
        "Kategori arsip lain sudah bernama begitu.",
        "Name taken",
        "Another reason to archive has this name.",
    ),
    "category_not_found": (
        "Kategori tidak ditemukan",
        "Tidak ada kategori dengan id ini.",
        "Category not found",
        "There is no category of this id.",
    ),
    "category_code_taken": (
        "Kode sudah dipakai",
        "Pilih kode kategori yang lain.",
        "Code taken",
        "Choose another code for the category.",
    ),
    "category_name_taken": (
        "Nama sudah dipakai",
        "Kategori lain dalam kelompok ini, atau kelompok lain, sudah bernama begitu.",
        "Name taken",
        "Another category of this group, or another group, has this name.",
    ),
    "tag_not_found": (
        "Tag tidak ditemukan",
        "Tidak ada tag dengan id ini.",
        "Tag not found",
        "There is no tag of this id.",
    ),
    "tag_name_taken": (
        "Nama sudah dipakai",
        "Tag lain dari kategori ini sudah bernama begitu; mungkin sudah dihentikan.",
        "Name taken",
        "Another tag of this category has this name; it may be out of use.",
    ),
    "programme_not_found": (
        "Program tidak ditemukan",
        "Tidak ada program dengan id ini.",
        "Programme not found",
        "There is no programme of this id.",
    ),
    "programme_name_taken": (
        "Nama sudah dipakai",
        "Pilih nama program yang lain.",
        "Name taken",
        "Choose another name for the programme.",
    ),
}
