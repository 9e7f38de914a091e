"""The filters of a list: their names on the page, and those applied, each with a link that removes
it."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from services.portal.form_data import FormData
from services.portal.pages import moment
from services.portal.translation import translated


class Applied(NamedTuple):
    """A filter in words, and the list's address without it."""

    words: str
    without: str


def called(name: str) -> str:
    """Return the name that pages use for this parameter of an address."""
    return translated(_CALLED.get(name, name))


def applied(
    form: FormData,
    link: Callable[..., str],
    choices: Mapping[str, Mapping[str, str] | None],
    flags: Mapping[str, str] = {},
) -> Iterator[Applied]:
    """Yield the filters in the form. `choices` maps each filter to the words of its values, None
    for days; `flags` maps each flag to its whole text."""
    for name, words_of in choices.items():
        if value := form.get(name).strip():
            words = (moment(value) or value) if words_of is None else words_of.get(value, value)
            yield Applied(f"{called(name)}: {words}", link(**{name: None}))
    for name, words in flags.items():
        if form.get(name):
            yield Applied(words, link(**{name: None}))


_CALLED = {
    "q": "Pencarian",
    "tab": "Tab",
    "sub": "Tab",
    "scope": "Cakupan",
    "agency": "Instansi",
    "agency_id": "Instansi",
    "instansi": "Instansi",
    "status": "Status",
    "category": "Kategori",
    "classification": "Klasifikasi",
    "channel": "Sumber laporan",
    "region": "Wilayah",
    "within": "Wilayah",
    "assignee": "Ditugaskan kepada",
    "province": "Provinsi",
    "order": "Urutan",
    "due_before": "Tenggat sampai",
    "submitted_from": "Masuk sejak",
    "submitted_to": "Masuk sampai",
    "from": "Periode: masuk sejak",
    "to": "Periode: sampai",
    "jenis": "Jenis tugas",
    "milik": "Tugas milik",
    "role": "Jabatan",
    "state": "Keadaan",
    "mark": "Angka",
    "lanjut": "Halaman",
}
