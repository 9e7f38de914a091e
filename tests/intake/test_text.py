"""What people write, normalised and within the limits."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.values.text import (
    BODY_LIMIT,
    TITLE_LIMIT,
    TextRejected,
    derive_title,
    normalise,
    normalise_body,
    normalise_title,
)


def test_a_text_from_word_keeps_its_paragraphs_and_loses_the_rest() -> None:
    raw = "\ufeffJalan rusak.  \r\n\r\n\r\n\r\n\r\nMohon\tdiperbaiki\x00\u202e!\u2028Terima \n\n"
    assert normalise(raw) == "Jalan rusak.\n\n\nMohon diperbaiki!\nTerima"


def test_composed_and_decomposed_letters_are_the_same_text() -> None:
    assert normalise("Cafe\u0301") == normalise("Café") == "Café"


def test_emoji_of_several_characters_survive() -> None:
    assert normalise("👨‍👩‍👧 ❤️") == "👨‍👩‍👧 ❤️"


@given(st.text())
def test_normalising_twice_changes_nothing(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {unicodedata.category(c) for c in once if c != "\n"} & {"Cc", "Cs"}
    once.encode()


def test_the_limit_counts_characters_after_normalisation() -> None:
    assert len(normalise_body("a" * BODY_LIMIT + "  \r\n\x00")) == BODY_LIMIT
    with pytest.raises(TextRejected) as refusal:
        normalise_body("a" * (BODY_LIMIT + 1))
    assert (refusal.value.code, refusal.value.length) == ("too_long", BODY_LIMIT + 1)


@pytest.mark.parametrize("raw", ["", " \n\t ", "\u200b\u202e", "\x00"])
def test_a_text_of_nothing_visible_is_empty(raw: str) -> None:
    for take in (normalise_body, normalise_title, derive_title):
        with pytest.raises(TextRejected) as refusal:
            take(raw)
        assert refusal.value.code == "empty"


def test_a_title_is_one_line_within_the_limit() -> None:
    assert normalise_title(" Lampu\njalan   mati ") == "Lampu jalan mati"
    with pytest.raises(TextRejected):
        normalise_title("a" * (TITLE_LIMIT + 1))


def test_a_title_is_derived_from_the_first_sentence() -> None:
    assert derive_title("Sampah menumpuk di pasar. Baunya menyengat.") == "Sampah menumpuk di pasar"


def test_a_title_from_a_long_sentence_ends_between_two_words() -> None:
    title = derive_title("mohon bantuannya " * 40)
    assert title.endswith(("bantuannya…", "mohon…"))


@given(st.text(min_size=1).filter(lambda raw: normalise(raw) != ""))
def test_every_derived_title_is_a_valid_title(body: str) -> None:
    title = derive_title(body * 40)
    assert normalise_title(title) == title
