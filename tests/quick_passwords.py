"""Passwords computed with the least that argon2 takes, where a test is about something else.

The product's own cost, a fifth of a second and 64 MiB each, is tried in `tests/http`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from shared.http import passwords


@pytest.fixture(scope="package", autouse=True)
def quick_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", least)
        passwords._dummy_hash.cache_clear()
        yield
    passwords._dummy_hash.cache_clear()


def quick_processes() -> dict[str, str]:
    """The environment in which processes of ours start with passwords as quick as these: a person
    signs in in each of a hundred tests of the portal."""
    folder = str(Path(__file__).parent / "quick_processes")
    paths = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(paths)}
