"""Tokens that nobody guesses: drawn, handed out once, and stored by their hash alone."""

import hashlib
import secrets


def new_token() -> tuple[str, bytes]:
    """256 bits in base64url, and the hash to store."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """SHA-256, 32 bytes. Enough for what is random and long."""
    return hashlib.sha256(token.encode()).digest()
