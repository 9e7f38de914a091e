"""Steps stand by their number, whatever machine's clock gave them their time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.routing.reading.history_rows import _in_order

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def _step(entry: int, seconds: int) -> dict[str, Any]:
    return {"entry": entry, "at": NOON + timedelta(seconds=seconds)}


def _reading(seconds: int) -> dict[str, Any]:
    return {"entry": None, "at": NOON + timedelta(seconds=seconds)}


@pytest.mark.parametrize("ahead", [-5, -1, 0, 1, 5])
def test_verify_stands_after_submit_though_the_services_clock_was_ahead(ahead: int) -> None:
    lines = _in_order([_step(1, ahead), _step(2, 0), _step(3, 1)])
    assert [line["entry"] for line in lines] == [1, 2, 3]


def test_a_reading_stands_after_the_last_step_there_was_and_before_the_next() -> None:
    lines = _in_order([_step(1, 0), _step(2, 10), _reading(5), _reading(20), _reading(-5)])
    assert [(line["entry"], (line["at"] - NOON).seconds % 86395) for line in lines] == [
        (None, 0),
        (1, 0),
        (None, 5),
        (2, 10),
        (None, 20),
    ]
