"""The texts of problems in the reader's language.

They are in the catalogues as `problem.title`, `problem.detail` and `problem.field`, by code.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.labels.catalogue import Language, Phrase, filled, message, messages

_ENGLISH = "en"


class Words(NamedTuple):
    """A title (the same for every occurrence) and a detail: what is wrong here, what to do next."""

    title: str
    detail: str


def words_for(code: str, language: Language, params: Mapping[str, Any]) -> Words:
    """Title and detail of a problem. Raises KeyError for a code without a text or a detail whose
    parameter is missing: both are programming errors."""
    return Words(
        message("problem.title", code, language),
        Phrase("problem.detail", code, params).in_language(language),
    )


def field_message(code: str, language: Language, params: Mapping[str, Any], fallback: str) -> str:
    """The text for one field's error.

    A code without a text gives `fallback` in English and a general sentence in other languages.
    """
    texts = messages("problem.field", language)
    if code not in texts:
        return fallback if language == _ENGLISH and fallback else texts["invalid"]
    if code in ("literal_error", "enum"):
        # pydantic lists them in English: 'a', 'b' or 'c'
        either = message("word", "or", language)
        params = {**params, "expected": str(params["expected"]).replace(" or ", f" {either} ")}
    return filled(texts[code], params, language)
