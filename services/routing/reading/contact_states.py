"""Whether the reporter can be notified at the contacts that staff see, and calls them safe."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.clock import now
from shared.database.policy_in_force import load_policy
from shared.database.views import ContactChoice, ContactProof, ReachableReporter

ContactState = Literal["unproven", "stated", "proven", "lapsed", "undeliverable", "removed"]
"""`stated`: not proven here, but a partner system states that it has verified it. `removed`: the
reporter says that it is not safe."""


async def contact_facts(
    session: AsyncSession, number: int, *, secret: bool
) -> tuple[dict[str, ContactState], dict[str, bool]]:
    """`phone_state` and `email_state`, for the contacts that exist. `phone_safe` and `email_safe`,
    for the report's own: whether the reporter calls them safe (*Aman dihubungi di sini?*), as on
    the report's page, or as with the report if they have chosen nothing since."""
    reachable = await session.get(ReachableReporter, number)
    if reachable is None:
        return {}, {}
    own = {"phone": reachable.phone_of_report, "email": reachable.email_of_report}
    holders = {
        "phone": ("sms", _holder(reachable, own=own["phone"])),
        "email": ("email", _holder(reachable, own=own["email"])),
    }
    named = sorted(name for name in holders if getattr(reachable, name))
    of_holders = col(ContactProof.holder).in_({holder for _, holder in holders.values()})
    rows = await session.scalars(select(ContactProof).where(of_holders))
    proofs = {(row.channel, row.holder): row for row in rows}
    lasts = (await load_policy(session, (), now())).proof.duration
    stated = {"phone": reachable.phone_stated, "email": reachable.email_stated}
    states = {
        f"{name}_state": _state(proofs.get(holders[name]), lasts, stated=stated[name])
        for name in named
    }
    safe = {"phone": reachable.phone_safe, "email": reachable.email_safe}
    chosen = await session.get(ContactChoice, _holder(reachable, own=True))
    if chosen is not None:
        sms = chosen.sms if chosen.sms is not None else not secret
        safe = {"phone": sms, "email": chosen.email}
    return states, {f"{name}_safe": safe[name] for name in named if own[name]}


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
