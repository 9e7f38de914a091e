"""How much NATS keeps for our account, as a test sets it."""

import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import orjson

from deploy.nats.authority import Authority
from deploy.nats.system import open_system
from deploy.nats.tokens import NO_LIMIT, AccountClaims

_FULL: Final = 1
"""Bytes: less than any message."""


@asynccontextmanager
async def account_full(authority: Authority, url: str) -> AsyncIterator[None]:
    """Its quota is used up while the block runs: what is stored stays, nothing more is taken."""
    issued_at = int(time.time()) + 1  # later than what the nodes began with
    async with open_system(authority, url) as system:
        await system.push(_with_quota(authority, _FULL, issued_at))
        try:
            yield
        finally:
            # Of two tokens the one issued later is kept.
            later = max(int(time.time()), issued_at) + 1
            await system.push(_with_quota(authority, NO_LIMIT, later))


def _with_quota(authority: Authority, size: int, issued_at: int) -> str:
    _, body, _ = authority.accounts()[authority.account].split(".")
    claims: AccountClaims = orjson.loads(urlsafe_b64decode(body + "=="))["nats"]
    claims["limits"]["disk_storage"] = size
    return authority.sign_account(authority.account, "LAPOR", claims, issued_at)
