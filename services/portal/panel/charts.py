"""The numbers by which a template draws a chart of columns, with axes, labels and values."""

from collections.abc import Sequence
from dataclasses import dataclass

_BASE, _TOP, _LEFT = 150, 18, 48


@dataclass(frozen=True)
class Column:
    x: int
    y: float
    height: float
    value: int
    label: str


@dataclass(frozen=True)
class Chart:
    """A chart in units of the drawing. `lines` are the values of the scale and their positions."""

    width: int
    step: int
    lines: list[tuple[int, float]]
    columns: list[Column]


def chart_of(values: Sequence[tuple[str, int]]) -> Chart:
    """Return the chart of labelled values, from 0 up to a round number not below the largest."""
    step = 54 if len(values) <= 24 else 44
    top = round_above(max((value for _, value in values), default=0))
    unit = (_BASE - _TOP) / top
    columns = [
        Column(
            _LEFT + index * step,
            round(_BASE - value * unit, 1),
            round(value * unit, 1),
            value,
            name,
        )
        for index, (name, value) in enumerate(values)
    ]
    lines = [(value, _lying(value * unit)) for value in sorted({0, top // 2, top})]
    return Chart(_LEFT + len(values) * step, step, lines, columns)


def _lying(height: float) -> float:
    return round(_BASE - height, 1)


def round_above(value: int) -> int:
    """Return the least of 2, 4, 10, 20, 40, 100 … that is not below the value."""
    size = 1
    while True:
        for first in (2, 4, 10):
            if first * size >= value:
                return first * size
        size *= 10
