"""Recognises a proven contact of an account, or of a report that is neither anonymous nor
secret."""

from typing import Literal

from shared.privacy.identity import BlindIndex

ContactChannel = Literal["email", "sms"]


def account_digest(index: BlindIndex, channel: str, contact: str) -> bytes:
    """The digest of a proven contact, the same for all accounts; `contact` is normalised."""
    return index.other(f"proof of {channel} by account", contact)
