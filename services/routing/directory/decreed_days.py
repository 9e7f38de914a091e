"""National holidays and *cuti bersama* as the maintained package `holidays` knows them."""

from collections.abc import Iterable
from datetime import date


def decreed_days(years: Iterable[int]) -> dict[date, str]:
    """The days of these years with their Indonesian names, in their order. Joint leave that was
    decreed after the package was published is not among them: pusat adds it."""
    from holidays import country_holidays  # slow to import, and seldom needed

    asked = set(years)
    if not asked:
        return {}
    holidays = country_holidays(
        "ID", years=asked, categories=("public", "government"), language="id"
    )
    return {day: name for day, name in sorted(holidays.items()) if day.year in asked}
