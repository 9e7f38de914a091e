"""A leader proves the address that the agency has named, by the link that was mailed there. Leaders
have no account, so the link is the only proof."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notification.contacts.resources import Notification
from services.notification.models import Contact, Preference
from services.notification.outgoing.proof_links import proves
from services.notification.proven import proof_digest
from shared.clock import now
from shared.database.views import AgencyEntry, ReachableLeader
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, limited
from shared.http.paths import Id
from shared.http.problems import FieldError, validation
from shared.http.transaction import Transaction
from shared.privacy.holder_keys import HolderCipher
from shared.values.words import Form

router = APIRouter(prefix="/leaders", tags=["Leaders"])

PROOFS = Limit("leader_proofs", 30, 300)


class LeaderProofForm(Form):
    token: Annotated[str, Field(max_length=100, repr=False, description="Of the link that came")]


class LeaderProven(BaseModel):
    """The agency whose weekly letter is sent from now on."""

    agency: str


@router.post(
    "/{agency_id}/proof",
    responses=problem_responses(422, 429),
    dependencies=[Depends(limited(PROOFS))],
)
async def prove_leader(
    agency_id: Id, form: LeaderProofForm, session: Transaction, notification: Notification
) -> LeaderProven:
    """Prove the address with the link's token; a letter that was stopped starts again. 422: the
    token belongs to another agency or address, or has expired."""
    row = (
        await session.execute(
            select(ReachableLeader, Contact, col(AgencyEntry.name))
            .join(Contact, col(Contact.holder) == col(ReachableLeader.holder))
            .join(AgencyEntry, col(AgencyEntry.id) == col(ReachableLeader.agency_id))
            .where(col(ReachableLeader.agency_id) == agency_id, col(AgencyEntry.active))
        )
    ).one_or_none()
    over = validation(FieldError("token", "proof_link_over"))
    if row is None:
        raise over
    leader, contact, agency = row
    email = HolderCipher(notification.cipher, leader.holder_key).decrypt(leader.email)
    if not proves(notification.index, leader.holder, email, form.token, now()):
        raise over
    contact.proven_at, contact.undeliverable_at = now(), None
    contact.proof = proof_digest(notification.index, leader.holder, "email", email)
    chosen = insert(Preference).values(holder=leader.holder, unsubscribe_token=uuid4())
    goes_on = chosen.on_conflict_do_update(index_elements=["holder"], set_={"stopped_at": None})
    await session.execute(goes_on)
    return LeaderProven(agency=agency)
