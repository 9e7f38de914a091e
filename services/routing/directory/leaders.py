"""The leader of an agency (*pimpinan*): a name, a title and an address for the weekly letter."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.log import changed, record
from services.routing.management_rights import Managing, agency_in_reach
from services.routing.models import AgencyLeader
from shared.clock import now
from shared.database.views import LeaderState
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, rate_limits
from shared.http.paths import Id
from shared.http.problems import conflict, not_found
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.policy import PROOF_LASTS
from shared.privacy.holder_keys import HolderCipher, read_if_possible
from shared.privacy.identity import IdentityCipher
from shared.values.emails import Email
from shared.values.words import Form, Name

PER_AGENCY = Limit("leader_links", 5, 86_400)
"""Links mailed to the leader of one agency, who did not ask for them."""

State = Literal["unproven", "proven", "lapsed", "undeliverable", "stopped"]


class Leader(BaseModel):
    """Receives the letter only if `proven`. `lapsed`: proven more than a year ago; `stopped`: they
    ended it."""

    name: str
    title: str
    email: str = Field(description="Empty if it cannot be decrypted with the present keys")
    state: State


class LeaderForm(Form):
    """A new `email` must be proven, by a link that is mailed to it."""

    name: Name
    title: Name = Field(examples=["Kepala Dinas"])
    email: Email = Field(repr=False)


router = APIRouter(
    prefix="/management/agencies/{agency_id}/leader",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.put("", responses=problem_responses(429))
async def name_leader(
    agency_id: Id, form: LeaderForm, staff: Managing, session: Transaction, request: Request
) -> Leader:
    """Name the leader of the own agency or one below. While the address is not proven, each call
    mails the link; a leader who stopped the letter is asked again. 429 after five links a day."""
    cipher: IdentityCipher = request.app.state.identity
    await _check(session, staff, agency_id)
    before = await leader_of(session, cipher, agency_id)
    same = before is not None and before.email == form.email
    if not (same and before and before.state == "proven"):
        await rate_limits(request).take(PER_AGENCY, str(agency_id))
    await _keep(session, cipher, agency_id, form, same=same)
    if not (same and before and before.state in ("unproven", "proven")):
        await session.execute(select(func.notification.leader_named(agency_id)))
    leader = await leader_of(session, cipher, agency_id)
    assert leader is not None
    if leader.state == "unproven":
        await session.execute(select(func.notification.ask_leader(agency_id)))
    _log(session, staff, agency_id, before, leader)
    return leader


@router.delete("", status_code=204)
async def remove_leader(
    agency_id: Id, staff: Managing, session: Transaction, request: Request
) -> None:
    """Remove the leader, so that nobody receives the letter. 404 if nobody was named."""
    await _check(session, staff, agency_id)
    before = await leader_of(session, request.app.state.identity, agency_id)
    if before is None:
        raise not_found()
    await forget_leader(session, agency_id)
    _log(session, staff, agency_id, before, None)


async def leader_of(session: AsyncSession, cipher: IdentityCipher, agency_id: int) -> Leader | None:
    """The leader that the agency has named, or None."""
    row = await session.get(AgencyLeader, agency_id, populate_existing=True)
    if row is None:
        return None
    of_leader = select(LeaderState).where(col(LeaderState.holder) == f"leader-{agency_id}")
    state = await session.scalar(of_leader.execution_options(populate_existing=True))
    email = read_if_possible(cipher, row.email, row.holder_key) or ""
    return Leader(name=row.name, title=row.title, email=email, state=_state(state))


async def forget_leader(session: AsyncSession, agency_id: int) -> None:
    """Remove the leader, in the caller's transaction."""
    gone = delete(AgencyLeader).where(col(AgencyLeader.agency_id) == agency_id)
    await session.execute(gone)
    await session.execute(select(func.notification.leader_removed(agency_id)))


async def _check(session: AsyncSession, staff: Staff, agency_id: int) -> None:
    unit = await agency_in_reach(session, staff, agency_id)
    if not unit.active:
        raise conflict("agency_removed")


async def _keep(
    session: AsyncSession, cipher: IdentityCipher, agency_id: int, form: LeaderForm, *, same: bool
) -> None:
    row: dict[str, object] = {"name": form.name, "title": form.title}
    own, wrapped = HolderCipher.new(cipher)
    address = {"email": own.encrypt(form.email), "holder_key": wrapped}
    kept = insert(AgencyLeader).values({"agency_id": agency_id, **row, **address})
    changes = row if same else row | address
    await session.execute(kept.on_conflict_do_update(index_elements=["agency_id"], set_=changes))


def _log(
    session: AsyncSession,
    staff: Staff,
    agency_id: int,
    before: Leader | None,
    after: Leader | None,
) -> None:
    """Log who was named, and whether the address changed: the log holds no addresses."""
    was, is_now = (_named(leader) for leader in (before, after))
    differences = changed(was, is_now)
    email = [leader.email if leader else "" for leader in (before, after)]
    if email[0] != email[1]:
        differences["email"] = [bool(address) for address in email]
    if differences:
        action = "leader" if after else "leader_removed"
        record(session, staff, agency_id, "agency", agency_id, action, **differences)


def _named(leader: Leader | None) -> dict[str, str]:
    return {"leader": leader.name if leader else "", "title": leader.title if leader else ""}


def _state(state: LeaderState | None) -> State:
    if state is None:
        return "unproven"
    if state.stopped_at is not None:
        return "stopped"
    if state.undeliverable_at is not None:
        return "undeliverable"
    if state.proven_at is None:
        return "unproven"
    return "proven" if state.proven_at + PROOF_LASTS > now() else "lapsed"
