"""The scale of a chart of columns."""

from services.portal.panel.charts import chart_of, round_above


def test_the_scale_ends_at_a_round_number_above_the_largest_column() -> None:
    largest = [0, 1, 3, 4, 5, 11, 21, 99, 100, 101, 4_321]
    assert [round_above(n) for n in largest] == [2, 2, 4, 4, 10, 20, 40, 100, 100, 200, 10_000]


def test_a_column_is_as_high_as_its_value_says_and_none_leaves_the_chart() -> None:
    chart = chart_of([("1/26", 0), ("2/26", 5), ("3/26", 10)])
    none, half, all_of_it = chart.columns
    assert (none.height, half.height * 2) == (0, all_of_it.height)
    assert [value for value, _ in chart.lines] == [0, 5, 10]
    assert all_of_it.y == chart.lines[-1][1] > 0
    assert all_of_it.x + chart.step == chart.width


def test_a_year_fits_on_a_tablet_and_the_days_of_two_months_stand_apart() -> None:
    """In pixels: a card is 702 wide there, and `31/12` takes 38."""
    assert chart_of([("12/26", 1)] * 12).width <= 702
    assert chart_of([("31/12", 1)] * 61).step >= 38 + 4
