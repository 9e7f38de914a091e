"""The words of a report by which others like it are looked for."""

import re
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST: Final = 8
"""Words that are looked for, each with each other."""
ENOUGH: Final = 4
"""With fewer in the title, the text's first words are looked for too."""


class OwnWords(NamedTuple):
    """By the stem that searches know it by: a word as the report has it."""

    by_stem: dict[str, str]

    @property
    def any_two(self) -> str:
        """What finds the reports that have two of the words, as in a web search."""
        words = list(self.by_stem.values())
        pairs = (f"{a} {b}" for at, a in enumerate(words) for b in words[at + 1 :])
        return " OR ".join(pairs)


async def own_words(session: AsyncSession, title: str, body: str) -> OwnWords:
    """What the report is about, as its title says, and where that says little, its text."""
    in_title, in_body = _telling(title), _telling(body)
    words = in_title if len(in_title) >= ENOUGH else [*in_title, *in_body][:MOST]
    rows = await session.execute(_STEMS, {"words": list(dict.fromkeys(words))})
    by_stem: dict[str, str] = {}
    for word, stem in rows:
        by_stem.setdefault(stem, word)
    return OwnWords(dict(list(by_stem.items())[:MOST]))


def _telling(words: str) -> list[str]:
    all_words = re.findall(r"[^\W\d_]{3,30}", words.lower())
    return [word for word in dict.fromkeys(all_words) if word not in _IN_ANY_REPORT]


# The Indonesian dictionary of Postgres takes no word out.
_IN_ANY_REPORT: Final = frozenset(
    "ada adalah agar akan akibat aku anda antara apa apakah atas atau bagi bahwa banyak bapak"
    " baru bagaimana belum beberapa beliau berada besar bisa bukan cukup dalam dan dapat dari"
    " daripada datang demi demikian dengan depan dgn dia diri dll dpt gimana guna hal hanya"
    " harap hari harus hingga ibu ini itu jadi jam jangan jika juga kami kalau kah kalo kapan"
    " karena kasih kata kecil kemarin kembali kepada ketika kita krn lagi laporan lain lalu lama"
    " lebih maaf maka malah mana masa masih mau memang mereka merasa minta mohon mulai namun nya"
    " oleh orang pada padahal pagi pak para perlu pernah per pihak pun pukul saat saja sama"
    " sampai sangat satu saya sebab sebagai sebelum sebuah sedang segera sehingga sejak sekali"
    " sekarang sekitar selalu selama seluruh semoga semua sendiri seperti sering serta sesuai"
    " setelah setiap siang sini situ suatu sudah supaya tahu tahun tak tanggal tapi tdk telah"
    " tempat tentang terhadap terima terjadi terlalu terlebih tersebut terus tetapi tetap tiap"
    " tiba tidak tolong udah untuk utk walau warga wib yaitu yakni yang and the".split()
)
_STEMS = text("""
SELECT w.word, s.stem
FROM unnest(CAST(:words AS text[])) WITH ORDINALITY w (word, place),
     unnest(tsvector_to_array(to_tsvector('indonesian', w.word))) s (stem)
ORDER BY w.place
""")
