"""Passwords: argon2id, off the event loop, a few at a time (each takes 64 MiB)."""

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from shared.http.problems import unavailable

__all__ = ["hash_like", "hash_password", "needs_rehash", "verify_password"]

_hasher = PasswordHasher()
_WAITING_AT_MOST = 100
"""Passwords looked at or waiting for it: some seconds' worth. Who comes then had better come back
than wait until their browser gives up."""
_T = TypeVar("_T")
_waiting = 0
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt (PHC string), for storage."""
    return await _in_turn(lambda: _hasher.hash(password))


async def hash_like(password: str, stored: str | None, salt: bytes) -> str:
    """The hash with the parameters and the salt of a stored one; where there is none, with
    today's parameters and `salt`. One computation, however many hashes it is compared with."""
    hasher = PasswordHasher.from_parameters(extract_parameters(stored)) if stored else _hasher
    used = _salt_of(stored) if stored else salt
    return await _in_turn(lambda: hasher.hash(password, salt=used))


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is right. Give None where there is no such person, or "" where
    they have chosen none yet: the answer is False after the same time."""
    matches = await _in_turn(lambda: _matches(stored, password))
    return matches and bool(stored)


async def _in_turn(compute: Callable[[], _T]) -> _T:
    """Raises the 503 problem where too many wait."""
    global _waiting
    if _waiting >= _WAITING_AT_MOST:
        raise unavailable()
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, compute)
    finally:
        _waiting -= 1


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _matches(stored: str | None, password: str) -> bool:
    nobody = _nobody()  # asked for in any case: the first time it takes long
    try:
        return _hasher.verify(stored or nobody, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Checked against when there is nobody of that name, so that the answer takes as long."""
    return _hasher.hash("nobody")


def _salt_of(stored: str) -> bytes:
    """The salt in a PHC string."""
    encoded = stored.split("$")[4]
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4))
