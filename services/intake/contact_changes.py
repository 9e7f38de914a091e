"""Endpoints that change the contact of an account or a report. The owner of the present contact can
stop a change."""

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from sqlalchemy import delete, select
from sqlmodel import col

from services.intake.account_entry import entries_for
from services.intake.account_password import check_current_password
from services.intake.accounts import count_guess
from services.intake.asking_for_contacts import (
    NewContact,
    WaitingChanges,
    apply_if_proven,
    begin_change,
    drop_change,
    proof_of_token,
    waiting_changes,
)
from services.intake.contact_holders import Channel, holder_of_change, own_account, own_report
from services.intake.models import ContactChange
from services.intake.resources import Intake
from services.intake.sign_in import SESSIONS
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.limits import Limit, limited
from shared.http.paths import ReportNumber
from shared.http.problems import not_found
from shared.http.secret_tokens import token_hash
from shared.http.transaction import CurrentDatabase, Transaction
from shared.values.text import PASSWORD_LIMIT
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])

STOPPING = Limit("contact_change_stop", 60, 600)
_OF_ACCOUNT, _OF_REPORT = "/reporters/me/contact-changes", "/reports/{number}/contact-changes"


class ContactChangeForm(Form):
    """`proof_token`: issued by notification for the code that was sent to the new contact."""

    proof_token: str = Field(max_length=100, repr=False)
    current_password: str = Field(max_length=PASSWORD_LIMIT, repr=False)


class ReportContactForm(Form):
    """`proof_token`: issued by notification for the code that was sent to the new contact."""

    proof_token: str = Field(max_length=100, repr=False)
    safe: bool = Field(description="*Aman dihubungi di sini?*: news may be sent there")


class StopForm(Form):
    token: str = Field(max_length=100, repr=False)


@router.get(_OF_ACCOUNT, responses=problem_responses(401, 403))
async def read_contact_changes(
    reporter: CurrentReporter, session: Transaction, intake: Intake
) -> WaitingChanges:
    """List the waiting contact changes of one's own account, with their dates."""
    return await waiting_changes(session, intake, own_account(reporter))


@router.get(_OF_REPORT, responses=problem_responses(401, 403, 404))
async def read_report_contact_changes(
    number: ReportNumber, reporter: CurrentReporter, session: Transaction, intake: Intake
) -> WaitingChanges:
    """List the waiting contact changes of one's own report, with their dates."""
    return await waiting_changes(session, intake, await own_report(session, reporter, number))


@router.post(_OF_ACCOUNT, responses=problem_responses(401, 403, 422, 429))
async def change_contact(
    form: ContactChangeForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
) -> WaitingChanges:
    """Set a proven contact as that of the account. This takes effect at once if no contact of the
    account is proven, or if the one to be replaced (if it is not proven: the other one) was proven
    in the last ten minutes. Otherwise that one is notified, and the change takes effect after seven
    days."""
    holder = own_account(reporter)
    await check_current_password(database, request, holder.account_id, form.current_password)
    async with database.session() as session:
        proof = await proof_of_token(session, holder, form.proof_token)
    contact = intake.cipher.decrypt(proof.contact)
    index = intake.index.phone if proof.channel == "sms" else intake.index.email
    await count_guess(request, [index(contact)])
    [entry] = await entries_for(database, intake, [index(contact)], form.current_password)
    new = NewContact(proof, contact, entry)
    language = pick_language(request.headers.get("accept-language"))
    async with database.session() as session:
        await begin_change(session, intake, holder, new, form.proof_token, language)
        return await waiting_changes(session, intake, holder)


@router.post(_OF_REPORT, responses=problem_responses(401, 403, 404, 422))
async def change_report_contact(
    number: ReportNumber,
    form: ReportContactForm,
    reporter: CurrentReporter,
    session: Transaction,
    intake: Intake,
    request: Request,
) -> WaitingChanges:
    """Set a proven contact as that of one's own report, by the same rules as for an account. If the
    present contact was not declared safe, nothing is sent there, but the change still waits for
    seven days."""
    holder = await own_report(session, reporter, number)
    proof = await proof_of_token(session, holder, form.proof_token)
    new = NewContact(proof, intake.cipher.decrypt(proof.contact), safe=form.safe)
    language = pick_language(request.headers.get("accept-language"))
    await begin_change(session, intake, holder, new, form.proof_token, language)
    return await waiting_changes(session, intake, holder)


@router.post(f"{_OF_ACCOUNT}/{{channel}}/apply", responses=problem_responses(401, 403, 422))
async def apply_contact_change(
    channel: Channel, reporter: CurrentReporter, session: Transaction, intake: Intake
) -> WaitingChanges:
    """Apply a waiting change now if the contact that was notified has been proven since the
    request. Otherwise nothing changes."""
    holder = own_account(reporter)
    await apply_if_proven(session, intake, holder, channel)
    return await waiting_changes(session, intake, holder)


@router.post(f"{_OF_REPORT}/{{channel}}/apply", responses=problem_responses(401, 403, 404))
async def apply_report_contact_change(
    number: ReportNumber,
    channel: Channel,
    reporter: CurrentReporter,
    session: Transaction,
    intake: Intake,
) -> WaitingChanges:
    """As for an account."""
    holder = await own_report(session, reporter, number)
    await apply_if_proven(session, intake, holder, channel)
    return await waiting_changes(session, intake, holder)


@router.delete(f"{_OF_ACCOUNT}/{{channel}}", status_code=204, responses=problem_responses(401, 403))
async def drop_contact_change(
    channel: Channel, reporter: CurrentReporter, session: Transaction
) -> None:
    """Drop the waiting change; the present contact stays."""
    await drop_change(session, own_account(reporter), channel)


@router.delete(
    f"{_OF_REPORT}/{{channel}}", status_code=204, responses=problem_responses(401, 403, 404)
)
async def drop_report_contact_change(
    number: ReportNumber, channel: Channel, reporter: CurrentReporter, session: Transaction
) -> None:
    """Drop the waiting change; the present contact stays."""
    await drop_change(session, await own_report(session, reporter, number), channel)


@router.post(
    "/contact-changes/stop",
    status_code=204,
    responses=problem_responses(404, 429),
    dependencies=[Depends(limited(STOPPING))],
)
async def stop_contact_change(form: StopForm, session: Transaction) -> None:
    """Stop a change by the token in the notice; the present contact stays. All sessions of an
    account end, as the person who requested the change knows its password. The access code of a
    report stays valid; the contact can be used to replace it (`/recovery`). 404: no change waits
    for this token, and nothing was stopped."""
    of_token = col(ContactChange.stop_hash) == token_hash(form.token)
    change = await session.scalar(select(ContactChange).where(of_token))
    if change is None:
        raise not_found()
    holder = holder_of_change(change)
    await holder.row(session)
    ended = delete(ContactChange).where(of_token).returning(col(ContactChange.id))
    if await session.scalar(ended) is None:
        raise not_found()
    if holder.account_id is not None:
        await SESSIONS.end_all(session, holder.account_id)
