"""Refuses JSON in which a member comes twice.

Readers disagree about which of the two counts, and if it were `anonymous`, a name could be
revealed.
"""

import json
from typing import Any


class RepeatedMemberError(ValueError):
    """An object has two members of this `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} comes twice")
        self.name = name


def refuse_repeated_members(document: str | bytes) -> None:
    """Raise `RepeatedMemberError` for the first member that comes twice, at any depth.

    A document that is no JSON is left to its reader.
    """
    try:
        read_strictly(document)
    except RepeatedMemberError:
        raise
    except (ValueError, RecursionError):
        return


def read_strictly(document: str | bytes) -> Any:
    """The content of the document.

    Raises `RepeatedMemberError` for the first member that comes twice, at any depth; `ValueError`
    or `RecursionError` if it is no JSON, or too deep.
    """
    return json.loads(document, object_pairs_hook=_once_each)


def _once_each(members: list[tuple[str, object]]) -> dict[str, object]:
    held = dict(members)
    if len(held) == len(members):
        return held
    names: set[str] = set()
    for name, _ in members:
        if name in names:
            break
        names.add(name)
    raise RepeatedMemberError(name)
