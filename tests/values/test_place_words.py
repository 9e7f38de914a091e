"""Names of places are recognised by some of their letters, as people shorten them."""

import pytest

from shared.values.place_words import place_words, shortened_places


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("smrng", "semarang"),
        ("bndg", "bandung"),
        ("sby", "surabaya"),
        ("jkt", "jakarta"),
        ("plmbg", "palembang"),
        ("mkssr", "makassar"),
        ("bjm", "banjarmasin"),
        ("ptk", "pontianak"),
        ("mjlngka", "majalengka"),
        ("smrg", "semarang"),
        ("indrmyu", "indramayu"),
    ],
)
def test_a_shortened_place_is_known_by_its_letters_in_order(typed: str, place: str) -> None:
    shares = shortened_places(typed)
    assert max(shares, key=lambda word: shares[word]) == place


def test_all_consonants_are_the_whole_share() -> None:
    assert shortened_places("smrg")["semarang"] == 0.8
    assert shortened_places("smrng") == {"semarang": 1.0}


@pytest.mark.parametrize("typed", ["sm", "s", "hippopotamus", "semarang", "grnmes", "dinas", ""])
def test_what_is_short_for_no_place_is_none(typed: str) -> None:
    assert shortened_places(typed) == {}


def test_words_that_stand_in_names_of_offices_too_name_no_place() -> None:
    assert {"semarang", "jawa", "bekasi"} <= place_words()
    assert not {"kota", "kabupaten", "barat", "tanah", "daerah", "pusat"} & place_words()
