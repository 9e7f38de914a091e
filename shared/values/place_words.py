"""Words of the names of provinces, regencies and cities, also as people shorten them (*smrng*,
*sby*)."""

from functools import cache
from typing import Final

from shared.values import regions
from shared.values.text import folded

SHORTEST: Final = 3
"""Fewer letters may be short for too much."""
_AT_LEAST: Final = 0.4
"""The least share of a name's consonants that its short form has (*bjm* of *banjarmasin*)."""
_VOWELS: Final = frozenset("aeiou")
_NOT_OF_A_PLACE_ALONE: Final = frozenset(
    "administrasi agam alam bagian bandar bara barat batu bawang besar bintang daerah dan datar"
    " daya empat hilir hulu ibukota ilir indah istimewa jaya kabupaten kanan kepulauan kep"
    " khusus kota laut lima mas panjang pegunungan pesisir pulau pusat raja raya selatan seribu"
    " sungai tana tanah teluk tengah tenggara timur tinggi tulang ulu utara way".split()
)
"""Words of these names that stand in the names of offices too, or say only which part is meant."""


@cache
def place_words() -> frozenset[str]:
    """All words that name a place. The first call computes for some 0.1 s."""
    provinces = regions.children()
    named = (each.name for above in provinces for each in (above, *regions.children(above.code)))
    return frozenset(word for name in named for word in folded(name)) - _NOT_OF_A_PLACE_ALONE


@cache
def _by_first_letter() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for word in sorted(place_words()):
        words.setdefault(word[0], []).append(word)
    return words


def shortened_places(typed: str) -> dict[str, float]:
    """The place words of which `typed` has the first letter and further ones in order, with the
    share of their consonants that it has; all of them is 1."""
    if len(typed) < SHORTEST:
        return {}
    shares = {
        word: _consonants(typed) / _consonants(word)
        for word in _by_first_letter().get(typed[0], ())
        if word != typed and _is_within(typed, word)
    }
    return {word: share for word, share in shares.items() if share >= _AT_LEAST}


def _is_within(typed: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in typed)


def _consonants(word: str) -> int:
    return 1 + sum(letter not in _VOWELS for letter in word[1:])
