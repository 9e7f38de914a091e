"""By what a proven contact of an account, or of a report that names who sent it, is known again."""

from typing import Literal

from shared.privacy.identity import BlindIndex

ContactChannel = Literal["email", "sms"]


def account_digest(index: BlindIndex, channel: str, contact: str) -> bytes:
    """The digest of a proven contact that is the same for all accounts; `contact` normalised."""
    return index.other(f"proof of {channel} by account", contact)
