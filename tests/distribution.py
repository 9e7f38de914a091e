"""Who runs which tests: what shares a cluster or a stack stays together, the long ones go first.

A cluster or a stack costs a core some ten seconds to start, and more while it stands. So the
tests of a folder that has one are one piece of work, those of any other file too, and a run ends
with many small pieces, which its workers finish at about the same time.

A scheduler of our own, since `--dist loadgroup` marks its groups in a way that pytest 9.2 no longer
reads: every test then goes to whoever is free, and a stack starts wherever one of its tests does.
"""

from pathlib import Path, PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling

_TESTS = Path(__file__).parent
_TOGETHER = ("whole_cluster", "portal", "privacy", "chaos", "contracts")
"""Folders whose tests share a cluster or a stack, the longest first."""
SECOND_HALF = {
    *("late", "lists", "management", "many_and_live", "messages", "monitoring", "one_story"),
    *("owed", "panel", "pickers", "posts", "public", "saved_views", "settings", "six_tasks"),
    *("two_copies", "unknown_fields", "webhooks", "words_are_kept"),
}
"""Files of the portal with a stack of their own: as one piece the folder would take longer than
all others together. None is asynchronous, as whoever has both halves begins with the other."""
_THEN = ("stack", "reporting", "workflows", "intake", "routing", "followup", "attachments", "bus")
"""Folders whose files take long one by one, the longest first."""

_SLOW = (
    *("workflows", "reporting", "attachments", "partners", "bus", "benchmarks", "suite"),
    *("backup", "storage"),
)
"""Folders that wait for servers, time or processes by nature; so does any test with Temporal."""
_OF_A_STACK = (*_TOGETHER, "stack")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which pieces are handed out, and the marks that follow from where a test is."""
    in_a_browser = {item.path for item in items if _asks_for("browser", item)}
    # What needs no browser first: one that runs would not let asynchronous tests run.
    items.sort(key=lambda item: (_place(_folder(item)), item.path in in_a_browser))
    for item in items:
        if _asks_for("browser", item):
            item.add_marker(pytest.mark.browser)
        if _folder(item) in _OF_A_STACK:
            item.add_marker(pytest.mark.stack)
        if _folder(item) in _SLOW or _asks_for("temporal_address", item):
            item.add_marker(pytest.mark.slow)
        if _folder(item) in ("chaos", "whole_cluster"):
            item.add_marker(pytest.mark.chaos)


def _asks_for(fixture: str, item: pytest.Item) -> bool:
    return fixture in getattr(item, "fixturenames", ())


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(_TESTS).parts[0]


class ByPiece(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out a piece of work at a time."""

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPiece:
    return ByPiece(config, log)


def piece_of(nodeid: str) -> str:
    """The folder that shares a stack, or the half of it, else the file:
    `tests/privacy/test_remaking.py::…` → `privacy`."""
    path = PurePosixPath(nodeid.partition("::")[0])
    folder = path.parts[1] if len(path.parts) > 2 else ""
    if folder not in _TOGETHER:
        return str(path)
    second = folder == "portal" and path.stem.removeprefix("test_") in SECOND_HALF
    return f"{folder}, second half" if second else folder


def _place(folder: str) -> int:
    order = (*_TOGETHER, *_THEN)
    return order.index(folder) if folder in order else len(order)
