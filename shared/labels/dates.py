"""Days and moments as Indonesia writes them: CLDR's names, by Babel."""

from datetime import date, datetime, time

from babel.dates import format_date, format_skeleton

from shared.labels.catalogue import INDONESIAN, Language
from shared.lifecycle.calendar import Zone, day_of_deadline, ends_a_day


def short_day(day: date, language: Language = INDONESIAN) -> str:
    """`23 Nov 2026`"""
    return format_date(day, "d MMM y", locale=language)


def long_day(day: date, language: Language = INDONESIAN) -> str:
    """`Senin, 23 November 2026`"""
    return format_date(day, "EEEE, d MMMM y", locale=language)


def span(code: str, language: Language = INDONESIAN) -> str:
    """`31 Jan 2026` for a day in ISO 8601, `Jan 2026` for a month (`2026-01`)."""
    if len(code) == len("2026-01"):
        return format_date(date.fromisoformat(f"{code}-01"), "MMM y", locale=language)
    return short_day(date.fromisoformat(code), language)


def moment(at: datetime, zone: Zone, language: Language = INDONESIAN) -> str:
    """`23 Nov 2026 14.05 WIB`, of an aware time."""
    local = at.astimezone(zone.offset)
    return f"{short_day(local.date(), language)} {_clock(local, language)} {zone}"


def time_of_day(at: datetime, zone: Zone, language: Language = INDONESIAN) -> str:
    """`14.05 WIB`, of an aware time."""
    local = at.astimezone(zone.offset)
    return f"{_clock(local, language)} {zone}"


def due_day(at: datetime, zone: Zone, language: Language = INDONESIAN) -> str:
    """`Jumat, 4 Desember 2026`: the day in which a deadline lies, or which it ends.

    For deadlines whose hour does not matter to the reader, because nothing is refused after it.
    """
    return long_day(day_of_deadline(at, zone), language)


def short_due_day(at: datetime, zone: Zone, language: Language = INDONESIAN) -> str:
    """Like `due_day`, but `4 Des`: for a text message about a near day."""
    return format_date(day_of_deadline(at, zone), "d MMM", locale=language)


def deadline(at: datetime, zone: Zone, language: Language = INDONESIAN) -> str:
    """`Jumat, 4 Desember 2026` for a deadline at that day's end, otherwise like `moment`.

    For deadlines after which something is over.
    """
    if ends_a_day(at, zone):
        return due_day(at, zone, language)
    return moment(at, zone, language)


def short_deadline(at: datetime, zone: Zone, language: Language = INDONESIAN) -> str:
    """Like `deadline`, but `4 Des` or `4 Des 14.05 WIB`: for a text message about a near time."""
    if ends_a_day(at, zone):
        return short_due_day(at, zone, language)
    local = at.astimezone(zone.offset)
    return f"{format_date(local, 'd MMM', locale=language)} {_clock(local, language)} {zone}"


def full_hour(hour: int, language: Language = INDONESIAN) -> str:
    """`05.00`, for an hour of the day."""
    return _clock(datetime.combine(date.min, time(hour)), language)


def _clock(local: datetime, language: Language) -> str:
    """`14.05`, and `14:05` in English: both as CLDR has the locale's hour and minute."""
    return format_skeleton("Hm", local, locale=language)
