"""National holidays and *cuti bersama*, from the maintained package `holidays`."""

from collections.abc import Iterable
from datetime import date


def decreed_days(years: Iterable[int]) -> dict[date, str]:
    """The days of these years with their Indonesian names, in order. Joint leave decreed after the
    package was published is missing: pusat adds it."""
    from holidays import country_holidays  # slow to import, and seldom needed

    asked = set(years)
    if not asked:
        return {}
    holidays = country_holidays(
        "ID", years=asked, categories=("public", "government"), language="id"
    )
    return {day: name for day, name in sorted(holidays.items()) if day.year in asked}
