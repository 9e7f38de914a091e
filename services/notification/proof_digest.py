"""By what a proven contact is known again, without being read."""

from shared.privacy.identity import BlindIndex


def proof_digest(index: BlindIndex, holder: str, channel: str, contact: str) -> bytes:
    """The digest of a contact that is proven. Of a report it is that report's own: the same
    number proven for two reports ties them by nothing. Of accounts it is the same, as somebody
    who enters an account names a contact alone."""
    whose = "account" if holder.startswith("account-") else holder
    return index.other(f"proof of {channel} by {whose}", contact)
