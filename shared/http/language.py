"""Picks a person's language: Indonesian, unless they prefer another one that we have."""

from shared.labels.catalogue import INDONESIAN, LANGUAGES, Language


def pick_language(accept_language: str | None) -> Language:
    """The language for an Accept-Language header (RFC 9110 §12.5.4).

    Indonesian on a tie, for `*`, without a header, and for an unreadable header.
    """
    weights: dict[str, float] = {}
    for part in (accept_language or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.split("-")[0].strip().lower()
        primary = INDONESIAN if primary in _INDONESIAN_TOO else primary
        weights[primary] = max(weights.get(primary, 0.0), _quality(parameter))
    return max(LANGUAGES, key=lambda language: weights.get(language, 0.0))


_INDONESIAN_TOO = ("*", "in")
"""`in` was the code of Indonesian until 1989; old phones still send it."""


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
