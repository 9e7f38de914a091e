"""Two processes at one download: the one that was taken for dead, and the one in its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.reporting.files.parts import AnotherWriter, Part, Parts

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def part(last: int, *, layout: str = "a", hour: int = 12) -> Part:
    at = NOON.replace(hour=hour)
    return Part(layout=layout, rows=1, last=[last], read_at=at, figures={})


def test_who_was_taken_for_dead_writes_over_nothing(tmp_path: Path) -> None:
    slow, fresh = Parts(tmp_path.as_uri()), Parts(tmp_path.as_uri())
    slow.find("a")
    slow.add(part(5), b"satu")
    assert fresh.find("a") == [part(5)]
    fresh.add(part(9, hour=13), b"dua")  # it read on from another snapshot
    with pytest.raises(AnotherWriter):
        slow.add(part(8), b"dua, dari sebelumnya")
    assert list(fresh.contents()) == [b"satu", b"dua"]


def test_parts_of_another_are_not_put_together_with_ones_own(tmp_path: Path) -> None:
    old, new = Parts(tmp_path.as_uri()), Parts(tmp_path.as_uri())
    old.find("a")
    old.add(part(5), b"satu")
    assert new.find("b") == []  # its columns are others: what is there goes
    new.add(part(5, layout="b"), b"satu lagi")
    with pytest.raises(AnotherWriter):
        list(old.contents())
    assert list(new.contents()) == [b"satu lagi"]
