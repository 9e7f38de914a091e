"""Staff prove their own e-mail address by a link that is mailed there."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.resources import Notification, Resources
from services.notification.messages.staff_texts import PROVE_EMAIL
from services.notification.models import Contact, Message, Preference
from services.notification.outgoing.proof_links import proves
from services.notification.outgoing.to_staff import holder_of_staff
from services.notification.proven import proof_digest
from shared.clock import now
from shared.database.views import ReachableStaff
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.limits import Limit
from shared.http.problems import FieldError, not_found, validation
from shared.http.transaction import Transaction
from shared.lifecycle.policy import PROOF_LASTS
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import masked_contact
from shared.values.words import Form

router = APIRouter(prefix="/me/email", tags=["Staff"])

LINKS = Limit("staff_proof_links", 5, 3600)
PROOFS = Limit("staff_proofs", 30, 300)

EmailState = Literal["none", "unproven", "proven", "lapsed", "undeliverable"]


class OwnEmail(BaseModel):
    """The address to which messages for this person go. Messages about reports need a proven
    address."""

    shown: str = Field(description="As its owner knows it again; empty where there is none")
    state: EmailState
    proven_until: datetime | None


class ProofForm(Form):
    token: Annotated[str, Field(max_length=100, repr=False, description="Of the link that came")]


@router.get("", responses=problem_responses(401, 403))
async def read_own_email(
    staff: CurrentStaff, session: Transaction, notification: Notification
) -> OwnEmail:
    """Read one's own address and the state of its proof. The admin who manages people enters it."""
    return await own_email(session, notification, staff.id)


@router.post(
    "/link",
    status_code=202,
    response_class=Response,
    responses=problem_responses(401, 403, 404, 429),
)
async def send_proof_link(
    staff: CurrentStaff, session: Transaction, notification: Notification
) -> Response:
    """Mail the link that proves one's own address. It is valid for three days. 404: there is no
    address."""
    await notification.rate_limits.take(LINKS, str(staff.id))
    row = await _row(session, staff.id)
    if row is None:
        raise not_found()
    id = uuid4()
    session.add(
        Message(
            id=id,
            key=f"account.{id}",
            version=0,
            event="account",
            template=PROVE_EMAIL,
            recipient=holder_of_staff(staff.id),
            channel="email",
            contact_id=row.Contact.id,
            facts={},
            state="queued",
            created_at=now(),
            not_before=now(),
        )
    )
    notification.send_after(session)
    return Response(status_code=202)


@router.post("/proof", responses=problem_responses(401, 403, 422, 429))
async def prove_own_email(
    form: ProofForm, staff: CurrentStaff, session: Transaction, notification: Notification
) -> OwnEmail:
    """Prove the address with the link's token. 422: the token belongs to another person or address,
    or has expired."""
    await notification.rate_limits.take(PROOFS, str(staff.id))
    row = await _row(session, staff.id)
    email = _opened(notification, row)
    if row is None or not proves(
        notification.index, holder_of_staff(staff.id), email, form.token, now()
    ):
        raise validation(FieldError("token", "proof_link_over"))
    holder = holder_of_staff(staff.id)
    row.Contact.proven_at, row.Contact.undeliverable_at = now(), None
    row.Contact.proof = proof_digest(notification.index, holder, "email", email)
    chosen = insert(Preference).values(holder=holder, unsubscribe_token=uuid4())
    await session.execute(chosen.on_conflict_do_nothing())
    await session.flush()
    return await own_email(session, notification, staff.id)


async def own_email(session: AsyncSession, notification: Resources, staff_id: int) -> OwnEmail:
    """The address of a member of staff as they see it themselves."""
    row = await _row(session, staff_id)
    email = _opened(notification, row)
    if row is None:
        return OwnEmail(shown="", state="none", proven_until=None)
    contact = row.Contact
    state, until = "unproven", None
    if contact.undeliverable_at is not None:
        state = "undeliverable"
    elif contact.proof == proof_digest(notification.index, contact.holder, "email", email):
        until = contact.proven_at + PROOF_LASTS
        state = "proven" if until > now() else "lapsed"
    return OwnEmail.model_validate(
        {"shown": masked_contact("email", email), "state": state, "proven_until": until}
    )


async def _row(session: AsyncSession, staff_id: int) -> Row[Any, Any] | None:
    """`ReachableStaff` and `Contact` of a member of staff; None if they have no address."""
    statement = (
        select(ReachableStaff, Contact)
        .join(Contact, col(Contact.holder) == col(ReachableStaff.holder))
        .where(col(ReachableStaff.staff_id) == staff_id, col(Contact.channel) == "email")
    )
    return (await session.execute(statement)).one_or_none()


def _opened(notification: Resources, row: Row[Any, Any] | None) -> str:
    if row is None:
        return ""
    sealed: ReachableStaff = row.ReachableStaff
    return HolderCipher(notification.cipher, sealed.holder_key).decrypt(sealed.email)
