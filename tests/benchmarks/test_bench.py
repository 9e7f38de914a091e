"""Every part of the bench runs, very small; how fast anything is, no test asks."""

from typing import Any

import pytest

from benchmarks.part import Part, Size, sharing
from benchmarks.parts import PARTS
from benchmarks.run import Results, measure

GROUPS = sharing(PARTS)
LONG = {
    *("accepting", "events", "sustained", "burst"),
    *("digests", "deadlines", "memory", "queue", "desk"),
}
"""Parts whose groups drive reports through the whole system, wait for clocks, start all of it
twice, or fill two databases: minutes each."""


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(
            group,
            id="-".join(part.name for part in group),
            marks=[pytest.mark.nightly] if LONG & {part.name for part in group} else [],
        )
        for group in GROUPS
    ],
)
async def test_every_part_measures_figures(parts: list[Part[Any]]) -> None:
    kept: list[str] = []
    results = Results(keep=lambda results: kept.append(",".join(results.figures)))
    await measure(parts, Size.TINY, results)
    assert results.failed == []
    assert list(results.figures) == [part.name for part in parts]
    for part, figures in results.figures.items():
        assert any(figure.ours > 0 for figure in figures), part
        for figure in figures:
            assert figure.ours >= 0, figure
            assert figure.floor is None or figure.floor > 0, figure
    assert kept[-1] == ",".join(results.figures)
