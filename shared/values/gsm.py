"""The GSM 7-bit alphabet of text messages (3GPP TS 23.038).

A character outside it more than doubles the cost of a message.
"""

import unicodedata
from typing import Final


def septets(text: str) -> int:
    """The length in GSM 7-bit septets. Raises `ValueError` for characters outside the alphabet."""
    length = 0
    for character in text:
        if character in _GSM:
            length += 1
        elif character in _GSM_EXTENSION:
            length += 2
        else:
            raise ValueError("a character beyond the GSM 7-bit alphabet")
    return length


def in_gsm(text: str) -> str:
    """The text in the GSM 7-bit alphabet.

    Typographic signs are replaced as phones do, accents that the alphabet lacks are dropped, and
    `?` stands for all else.
    """
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return "".join(_in_gsm(character) for character in plain)


def sayable_in_gsm(text: str) -> bool:
    """Whether the text stays readable after `in_gsm`.

    At most a fifth of its letters and digits may be of a script that the alphabet lacks.
    """
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    known = [_in_gsm(character) != "?" for character in plain if character.isalnum()]
    return known.count(False) * 5 <= len(known)


def _in_gsm(character: str) -> str:
    if character in _GSM or character in _GSM_EXTENSION:
        return character
    letters = unicodedata.normalize("NFKD", character)
    known = "".join(letter for letter in letters if letter in _GSM or letter in _GSM_EXTENSION)
    return known or ("" if unicodedata.category(character) in ("Mn", "Cf") else "?")


_PLAIN: Final = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "•": "-", "\t": " "}
)
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
