"""A search for somebody's phone number or e-mail address stands sealed in the list's address:
addresses are kept by browsers and by what stands before the portal."""

import re
import unicodedata

from services.portal.page_request import PageRequest
from services.portal.passed_over import UnknownFilters
from services.portal.sealed_forms import SEALED_SEARCH
from services.portal.translation import translated
from shared.values.report_numbers import only_numbers_in


def in_address(page_request: PageRequest, words: str) -> str:
    """The words of a search as an address may hold them. Several numbers of reports together have
    as many digits as a phone, and name nobody."""
    text = _NO_CONTACT.sub("x", unicodedata.normalize("NFKC", words))
    if only_numbers_in(words) or not _NAMES_SOMEBODY.search(text):
        return words
    return _MARK + page_request.forms.sealed_search(words)


def searched_for(page_request: PageRequest, value: str) -> str:
    """The words that `in_address` gave this value. Raises `UnknownFilters` for one that was sealed
    for somebody else, or too long ago."""
    if not SEALED_SEARCH.fullmatch(value):
        return value
    words = page_request.forms.opened_search(value.removeprefix(_MARK))
    if words is None:
        expired = translated("pencarian dengan nomor telepon atau surel ini sudah kedaluwarsa.")
        raise UnknownFilters({"q": expired})
    return words


_MARK = "~"
_NAMES_SOMEBODY = re.compile(r"@|(?:[0-9][^\w]*){9,}")
"""Numbers of reports are shorter than those of phones."""
_NO_CONTACT = re.compile(r"[0-9]{25,}")
"""Digits on end, more than two phones written together."""
