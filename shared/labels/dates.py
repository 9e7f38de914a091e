"""Days and moments as Indonesia writes them."""

from datetime import date, datetime

from shared.lifecycle.calendar import Zone

_MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
).split()
_WEEKDAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()


def short_day(day: date) -> str:
    """`23 Nov 2026`"""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def long_day(day: date) -> str:
    """`Senin, 23 November 2026`"""
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def span(code: str) -> str:
    """`31 Jan 2026` for a day in ISO 8601, `Jan 2026` for a month (`2026-01`)."""
    if len(code) == len("2026-01"):
        return f"{_MONTHS[int(code[5:]) - 1][:3]} {code[:4]}"
    return short_day(date.fromisoformat(code))


def moment(at: datetime, zone: Zone) -> str:
    """`23 Nov 2026 14.05 WIB`, of an aware time."""
    local = at.astimezone(zone.offset)
    return f"{short_day(local)} {local:%H.%M} {zone}"
