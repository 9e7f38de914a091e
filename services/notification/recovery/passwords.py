"""A lost password. Somebody who controls a contact that an account has proven can choose a new
one."""

import hmac
import logging
from typing import NamedTuple

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from pydantic import BaseModel, Field
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.code_limits import BY_ADDRESS, CODE_LASTS, GUESSES
from services.notification.contacts.codes import TRIES, NamedContact, new_code
from services.notification.contacts.named_contacts import typed_contact
from services.notification.contacts.resources import Notification, Resources
from services.notification.models import AccountProof, AccountRecovery, Contact
from services.notification.proofs.kept import keep_by_token
from services.notification.proofs.new_contacts import ContactForm
from services.notification.proofs.of_reports import CodeForm, digits
from services.notification.proven import proof_lasts
from shared.clock import now
from shared.database.engine import Database
from shared.http.callers import client_place
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.limits import limited
from shared.http.problems import FieldError, validation
from shared.http.secret_tokens import new_token, token_hash
from shared.http.transaction import CurrentDatabase
from shared.labels.catalogue import Language
from shared.privacy.identity import BlindIndex

router = APIRouter(tags=["Reporters"])


class AccountRecoveryRequest(BaseModel):
    """The request. With the code that is sent it proves the contact; valid for ten minutes and five
    tries."""

    request_token: str = Field(repr=False)


class RequestCodeForm(CodeForm):
    request_token: str = Field(max_length=100, repr=False)


class AccountRecovered(BaseModel):
    """Valid for ten minutes: intake accepts one new password for it."""

    recovery_token: str = Field(repr=False)


class _RecoveryRequest(NamedTuple):
    """A request that is looked up after it was answered."""

    request_hash: bytes
    contact: NamedContact
    code: str
    place: str
    language: Language


@router.post(
    "/account-recovery",
    status_code=202,
    responses=problem_responses(429),
    dependencies=[Depends(limited(BY_ADDRESS))],
)
async def ask_for_account_recovery(
    form: ContactForm,
    database: CurrentDatabase,
    notification: Notification,
    request: Request,
    background: BackgroundTasks,
) -> AccountRecoveryRequest:
    """Send a code to the proven contact of an account. An answer of this form always comes at once:
    the account is looked up afterwards, so that the answer does not reveal whether it exists. Codes
    of earlier requests stay valid, so strangers who request one for the same contact cannot end
    them."""
    channel, value = typed_contact(form.contact)
    (token, request_hash), code = new_token(), new_code()
    recovery = AccountRecovery(
        request_hash=request_hash,
        channel=channel,
        contact_digest=notification.codes.of_accounts(channel, value),
        code_digest=_digest(notification.index, token, code),
        until=now() + CODE_LASTS,
    )
    asked = _RecoveryRequest(
        recovery.request_hash,
        NamedContact(0, 0, "", channel, value),
        code,
        client_place(request),
        pick_language(request.headers.get("accept-language")),
    )
    async with database.session() as session:
        await session.execute(delete(AccountRecovery).where(col(AccountRecovery.until) < now()))
        session.add(recovery)
    background.add_task(_send, database, notification, asked)
    return AccountRecoveryRequest(request_token=token)


@router.post(
    "/account-recovery/proof",
    responses=problem_responses(429),
    dependencies=[Depends(limited(GUESSES))],
)
async def prove_account_recovery(
    form: RequestCodeForm, database: CurrentDatabase, notification: Notification
) -> AccountRecovered:
    """Prove the contact with the code. The 422 is the same for a wrong code, an expired code and a
    contact that no account has proven."""
    digest = _digest(notification.index, form.request_token, digits(form.code))
    of_request = col(AccountRecovery.request_hash) == token_hash(form.request_token)
    token = None
    async with database.session() as session:
        recovery = await session.scalar(select(AccountRecovery).where(of_request).with_for_update())
        if recovery and recovery.until > now() and recovery.code_tries < TRIES:
            recovery.code_tries += 1
            if hmac.compare_digest(recovery.code_digest, digest):
                account_id = await _account(session, recovery.channel, recovery.contact_digest)
                await session.delete(recovery)
                if account_id is not None:
                    token = await keep_by_token(
                        session, AccountProof, account_id=account_id, purpose="password"
                    )
        # A wrong try counts, so it is committed before it is refused.
    if token is None:
        raise validation(FieldError("code", "code_wrong"))
    return AccountRecovered(recovery_token=token)


async def _send(database: Database, notification: Resources, asked: _RecoveryRequest) -> None:
    """Send the code, if there is an account. This takes about as long either way, as the next
    request on the same connection waits for it: the same limits are counted, and a row is
    written."""
    contact = asked.contact
    try:
        if await notification.limits.recovery_wait(contact.value, asked.place) is not None:
            return
        async with database.session() as session:
            digest = notification.codes.of_accounts(contact.channel, contact.value)
            account_id = await _account(session, contact.channel, digest)
            budget = await notification.limits.budget_wait(
                contact.value, contact.channel, proven=account_id is not None
            )
            if account_id is not None and budget is None:
                session.add(
                    notification.codes.message(contact, asked.code, asked.language, "password")
                )
                notification.send_after(session)
            else:
                of_request = col(AccountRecovery.request_hash) == asked.request_hash
                untouched = update(AccountRecovery).where(of_request)
                await session.execute(untouched.values(channel=contact.channel))
    except Exception as error:  # noqa: BLE001  nobody waits for it, and no answer may differ
        _log.warning("no code for a recovery: %s", type(error).__name__)


async def _account(session: AsyncSession, channel: str, digest: bytes) -> int | None:
    """The account that has proven this contact. If there are several, the one that did so last:
    numbers change their owners."""
    newest = (
        select(col(Contact.holder))
        .where(
            col(Contact.proof) == digest,
            col(Contact.holder).startswith("account-"),
            col(Contact.channel) == channel,
            col(Contact.proven_at) > now() - await proof_lasts(session),
            col(Contact.undeliverable_at).is_(None),
        )
        .order_by(col(Contact.proven_at).desc())
        .limit(1)
    )
    holder = await session.scalar(newest)
    return int(holder.removeprefix("account-")) if holder else None


def _digest(index: BlindIndex, request_token: str, code: str) -> bytes:
    """The digest of the code for this request. Only the person who asked has the long token."""
    return index.other("code of a recovery", f"{request_token} {code}")


_log = logging.getLogger("lapor.notification")
