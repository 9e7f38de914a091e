"""Many passwords at once wait a little each, and no longer: who would is told when to come back."""

import asyncio
from collections.abc import AsyncIterator
from threading import Event

import pytest

from shared.http import passwords
from shared.http.problems import Problem


@pytest.fixture
async def under_way() -> AsyncIterator[list["asyncio.Task[bool]"]]:
    """Computations that end with the test."""
    released = Event()
    tasks = [asyncio.create_task(passwords._in_turn(released.wait)) for _ in range(2)]
    await asyncio.sleep(0)  # both have begun
    yield tasks
    released.set()
    await asyncio.gather(*tasks, return_exceptions=True)


async def refused() -> int:
    """After how many seconds who comes now is told to come back."""
    with pytest.raises(Problem) as refusal:
        await passwords._in_turn(lambda: True)
    assert refusal.value.status == 503
    return int(refusal.value.headers["Retry-After"])


async def test_who_would_wait_too_long_is_told_so_at_once(
    under_way: list["asyncio.Task[bool]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_took", 20.0)
    assert await refused() == 20


async def test_who_has_waited_too_long_is_told_so_and_nothing_is_computed_for_them(
    monkeypatch: pytest.MonkeyPatch, under_way: list["asyncio.Task[bool]"]
) -> None:
    monkeypatch.setattr(passwords, "LONGEST", 0.05)
    monkeypatch.setattr(passwords, "_took", 0.0)  # so that they are not refused before they wait
    computed: list[int] = []
    with pytest.raises(Problem) as refusal:
        await passwords._in_turn(lambda: computed.append(1))
    assert refusal.value.status == 503
    assert computed == []


async def test_no_more_wait_than_leave_the_portal_its_connections(
    under_way: list["asyncio.Task[bool]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAITING_AT_MOST", 2)
    await refused()


async def test_who_comes_back_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_took", 1000.0)
    assert await passwords._in_turn(lambda: True)
    assert passwords._took < 1000.0
