"""The page on performance has a place for each part, and tables are written there."""

from datetime import UTC, datetime

import pytest

from benchmarks.document import BEGIN, END, PAGE, with_figures
from benchmarks.figures import Measured, RunFile
from benchmarks.parts import PARTS


def run_of(part: str) -> RunFile:
    figure = Measured(
        part=part,
        name="lives",
        unit="lives/s",
        ours=8.25,
        floor=11.0,
        floor_is="a bare workflow",
        score=0.75,
        aim="≥ 1.2",
        met=False,
    )
    at = datetime(2026, 11, 29, 10, tzinfo=UTC)
    return RunFile(at=at, machine="Linux, 2 cores", size="full", failed=[], figures=[figure])


@pytest.mark.parametrize("part", [part.name for part in PARTS])
def test_every_part_has_a_place_on_the_page(part: str) -> None:
    page = with_figures(PAGE.read_text(), [run_of(part)])
    assert "| lives | 8.25 | 11.0 | lives/s | 0.75 | ≥ 1.2 | **no** | a bare workflow |" in page
    assert with_figures(page, [run_of(part)]) == page
    assert "29 November 2026 10:00 UTC, full run, Linux, 2 cores." in page


def test_a_part_without_a_place_is_not_left_out_silently() -> None:
    with pytest.raises(ValueError, match="figures of unknown"):
        with_figures(f"{BEGIN.format('lives')}\n{END}", [run_of("unknown")])
