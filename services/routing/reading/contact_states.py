"""Whether the reporter of a report is told at the contacts that staff see."""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.database.views import ContactProof, ReachableReporter

ContactState = Literal["unproven", "proven", "undeliverable"]


async def contact_states(session: AsyncSession, number: int) -> dict[str, ContactState]:
    """`phone_state` and `email_state` of the contacts there are."""
    reachable = await session.get(ReachableReporter, number)
    if reachable is None:
        return {}
    holders = {
        "phone": ("sms", _holder(reachable, own=reachable.phone_of_report)),
        "email": ("email", _holder(reachable, own=reachable.email_of_report)),
    }
    named = {name for name in holders if getattr(reachable, name)}
    of_holders = col(ContactProof.holder).in_({holder for _, holder in holders.values()})
    rows = await session.scalars(select(ContactProof).where(of_holders))
    proofs = {(row.channel, row.holder): row for row in rows}
    return {f"{name}_state": _state(proofs.get(holders[name])) for name in sorted(named)}


def _holder(reachable: ReachableReporter, *, own: bool) -> str:
    return f"report-{reachable.number}" if own else f"account-{reachable.reporter_id}"


def _state(proof: ContactProof | None) -> ContactState:
    if proof is None:
        return "unproven"
    if proof.undeliverable_at is not None:
        return "undeliverable"
    return "proven" if proof.proven_at is not None else "unproven"
