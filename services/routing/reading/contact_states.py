"""Whether the reporter can be notified at the contacts that staff see."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.clock import now
from shared.database.policy_in_force import load_policy
from shared.database.views import ContactProof, ReachableReporter

ContactState = Literal["unproven", "stated", "proven", "lapsed", "undeliverable", "removed"]
"""`stated`: not proven here, but a partner system states that it has verified it. `removed`: the
reporter says that it is not safe."""


async def contact_states(session: AsyncSession, number: int) -> dict[str, ContactState]:
    """`phone_state` and `email_state`, for the contacts that exist."""
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
    lasts = (await load_policy(session, (), now())).proof.duration
    stated = {"phone": reachable.phone_stated, "email": reachable.email_stated}
    return {
        f"{name}_state": _state(proofs.get(holders[name]), lasts, stated=stated[name])
        for name in sorted(named)
    }


async def called_safe(session: AsyncSession, number: int) -> dict[str, bool]:
    """`phone_safe` and `email_safe` for the report's own contacts: whether the reporter called them
    safe when giving them (*Aman dihubungi di sini?*)."""
    reachable = await session.get(ReachableReporter, number)
    if reachable is None:
        return {}
    own = {"phone": reachable.phone_of_report, "email": reachable.email_of_report}
    return {
        f"{name}_safe": getattr(reachable, f"{name}_safe")
        for name, of_report in own.items()
        if of_report and getattr(reachable, name)
    }


def _holder(reachable: ReachableReporter, *, own: bool) -> str:
    return f"report-{reachable.number}" if own else f"account-{reachable.reporter_id}"


def _state(proof: ContactProof | None, lasts: timedelta, *, stated: bool) -> ContactState:
    if proof is not None and proof.removed_at is not None:
        return "removed"
    if proof is not None and proof.undeliverable_at is not None:
        return "undeliverable"
    if proof is not None and proof.proven_at is not None:
        return "proven" if proof.proven_at + lasts > now() else "lapsed"
    return "stated" if stated else "unproven"
