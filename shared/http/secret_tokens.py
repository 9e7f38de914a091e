"""Tokens that nobody can guess: random, given out once, and stored only as a hash."""

import hashlib
import secrets


def new_token() -> tuple[str, bytes]:
    """A token of 256 bits in base64url, and the hash to store."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """SHA-256, 32 bytes; enough for a token that is random and long."""
    return hashlib.sha256(token.encode()).digest()
