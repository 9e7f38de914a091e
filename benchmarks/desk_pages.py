"""What is asked of the desk: every kind of page of the panel, and by whom; agencies as people say
them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from benchmarks.loading.desk import PHONE
from benchmarks.loading.load import TOP
from benchmarks.loading.nation import CROWDED, MINISTRY, SMALL
from benchmarks.loading.words import COMMON, FREQUENT

WHO: Mapping[str, str] = {
    "pusat": "admin.pusat",
    "ministry": f"a.{MINISTRY}",
    "unit": f"a.{SMALL}",
    "crowd": f"a.{CROWDED}",
    "officer": f"o.{CROWDED}",
}
"""Admins of pusat, of a ministry with 3,000 agencies below it, of an office, of an office with
5,000 open reports, and an officer there."""
EVERYBODY = tuple(WHO)
ADMINS = ("pusat", "ministry", "unit", "crowd")
ABOVE = ("pusat", "ministry")
_BELOW = {"pusat": "&scope=below", "ministry": "&scope=below"}


@dataclass(frozen=True)
class Asked:
    """A page, and who asks for it. `{below}` in its path is what lets those above see all below,
    `{to_verify}`, `{verified}` and `{any}` are numbers of reports that the person reads, `{agency}`
    is the own agency. A page of a POST sends `form`, in which `{fifty}` are reports to verify."""

    path: str
    who: Sequence[str] = EVERYBODY
    form: str = ""
    most_calls: int | None = None

    def filled(self, who: str, known: Mapping[str, str]) -> tuple[str, bytes] | None:
        """Path and form for this person; None where there is no report of which it could be."""
        values = {**known, "below": _BELOW.get(who, "")}
        try:
            return self.path.format(**values), self.form.format(**values).encode()
        except KeyError:
            return None


def _searched(words: str) -> Asked:
    return Asked("/panel?tab=all{below}&q=" + quote(words))


_TABS = (
    "unverified",
    "deferred",
    "awaiting_follow_up",
    "in_process",
    "closed",
    "archived",
    "requests",
    "thrown",
    "disposed",
    "copies",
    "all",
)
_CHECK = {
    "csrf": "bench",
    "langkah": "periksa",
    "category": "not_relevant",
    "note": "Laporan ini telah diperiksa.",
}
PAGES: Mapping[str, Asked] = {
    "Tugas Saya": Asked("/panel/tugas"),
    "Tugas Saya, only mine": Asked("/panel/tugas?milik=mine", ("crowd", "officer")),
    **{f"tab {tab}": Asked(f"/panel?tab={tab}{{below}}") for tab in _TABS},
    "a report": Asked("/panel/laporan/{any}"),
    "form of a verification": Asked("/panel/laporan/{to_verify}/verify", ADMINS, most_calls=3),
    "form of forwarding": Asked("/panel/laporan/{verified}/forward", ADMINS),
    "form of a follow-up": Asked("/panel/laporan/{verified}/follow_up", ("crowd", "officer")),
    "search, one word": _searched(FREQUENT),
    "search, two words": _searched(f"{FREQUENT} {COMMON}"),
    "search, five words": _searched(f"{FREQUENT} lampu bantuan {COMMON} pasar"),
    "search, a typing error": _searched("trotoarr"),
    "search, stop words and a synonym": _searched("lampu di jln yang bansos"),
    "search, a number": _searched(f"#{TOP - 3}"),
    "search, a phone number": _searched(PHONE),
    "a saved view": Asked(
        "/panel?tab=awaiting_follow_up{below}&overdue=true&priority=true&classification="
        "complaint_without_oversight"
    ),
    "all, linked": Asked("/panel?tab=all{below}&linked=true"),
    "all, a region, from a day": Asked(
        "/panel?tab=all{below}&region=32.73&submitted_from=2026-01-01"
    ),
    "escalated": Asked("/panel?tab=awaiting_follow_up{below}&escalated=true", ADMINS),
    "late": Asked("/panel?tab=in_process{below}&overdue=true"),
    "assigned to me": Asked("/panel?tab=all&assigned_to_me=true", ("crowd", "officer")),
    "replies owed": Asked("/panel?tab=in_process{below}&reply_owed=true"),
    "statistics, management": Asked("/panel/statistik/pengelolaan"),
    "statistics, usage": Asked("/panel/statistik/pemanfaatan"),
    "statistics, places": Asked("/panel/statistik/wilayah"),
    "statistics, the reports of a figure": Asked(
        "/panel/statistik/laporan?mark=tab%3Aunverified", ADMINS
    ),
    "people": Asked("/panel/pengguna", ABOVE),
    "people by name": Asked("/panel/pengguna?q=bandung+sosial", ABOVE),
    "agencies": Asked("/panel/instansi", ABOVE),
    "agencies by name": Asked("/panel/instansi?q=dinas+pu+bandung", ABOVE),
    "an agency": Asked("/panel/instansi/{agency}", ABOVE),
    "not reached": Asked("/panel/cara-lain", ADMINS),
    "bell": Asked("/panel/lonceng"),
    "downloads": Asked("/panel/unduh"),
    "form of archiving fifty": Asked("/panel/massal?jenis=archive&{fifty}", ("pusat", "crowd")),
    "preview of archiving fifty": Asked(
        "/panel/massal/archive", ("crowd",), urlencode(_CHECK) + "&{fifty}"
    ),
}
AGENCIES: Mapping[str, Sequence[str]] = {
    "the official name": (
        "Dinas Pekerjaan Umum dan Penataan Ruang Kota Bandung",
        "Badan Penanggulangan Bencana Daerah Kabupaten Cianjur",
        "Pemerintah Kabupaten Garut",
    ),
    "an abbreviation": ("dinas pu kota bandung", "pupr garut", "disdukcapil kab. bogor", "bpbd"),
    "a typing error": ("dinas kesehatn bandung", "dinas perhubungn", "pendudukan cianjr"),
    "a place": ("bandung", "kabupaten garut", "cimahi"),
    "one letter": ("d", "k", "b"),
    "two letters": ("di", "ka", "pe"),
    "three letters": ("din", "kab", "ban"),
    "nothing typed": ("",),
}
"""Of each kind, what is typed in turn."""
