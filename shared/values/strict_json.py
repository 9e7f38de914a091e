"""JSON in which a member comes twice is refused: readers disagree about which of the two counts,
and with `anonymous` among them a name would be told."""

import json
from typing import Any


class RepeatedMemberError(ValueError):
    """An object has two members of this `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} comes twice")
        self.name = name


def refuse_repeated_members(document: str | bytes) -> None:
    """Raises `RepeatedMemberError` for the first member that comes twice, at any depth. What is
    no JSON at all is left for its reader to refuse."""
    try:
        read_strictly(document)
    except RepeatedMemberError:
        raise
    except (ValueError, RecursionError):
        return


def read_strictly(document: str | bytes) -> Any:
    """What the document holds. Raises `RepeatedMemberError` for the first member that comes twice,
    at any depth; ValueError or RecursionError for what is no JSON, or too deep."""
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
