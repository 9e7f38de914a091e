"""Days and numbers as Indonesia writes them."""

from datetime import date

import pytest

from shared.labels import dates, numbers


def test_months_and_weekdays_have_their_indonesian_names() -> None:
    months = [dates.short_day(date(2026, month, 1)).split()[1] for month in range(1, 13)]
    assert months == "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split()
    assert dates.long_day(date(2026, 8, 2)) == "Minggu, 2 Agustus 2026"
    assert (dates.span("2026-05-31"), dates.span("2026-05")) == ("31 Mei 2026", "Mei 2026")


@pytest.mark.parametrize(
    ("value", "whole", "short"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_250, "1.250", "1,2 rb"),
        (12_345, "12.345", "12 rb"),
        (1_234_567, "1.234.567", "1,2 jt"),
    ],
)
def test_a_large_number_is_grouped_or_shortened(value: int, whole: str, short: str) -> None:
    assert (numbers.number(value), numbers.short(value).replace("\u00a0", " ")) == (whole, short)


def test_a_fraction_has_a_comma() -> None:
    assert (numbers.tenths(12), numbers.tenths(None)) == ("12,0", "–")
    assert (numbers.decimal(2.5), numbers.decimal(4.0)) == ("2,5", "4")
    assert numbers.percent(0.1234) == "12,3%"


def test_an_hour_of_the_day_is_written_as_each_language_does() -> None:
    assert dates.full_hour(5) == "05.00"
    assert dates.full_hour(5, "en") == "05:00"
