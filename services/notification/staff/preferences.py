"""How staff want to get each kind of message: at once, in the digest, or no mail."""

from uuid import uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.messages.staff_table import Delivery, StaffKind, delivery_of
from services.notification.models import Preference
from services.notification.outgoing.to_staff import holder_of_staff
from shared.clock import now
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.values.words import Form

router = APIRouter(prefix="/me/messages", tags=["Staff"], responses=problem_responses(401, 403))


class OwnMessages(BaseModel):
    """The choices of a member of staff. `stopped`: no mail about reports at all, as by the link in
    each mail."""

    stopped: bool
    kinds: dict[StaffKind, Delivery]


class MessagesForm(Form):
    """The choices to store. A kind that is left out gets the default for the role."""

    stopped: bool
    kinds: dict[StaffKind, Delivery] = Field(max_length=len(StaffKind))


@router.get("")
async def read_own_messages(staff: CurrentStaff, session: Transaction) -> OwnMessages:
    """Read which messages this person gets by mail, and when."""
    return await own_messages(session, staff)


@router.put("", responses=problem_responses(422))
async def choose_own_messages(
    form: MessagesForm, staff: CurrentStaff, session: Transaction
) -> OwnMessages:
    """Choose which messages are mailed, and when. The bell always shows everything that concerns
    this person."""
    values = {
        "stopped_at": now() if form.stopped else None,
        "kinds": {kind.value: delivery.value for kind, delivery in form.kinds.items()},
    }
    holder = holder_of_staff(staff.id)
    chosen = insert(Preference).values(holder=holder, unsubscribe_token=uuid4(), **values)
    await session.execute(chosen.on_conflict_do_update(index_elements=["holder"], set_=values))
    return await own_messages(session, staff)


async def own_messages(session: AsyncSession, staff: Staff) -> OwnMessages:
    """The choices of a member of staff, with every kind."""
    preference = await session.get(Preference, holder_of_staff(staff.id), populate_existing=True)
    chosen = preference.kinds if preference else {}
    return OwnMessages(
        stopped=preference is not None and preference.stopped_at is not None,
        kinds={kind: delivery_of(kind, staff.role, chosen) for kind in StaffKind},
    )
