"""By what a proven contact is known again, without being read; and how long it is believed."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.database.policy_in_force import load_policy
from shared.privacy.contact_digest import account_digest
from shared.privacy.identity import BlindIndex


def proof_digest(index: BlindIndex, holder: str, channel: str, contact: str) -> bytes:
    """The digest of a contact that is proven. Of a report it is that report's own: the same
    number proven for two reports ties them by nothing. Of accounts it is the same, as somebody
    who has lost a password names a contact alone."""
    if holder.startswith("account-"):
        return account_digest(index, channel, contact)
    return index.other(f"proof of {channel} by {holder}", contact)


async def proof_lasts(session: AsyncSession) -> timedelta:
    """How long proof of a reporter's contact lasts, as pusat has set it."""
    return (await load_policy(session, (), now())).proof.duration
