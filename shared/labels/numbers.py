"""Numbers as Indonesia writes them: CLDR's, by Babel."""

from babel.numbers import format_compact_decimal, format_decimal, format_percent

from shared.labels.catalogue import INDONESIAN, Language


def number(value: int, language: Language = INDONESIAN) -> str:
    """1.234.567"""
    return format_decimal(value, locale=language)


def short(value: int) -> str:
    """1,2 rb, 12 rb (ribu), 1,2 jt (juta), if there is no room for the whole figure."""
    places = 1 if len(str(value)) % 3 == 1 else 0
    return format_compact_decimal(value, locale=INDONESIAN, fraction_digits=places)


def tenths(value: float | None, language: Language = INDONESIAN) -> str:
    """12,3; 12,0"""
    return "–" if value is None else format_decimal(value, "#,##0.0", locale=language)


def decimal(value: float, language: Language = INDONESIAN) -> str:
    """2,5; 2,25; whole numbers without a fraction."""
    return format_decimal(value, "#,##0.##", locale=language)


def percent(share: float) -> str:
    """12,3%"""
    return format_percent(share, "#,##0.0%", locale=INDONESIAN)
