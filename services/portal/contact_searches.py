"""Seals searches for a phone number or an e-mail address in the list's address, because browsers
and proxies keep addresses."""

import re
import unicodedata

from services.portal.page_request import PageRequest
from services.portal.passed_over import UnknownFilters
from services.portal.sealed_forms import SEALED_SEARCH
from services.portal.translation import translated
from shared.values.report_numbers import only_numbers_in


def in_address(page_request: PageRequest, words: str) -> str:
    """Return the words of a search as an address may hold them. Several report numbers together
    have as many digits as a phone number but identify nobody, so they are not sealed."""
    text = _NO_CONTACT.sub("x", unicodedata.normalize("NFKC", words))
    if only_numbers_in(words) or not _NAMES_SOMEBODY.search(text):
        return words
    return _MARK + page_request.forms.sealed_search(words)


def searched_for(page_request: PageRequest, value: str) -> str:
    """Return the words for which `in_address` returned this value. Raises `UnknownFilters` if it
    was sealed for somebody else, or too long ago."""
    if not SEALED_SEARCH.fullmatch(value):
        return value
    words = page_request.forms.opened_search(value.removeprefix(_MARK))
    if words is None:
        expired = translated("pencarian dengan nomor telepon atau surel ini sudah kedaluwarsa.")
        raise UnknownFilters({"q": expired})
    return words


_MARK = "~"
_NAMES_SOMEBODY = re.compile(r"@|(?:[0-9][^\w]*){9,}")
"""Report numbers are shorter than phone numbers."""
_NO_CONTACT = re.compile(r"[0-9]{25,}")
"""A row of digits longer than two phone numbers."""
