"""Who runs which tests: what shares a town or a stack stays together, and the long ones go first.

A town or a stack costs a core some ten seconds to start, and more while it stands. So the tests of
a folder that has one are one piece of work, those of any other file too, and a run ends with many
small pieces, which its workers finish at about the same time.
"""

from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
_TOGETHER = ("portal", "privacy", "trouble", "contracts")
"""Folders whose tests share a town or a stack, the longest first."""
_THEN = ("stack", "benchmarks", "reporting", "workflows")
"""Folders whose files take long one by one."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks for `--dist loadgroup`, which hands the pieces out in this order."""
    items.sort(key=lambda item: _place(_folder(item)))
    for item in items:
        folder = _folder(item)
        piece = folder if folder in _TOGETHER else str(item.path.relative_to(_TESTS))
        item.add_marker(pytest.mark.xdist_group(piece))


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(_TESTS).parts[0]


def _place(folder: str) -> int:
    order = (*_TOGETHER, *_THEN)
    return order.index(folder) if folder in order else len(order)
