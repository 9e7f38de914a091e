"""Digests that identify a proven contact without decrypting it, and how long a proof is valid."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.database.policy_in_force import load_policy
from shared.privacy.contact_digest import account_digest
from shared.privacy.identity import BlindIndex


def proof_digest(index: BlindIndex, holder: str, channel: str, contact: str) -> bytes:
    """The digest of a proven contact. For a report it is unique to the report, so that the same
    number does not connect two reports. For accounts it depends only on the contact, as somebody
    who has lost a password gives nothing else."""
    if holder.startswith("account-"):
        return account_digest(index, channel, contact)
    return index.other(f"proof of {channel} by {holder}", contact)


async def proof_lasts(session: AsyncSession) -> timedelta:
    """How long the proof of a reporter's contact is valid, by pusat's policy."""
    return (await load_policy(session, (), now())).proof.duration
