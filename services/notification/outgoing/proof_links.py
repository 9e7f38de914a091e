"""Links that prove an e-mail address of staff or of a leader; they are not stored.

Staff must also sign in when they open one, so a mail that reached somebody else proves nothing. A
leader has no account: the mail that follows contains only figures and numbers.
"""

import hmac
from datetime import datetime, timedelta

from shared.privacy.identity import BlindIndex

LINK_LASTS = timedelta(days=3)


def proof_token(index: BlindIndex, holder: str, email: str, at: datetime) -> str:
    """A token for this holder and this address, valid for three days from `at`."""
    until = int((at + LINK_LASTS).timestamp())
    return f"{until}.{_mark(index, holder, email, until)}"


def proves(index: BlindIndex, holder: str, email: str, token: str, at: datetime) -> bool:
    """Whether the token belongs to this holder and this address and is still valid at `at`."""
    until, _, mark = token.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12):
        return False
    right = _mark(index, holder, email, int(until))
    return hmac.compare_digest(right.encode(), mark.encode()) and int(until) >= at.timestamp()


def _mark(index: BlindIndex, holder: str, email: str, until: int) -> str:
    return index.other(f"proof link of {holder} until {until}", email).hex()
