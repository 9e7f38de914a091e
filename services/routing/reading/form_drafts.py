"""Drafts of forms: what a member of staff has typed and not sent. Only they can read it. It is kept
for a week, encrypted, since it may name people."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.desk_models import FormDraft
from shared.clock import now
from shared.command_requests.report_access import ReportAccess, access_to
from shared.database.engine import Database
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import conflict, forbidden, not_found, too_large
from shared.http.transaction import Transaction
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import IdentityCipher
from shared.values.words import Form

KEPT: Final = timedelta(days=7)
LOOK_EVERY: Final = 3600.0
"""Seconds between two searches for drafts whose time is up."""
MOST: Final = 100
"""How many drafts a person may have."""
LONGEST: Final = 40_000
"""Characters of all fields together: several times what the longest form may have when sent."""
_FIELDS: Final = 100

FieldName = Annotated[str, Field(min_length=1, max_length=60)]


class DraftForm(Form):
    """The fields of a form as they were filled in, valid or not; without files."""

    fields: Annotated[
        dict[FieldName, Annotated[list[str], Field(max_length=_FIELDS)]],
        Field(max_length=_FIELDS),
    ]


class KeptDraft(BaseModel):
    """A form of the report for which this person has a draft."""

    action: Action
    kept_at: datetime


class DraftRead(KeptDraft):
    fields: dict[str, list[str]]


router = APIRouter(
    prefix="/reports/{number}/form-drafts",
    tags=["reports"],
    responses=problem_responses(401, 403, 404, 422),
)


@router.put("/{action}", responses=problem_responses(409, 413))
async def keep_form_draft(
    number: ReportNumber,
    action: Action,
    form: DraftForm,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
) -> KeptDraft:
    """Keep what one has typed into the form of an action for seven days from now. It replaces one's
    earlier draft. 403 for readers of a copy who can do nothing with the report."""
    access = await access_to(session, staff, number, action)
    if access.by_copy and Capacity.AUTHOR not in access.capacities:
        raise forbidden("not_authorised")
    length = sum(len(value) for values in form.fields.values() for value in values)
    if length > LONGEST:
        raise too_large("form_draft_too_long", limit=LONGEST)
    others = select(func.count()).where(_belongs_to(staff.id), ~_of_form(number, action))
    if (await session.scalar(others) or 0) >= MOST:
        raise conflict("too_many_form_drafts", most=MOST)
    cipher: IdentityCipher = request.app.state.identity
    at = now()
    kept = insert(FormDraft).values(
        staff_id=staff.id,
        number=number,
        action=action,
        fields=cipher.encrypt(json.dumps(form.fields)),
        kept_at=at,
    )
    await session.execute(
        kept.on_conflict_do_update(
            index_elements=["staff_id", "number", "action"],
            set_={"fields": kept.excluded.fields, "kept_at": kept.excluded.kept_at},
        )
    )
    return KeptDraft(action=action, kept_at=at)


@router.get("/{action}")
async def read_form_draft(
    number: ReportNumber,
    action: Action,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
) -> DraftRead:
    """One's own draft of this form."""
    await access_to(session, staff, number, action)
    kept = select(FormDraft).where(_belongs_to(staff.id), _of_form(number, action))
    draft = await session.scalar(kept)
    cipher: IdentityCipher = request.app.state.identity
    fields = read_if_possible(cipher, draft.fields) if draft else None
    if draft is None or fields is None:  # or its key was dropped
        raise not_found("form_draft_not_found")
    return DraftRead(action=action, kept_at=draft.kept_at, fields=json.loads(fields))


@router.delete("/{action}", status_code=204)
async def discard_form_draft(
    number: ReportNumber, action: Action, staff: CurrentStaff, session: Transaction
) -> None:
    """Delete one's own draft, if there is one, even of a report that one may not read any more."""
    own = col(FormDraft.staff_id) == staff.id
    await session.execute(delete(FormDraft).where(own, _of_form(number, action)))


async def stored_drafts(session: AsyncSession, access: ReportAccess) -> list[KeptDraft]:
    """This person's drafts of forms of the report, newest first."""
    kept = (
        select(col(FormDraft.action), col(FormDraft.kept_at))
        .where(_belongs_to(access.actor.staff_id), col(FormDraft.number) == access.state.number)
        .order_by(col(FormDraft.kept_at).desc())
    )
    rows = await session.execute(kept)
    return [KeptDraft(action=Action(action), kept_at=kept_at) for action, kept_at in rows]


@dataclass(frozen=True)
class DraftKeeper:
    """Deletes drafts whose time is up."""

    database: Database

    async def forget_expired(self) -> int:
        """Delete them and return how many there were."""
        async with self.database.autocommit() as connection:
            expired = delete(FormDraft).where(col(FormDraft.kept_at) <= now() - KEPT)
            return int((await connection.execute(expired)).rowcount)


def _of_form(number: int, action: Action) -> ColumnElement[bool]:
    return (col(FormDraft.number) == number) & (col(FormDraft.action) == action)


def _belongs_to(staff_id: int | None) -> ColumnElement[bool]:
    return (col(FormDraft.staff_id) == staff_id) & (col(FormDraft.kept_at) > now() - KEPT)
