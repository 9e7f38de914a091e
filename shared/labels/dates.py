"""Days and moments as Indonesia writes them."""

from datetime import date, datetime

from shared.lifecycle.calendar import Zone, day_of_deadline, ends_a_day

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


def deadline(at: datetime, zone: Zone) -> str:
    """`Jumat, 4 Desember 2026` where it falls at that day's end, else as `moment`."""
    return long_day(day_of_deadline(at, zone)) if ends_a_day(at, zone) else moment(at, zone)
