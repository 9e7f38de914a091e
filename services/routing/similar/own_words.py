"""The words of a report by which similar ones are searched, and the weight of each."""

import asyncio
import re
from collections.abc import Collection
from itertools import combinations
from math import ceil, log
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.search_words import FUNCTION_WORDS
from shared.values import regions
from shared.values.regions import CITY_CODE, DISTRICT_CODE

MOST: Final = 8
"""How many words are searched for, in all pairs."""
ENOUGH: Final = 4
"""If the title has fewer words than this, the first words of the text are used too."""
COUNTED: Final = 500
"""How many of the newest reports are read to learn how common a word is."""
COMMON: Final = 0.1
"""A word is common if a larger share of them use it, and more than a `FEW` do. Common words do not
make two reports similar unless they are `NEARLY_ALL` words."""
FEW: Final = 5
NEARLY_ALL: Final = 0.75
"""A report with this share of the words, and of those that name no place, is similar even if all
are common, as they are while many people report one thing."""
AT_LEAST: Final = 3
"""The least number of words that can count as nearly all."""
IN_TEXT: Final = 0.7
"""The weight of a word in a text, as a share of its weight in a title."""
OF_A_PLACE: Final = 1.0
"""The highest weight of a word that all reports of the place may have."""


class OwnWord(NamedTuple):
    """A word as the report spells it. `weight` is its weight: higher if fewer reports use it."""

    word: str
    weight: float
    common: bool
    of_place: bool


class OwnWords(NamedTuple):
    """The words, by the stem under which searches find them."""

    by_stem: dict[str, OwnWord]

    @property
    def pairs(self) -> str:
        """The web search for reports with two of the words (not both common) or nearly all of them;
        "" if there is none."""
        pairs = combinations(self.by_stem.values(), 2)
        distinctive = [(a, b) for a, b in pairs if not (a.common and b.common)]
        common = [own for own in self.by_stem.values() if own.common]
        several = combinations(common, max(_nearly_all(len(self.by_stem)), AT_LEAST))
        alike = [each for each in several if self._are_nearly_all(each)]
        return " OR ".join(" ".join(own.word for own in each) for each in [*distinctive, *alike])

    def shared(self, stems: Collection[str], in_title: Collection[str]) -> float:
        """The share of the words' weight that a report with these stems reaches: 1 if all are in
        its title. A word only in its text counts in part. Common words alone count nothing, unless
        they are nearly all words: then at least as much as if all words had the same weight."""
        having = {stem: own for stem, own in self.by_stem.items() if stem in stems}
        alike = self._are_nearly_all(having.values())
        if len(having) < 2 or (not alike and all(own.common for own in having.values())):
            return 0.0
        parts = {stem: 1 if stem in in_title else IN_TEXT for stem in having}
        matched = sum(own.weight * parts[stem] for stem, own in having.items())
        shared = matched / sum(own.weight for own in self.by_stem.values())
        return max(shared, sum(parts.values()) / len(self.by_stem)) if alike else shared

    def _are_nearly_all(self, having: Collection[OwnWord]) -> bool:
        distinctive = sum(not own.of_place for own in self.by_stem.values())
        distinctive_shared = sum(not own.of_place for own in having)
        enough = len(having) >= max(_nearly_all(len(self.by_stem)), AT_LEAST)
        return enough and distinctive_shared >= max(_nearly_all(distinctive), 1)


def _nearly_all(words: int) -> int:
    return ceil(words * NEARLY_ALL)


async def own_words(
    session: AsyncSession, title: str, body: str, region_code: str | None
) -> OwnWords:
    """The words of the report's title or, if it has too few distinctive ones, also of its text."""
    in_title, in_body = _distinctive(title), _distinctive(body)
    words = in_title if len(in_title) >= ENOUGH else [*in_title, *in_body][:MOST]
    rows = await session.execute(_STEMS, {"words": list(dict.fromkeys(words))})
    by_stem: dict[str, str] = {}
    for word, stem in rows:
        by_stem.setdefault(stem, word)
    stems = list(by_stem)[:MOST]
    of_place = await asyncio.to_thread(_of_the_place, f"{title} {body}", region_code)
    counts = await session.execute(_SAID, {"stems": stems, "most": COUNTED})
    own: dict[str, OwnWord] = {}
    for stem, containing, counted in counts:
        word = by_stem[stem]
        here = word in of_place or word in _IN_ANY_PLACE
        weight = log((counted + 1) / (containing + 0.5))
        common = here or containing > max(FEW, counted * COMMON)
        weight = min(weight, OF_A_PLACE) if here else max(weight, 0.1)
        own[stem] = OwnWord(word, weight if word in in_title else weight * IN_TEXT, common, here)
    return OwnWords({stem: own[stem] for stem in stems})


def _of_the_place(words: str, region_code: str | None) -> set[str]:
    """The words in the report that belong to names of places. These are streets, its own region and
    the neighbouring ones."""
    streets = {word for name in _STREET.findall(words) for word in _words(name)}
    if region_code is None:
        return streets
    city, district = region_code[:CITY_CODE], region_code[:DISTRICT_CODE]
    around = [*regions.ancestry(region_code), *regions.children(city), *regions.children(district)]
    text = f" {' '.join(_words(words))} "
    names = (" ".join(_words(_KIND.sub("", region.name))) for region in around)
    return streets | {word for name in names if f" {name} " in text for word in name.split()}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def _distinctive(words: str) -> list[str]:
    all_words = re.findall(r"[^\W\d_]{3,30}", words.lower())
    return [word for word in dict.fromkeys(all_words) if word not in _IN_ANY_REPORT]


_IN_ANY_REPORT: Final = FUNCTION_WORDS | frozenset(
    "akibat aku and anda antara apa apakah atas bagaimana banyak bapak baru beberapa beliau"
    " belum berada besar bisa bukan cukup dalam dapat daripada datang demi demikian depan"
    " dia diri ditindaklanjuti dll dpt gimana hal hanya hari harus hingga ibu jadi jam"
    " jangan jika kah kalau kalo kapan kasih kata kecil kemarin kembali ketika lagi lain"
    " lalu lama lanjut laporan lebih maaf maka malah mana masa masih mau memang merasa"
    " mereka minggu minta mulai namun nya orang padahal pagi pak per perlu pernah pihak"
    " pukul pun saja sama sampai sangat satu sebab sebelum sebuah sedang segera sejak sekali"
    " sekarang sekitar selalu selama seluruh semoga semua sendiri seperti sering sesuai"
    " setelah setiap siang sini situ suatu tahu tahun tak tanggal tapi tdk tempat terima"
    " terjadi terlalu terlebih terus tetap tetapi the tiap tiba tidak tindak udah walau"
    " warga wib yakni".split()
)
"""Words used about anything: they do not make two reports similar."""
_IN_ANY_PLACE: Final = frozenset(
    "alamat blok cluster daerah desa dsn dusun gang kab kabupaten kampung kec kecamatan kel"
    " jln kelurahan kmp komplek kompleks kota lingkungan lokasi nomor perum perumahan provinsi raya"
    " wilayah".split()
)
_STREET = re.compile(
    r"\b(?:[Jj]ln?\b\.?|(?:di|ke|dari|depan|sekitar|sepanjang) (?:[Jj]alan|[Gg]ang|[Gg]g\b\.?))"
    r"(?: ?Raya\b)?((?: ?\b[A-Z][a-z]+\b){1,2})"
)
"""Its name, which begins with a capital: so does each word of some titles (*Jalan Rusak Parah*)."""
_KIND = re.compile(r"^(Kabupaten|Kota|Kota Adm\.|Kabupaten Adm\.) ")
_STEMS = text("""
SELECT w.word, s.stem
FROM unnest(CAST(:words AS text[])) WITH ORDINALITY w (word, place),
     unnest(tsvector_to_array(to_tsvector('indonesian', w.word))) s (stem)
ORDER BY w.place
""")
_SAID = text("""
WITH newest AS MATERIALIZED (
    SELECT search FROM lifecycle.report_text ORDER BY number DESC LIMIT :most)
SELECT s.stem, count(*) FILTER (WHERE n.search @@ CAST(quote_literal(s.stem) AS tsquery)), count(*)
FROM unnest(CAST(:stems AS text[])) s (stem), newest n
GROUP BY s.stem
""")
