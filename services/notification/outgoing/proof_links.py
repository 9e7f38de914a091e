"""The links that prove an e-mail address of staff or of a leader: nothing of them is kept.

Staff who open one have to sign in besides, so that a mail that went to somebody else proves
nothing. A leader has no account: the mail that follows says figures and numbers alone.
"""

import hmac
from datetime import datetime, timedelta

from shared.privacy.identity import BlindIndex

LINK_LASTS = timedelta(days=3)


def proof_token(index: BlindIndex, holder: str, email: str, at: datetime) -> str:
    """Good for this holder of a contact and this address, from `at` on for three days."""
    until = int((at + LINK_LASTS).timestamp())
    return f"{until}.{_mark(index, holder, email, until)}"


def proves(index: BlindIndex, holder: str, email: str, token: str, at: datetime) -> bool:
    """Whether the token is of this holder and this address, and still good at `at`."""
    until, _, mark = token.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12):
        return False
    right = _mark(index, holder, email, int(until))
    return hmac.compare_digest(right.encode(), mark.encode()) and int(until) >= at.timestamp()


def _mark(index: BlindIndex, holder: str, email: str, until: int) -> str:
    return index.other(f"proof link of {holder} until {until}", email).hex()
