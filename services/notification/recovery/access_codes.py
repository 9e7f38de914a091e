"""A lost access code. A reporter who knows the report's number and controls its proven contact gets
a new one."""

import hmac
import logging
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.contacts.code_limits import BY_ADDRESS, GUESSES
from services.notification.contacts.codes import NamedContact
from services.notification.contacts.named_contacts import named_contacts, typed_contact
from services.notification.contacts.resources import Notification, Resources
from services.notification.models import Recovery
from services.notification.proofs.kept import keep_by_token
from services.notification.proofs.of_reports import digits
from shared.database.engine import Database
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.limits import limited
from shared.http.problems import FieldError, validation
from shared.http.transaction import CurrentDatabase
from shared.labels.catalogue import Language
from shared.values.text import EMAIL_LIMIT
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])

Number = Annotated[int, Field(gt=0, lt=2**63)]


class RecoveryForm(Form):
    number: Number
    contact: str = Field(
        max_length=EMAIL_LIMIT, repr=False, description="The report's phone number or e-mail"
    )


class RecoveryCodeForm(RecoveryForm):
    code: str = Field(max_length=20, repr=False, description="Six digits")


class Recovered(BaseModel):
    """Valid for ten minutes: intake gives one new access code of this report for it."""

    recovery_token: str = Field(repr=False)


@router.post(
    "/recovery",
    status_code=202,
    response_class=Response,
    responses=problem_responses(429),
    dependencies=[Depends(limited(BY_ADDRESS))],
)
async def ask_for_recovery(
    form: RecoveryForm,
    database: CurrentDatabase,
    notification: Notification,
    request: Request,
    background: BackgroundTasks,
) -> Response:
    """Request a code for the proven contact of a report. The answer is always the same and comes at
    once: the report is looked up afterwards, so that the answer does not reveal whether the report
    or the contact exists."""
    language = pick_language(request.headers.get("accept-language"))
    background.add_task(_send, database, notification, form, language)
    return Response(status_code=202)


@router.post(
    "/recovery/proof",
    responses=problem_responses(429),
    dependencies=[Depends(limited(GUESSES))],
)
async def prove_recovery(
    form: RecoveryCodeForm, database: CurrentDatabase, notification: Notification
) -> Recovered:
    """Prove the contact with the code. The 422 is the same for a wrong code, an expired code, an
    unknown number and an unknown contact. Guesses are limited for each caller's address and by the
    five tries of a code. There is no limit for each report's number: strangers could use it up and
    lock the reporter out."""
    token = None
    async with database.session() as session:
        contact = await _proven(session, notification, form)
        if contact is not None and (
            await notification.codes.show(session, contact, digits(form.code)) == "right"
        ):
            token = await keep_by_token(session, Recovery, number=form.number)
        # A wrong try counts, so it is committed before it is refused.
    if token is None:
        raise validation(FieldError("code", "code_wrong"))
    return Recovered(recovery_token=token)


async def _send(
    database: Database, notification: Resources, form: RecoveryForm, language: Language
) -> None:
    try:
        async with database.session() as session:
            contact = await _proven(session, notification, form)
            if contact is None:
                return
            wait = await notification.limits.wait(
                contact.value, contact.channel, contact.holder, proven=True
            )
            if wait is not None:
                return
            await notification.codes.send(session, contact, language, "recovery")
            notification.send_after(session)
    except Exception as error:  # noqa: BLE001  nobody waits for it, and no answer may differ
        _log.warning("no code for a recovery: %s", type(error).__name__)


async def _proven(
    session: AsyncSession, notification: Resources, form: RecoveryForm
) -> NamedContact | None:
    """The report's contact, if it is the one that was typed and is proven; None otherwise. Its
    holder is the one for recovery codes."""
    _, typed = typed_contact(form.contact)
    for contact in await named_contacts(session, notification.cipher, form.number):
        if not hmac.compare_digest(contact.value.encode(), typed.encode()):
            continue
        row = await notification.codes.row_of(session, contact)
        if not await notification.codes.is_proven_now(session, row, contact):
            return None
        # It has its own codes and quota: strangers cannot end a code of the person who is signed
        # in.
        return replace(contact, holder=f"recovery-{contact.holder}")
    return None


_log = logging.getLogger("lapor.notification")
