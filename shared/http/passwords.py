"""Passwords: argon2id, outside the event loop, a few at a time (each takes 64 MiB)."""

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from math import ceil
from time import perf_counter
from typing import Final, TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from shared.http.problems import unavailable

__all__ = ["hash_like", "hash_password", "needs_rehash", "verify_password"]

_hasher = PasswordHasher()
LONGEST: Final = 8.0
"""The most seconds that a password may wait and be computed. A person who would wait longer should
come back instead of waiting until the browser, or the portal after thirty seconds, gives up."""
WAITING_AT_MOST: Final = 60
"""The most that may wait, however fast they are: each holds one of the hundred connections that the
portal also uses for its pages."""
_AT_ONCE: Final = 2
_T = TypeVar("_T")
_waiting = 0
_took = 0.2
"""Seconds that one computation took recently, including the machine's other work."""
_threads = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt (PHC string), for storage."""
    return await _in_turn(lambda: _hasher.hash(password))


async def hash_like(password: str, stored: str | None, salt: bytes) -> str:
    """The hash with the parameters and the salt of a stored one.

    Without a stored one, today's parameters and `salt` are used. It is one computation, however
    many hashes it is compared with.
    """
    hasher = PasswordHasher.from_parameters(extract_parameters(stored)) if stored else _hasher
    used = _salt_of(stored) if stored else salt
    return await _in_turn(lambda: hasher.hash(password, salt=used))


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is right.

    Give None if there is no such person, or "" if they have not chosen one yet: the answer is then
    False after the same time.
    """
    matches = await _in_turn(lambda: _matches(stored, password))
    return matches and bool(stored)


async def _in_turn(compute: Callable[[], _T]) -> _T:
    """Compute in the order of arrival.

    Raises the 503 problem with the seconds after which to come back. It does so at once if too many
    wait or those before it are likely to take longer than `LONGEST`, otherwise after `LONGEST`.
    """
    global _waiting
    expected = _waiting * _took / _AT_ONCE
    if _waiting >= WAITING_AT_MOST or expected > LONGEST:
        raise unavailable(seconds=ceil(expected))
    _waiting += 1
    computing = _threads.submit(_measured, compute)
    try:
        async with asyncio.timeout(LONGEST):
            return await asyncio.wrap_future(computing)
    except TimeoutError:
        raise unavailable(seconds=ceil(LONGEST)) from None
    finally:
        _waiting -= 1


def _measured(compute: Callable[[], _T]) -> _T:
    global _took
    began = perf_counter()
    try:
        return compute()
    finally:
        _took += (perf_counter() - began - _took) / 5


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _matches(stored: str | None, password: str) -> bool:
    nobody = _dummy_hash()  # asked for in any case: the first time it takes long
    try:
        return _hasher.verify(stored or nobody, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy_hash() -> str:
    """Compared with when there is nobody of that name, so that the answer takes as long."""
    return _hasher.hash("nobody")


def _salt_of(stored: str) -> bytes:
    """The salt in a PHC string."""
    encoded = stored.split("$")[4]
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4))
