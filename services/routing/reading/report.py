"""`GET /reports/{number}`: everything that staff may read of a report."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import AccessLogEntry
from services.routing.reading.arrival import (
    arrival_of,
    lines_shown,
    requests_shown,
    time_shown,
    words_shown,
)
from services.routing.reading.attachments import attachments_of
from services.routing.reading.countdown import countdown_of, nearest_countdown
from services.routing.reading.details import details_of
from services.routing.reading.form_drafts import stored_drafts
from services.routing.reading.history import (
    below_pusat,
    history_of,
    with_addresses,
    with_readers,
    written_of,
)
from services.routing.reading.history_rows import Rows, read_rows, rows_of
from services.routing.reading.linked import links_of, openable
from services.routing.reading.names import shown_action, shown_agency, shown_status
from services.routing.reading.originals import originals_by_message
from services.routing.reading.people import Names, ShownAssignee, names_for
from services.routing.reading.posts import posts_of
from services.routing.reading.report_row import report_row
from services.routing.reading.reporter import shown_reporter
from services.routing.reading.reporter_messages import messages_shown
from services.routing.reading.requests import request_rows, requests_of
from services.routing.reading.revealing import ShownReveal, reveal_shown, was_opened
from services.routing.reading.sent_on import facts_sent_on, lines_sent_on
from services.routing.reading.step_facts import Edits, edits_of, ids_named
from services.routing.reading.texts import texts_of
from services.routing.reading.view import ChecklistItem, Chosen, ReportView
from services.routing.stand_ins import in_force_of
from shared.command_requests.report_access import (
    ReportAccess,
    actions_open_to,
    followed_up_by,
    staff_access,
)
from shared.database.columns import now
from shared.database.policy_in_force import load_calendar
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.idempotency import etag
from shared.http.language import pick_language
from shared.http.paths import ReportNumber
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label, labels
from shared.labels.catalogue import INDONESIAN, Language
from shared.lifecycle.authority import Capacity, capacities
from shared.lifecycle.clocks import COMPANIONS
from shared.lifecycle.people import Role
from shared.lifecycle.visibility import Reader, is_public
from shared.privacy.identity import IdentityCipher

router = APIRouter(tags=["reports"])


@router.get("/reports/{number}", responses=problem_responses(401, 403, 404, 422))
async def read_report(
    number: ReportNumber,
    staff: CurrentReader,
    session: Transaction,
    request: Request,
    response: Response,
) -> ReportView:
    """A report in full. Its version is the ETag, which a command may send as If-Match. Sentences
    are in the language of Accept-Language, labels in Indonesian."""
    language = pick_language(request.headers.get("accept-language"))
    view = await report_view(session, staff, number, request.app.state.identity, language)
    response.headers["ETag"] = etag(view.version)
    return view


async def report_view(
    session: AsyncSession,
    staff: Staff,
    number: int,
    identity: IdentityCipher,
    language: Language = INDONESIAN,
) -> ReportView:
    """The report as this person may read it. 404 if they may not know that it exists. An overseer's
    reading is logged, once an hour."""
    access = await staff_access(session, staff, number)
    if staff.role.only_reads:
        await _log_overseen(session, staff, number)
    [row] = await rows_of(session, report_row(number))
    revealing = await reveal_shown(session, staff, number)
    return await _view(session, staff, access, row, revealing, identity, language)


async def _log_overseen(session: AsyncSession, staff: Staff, number: int) -> None:
    logged = select(col(AccessLogEntry.id)).where(
        col(AccessLogEntry.number) == number,
        col(AccessLogEntry.kind) == "overseen",
        col(AccessLogEntry.staff_id) == staff.id,
        col(AccessLogEntry.at) > func.now() - timedelta(hours=1),
    )
    if await session.scalar(logged.limit(1)) is None:
        session.add(
            AccessLogEntry(
                number=number, kind="overseen", staff_id=staff.id, agency_id=staff.agency_id
            )
        )


async def _view(
    session: AsyncSession,
    staff: Staff,
    access: ReportAccess,
    row: Mapping[str, Any],
    revealing: ShownReveal | None,
    cipher: IdentityCipher,
    language: Language,
) -> ReportView:
    state, by_copy = access.state, access.by_copy
    calendar, moment = await load_calendar(session), now()
    record = await _record_shown(session, access, revealing, cipher)
    names = await _names(session, access, row, record)
    originals = {}
    edits: Edits = {}
    if not by_copy:
        hashes = not access.arrival_hidden
        originals = await originals_by_message(session, state.number, hashes=hashes)
        sent_on = await facts_sent_on(session, access, record.lines, language)
        edits = {**await edits_of(session, record.lines, row), **sent_on}
    classification = state.classification
    linked_number, links = row["linked_number"], await links_of(session, access)
    if by_copy:
        linked_number = None
    return ReportView(
        number=state.number,
        version=state.version,
        status=shown_status(state.status),
        **dict(texts_of(row, by_copy=by_copy, language=language)),
        **arrival_of(access, moment),
        system=None if by_copy and state.anonymous else state.system,
        classification=classification,
        classification_label=label("classification", classification) if classification else None,
        category=_chosen(row["category_id"], row["category"]),
        tags=[Chosen.model_validate(tag) for tag in row["tags"] or ()],
        programme=_chosen(row["programme_id"], row["programme"]),
        **dict(await details_of(row, by_copy=by_copy, anonymous=state.anonymous)),
        anonymous=state.anonymous,
        secret=state.secret,
        priority=state.priority,
        held=state.held,
        overdue=state.overdue,
        question_unanswered=state.question_unanswered,
        by_copy=by_copy,
        reporter=await shown_reporter(session, cipher, access),
        posts=await posts_of(session, cipher, access),
        messages=await messages_shown(session, access),
        reveal=revealing,
        handler=shown_agency(access.handler),
        chain=[agency for id in state.chain if (agency := names.agency(id))],
        copies=[agency for id in state.copies if (agency := names.agency(id))],
        addressee=names.agency(row["addressee_id"]),
        awaited_agency=names.agency(state.awaited_agency_id),
        assignee=await _assignee(session, row, access),
        linked_number=linked_number,
        links=links,
        openable_numbers=await openable(session, staff, record.lines, links, linked_number),
        verified_at=time_shown(row["verified_at"], access),
        ended_at=time_shown(state.ended_at, access),
        countdown=nearest_countdown(access, moment, calendar),
        clocks=[
            countdown_of(clock, moment, calendar, access)
            for clock in state.clocks
            if clock.kind not in COMPANIONS
        ],
        attachments=await attachments_of(session, access),
        written=written_of(record.written, names),
        requests=requests_of(record.requests, record.written, names, access),
        history=history_of(
            record.lines, record.written, record.requests, names, originals, edits, language
        ),
        checklist=[ChecklistItem(code=c, label=w) for c, w in labels("checklist").items()],
        allowed_actions=[
            shown_action(action) for action in actions_open_to(await _as_author(session, access))
        ],
        form_drafts=await stored_drafts(session, access),
    )


class _Record(NamedTuple):
    """The lines of the history, the words and the requests, as one person may read them."""

    lines: Rows
    written: Rows
    requests: Rows


async def _record_shown(
    session: AsyncSession,
    access: ReportAccess,
    revealing: ShownReveal | None,
    cipher: IdentityCipher,
) -> _Record:
    state, by_copy = access.state, access.by_copy
    sent_on = () if by_copy else await lines_sent_on(session, state.number)
    lines, written = await read_rows(session, state.number, readings=not by_copy, others=sent_on)
    written = with_readers(written, lines, public=is_public(state.status, secret=state.secret))
    if by_copy:
        written = [words for words in written if Reader.COPY in words["read_by"]]
    written = words_shown(written, lines, access)
    requests = requests_shown(await request_rows(session, state.number), lines, access)
    lines = lines_shown(lines, access)
    if access.arrival_hidden:
        lines = below_pusat(lines, state.anonymous)
    elif not state.anonymous or await was_opened(session, revealing):
        lines = with_addresses(lines, cipher)
    return _Record(lines, written, requests)


async def _names(
    session: AsyncSession, access: ReportAccess, row: Mapping[str, Any], record: _Record
) -> Names:
    """The names of all people and agencies that the page mentions."""
    state, requests = access.state, record.requests
    staff, agencies = ids_named(record.lines)
    rows = *record.lines, *record.written, *requests
    staff += [*(row["staff_id"] for row in rows), *(each["decided_by"] for each in requests)]
    agencies += [
        row["addressee_id"],
        state.awaited_agency_id,
        *state.chain,
        *state.copies,
        *(row["agency_id"] for row in rows),
        *(each["decider_id"] for each in requests),
        *(each["suggested_agency_id"] for each in requests),
    ]
    return await names_for(session, staff, agencies)


async def _as_author(session: AsyncSession, access: ReportAccess) -> ReportAccess:
    """Allow a person whose agency has handed the report on to take back what the agency wrote, even
    if they read it as a copy now."""
    if Capacity.HANDLER_STAFF in access.capacities or access.only_reads:
        return access
    if not await followed_up_by(
        session, access.own_agency_id, access.actor.role, access.state.number
    ):
        return access
    return replace(access, capacities=access.capacities | {Capacity.AUTHOR})


async def _assignee(
    session: AsyncSession, row: Mapping[str, Any], access: ReportAccess
) -> ShownAssignee | None:
    """The person it is assigned to, and whether they may still follow it up."""
    assignee_id = row["assignee_id"]
    if assignee_id is None:
        return None
    stand_ins = await in_force_of(session, [assignee_id])
    path = access.handler.path
    may = capacities(Role(row["assignee_role"]), row["assignee_agency"], path, admin_above=True)
    here = bool(row["assignee_active"] and may)
    return ShownAssignee(
        id=assignee_id,
        name=row["assignee_name"],
        here=here,
        stand_in=stand_ins.get(assignee_id),
    )


def _chosen(chosen_id: int | None, name: str | None) -> Chosen | None:
    return Chosen(id=chosen_id, name=name or "–") if chosen_id is not None else None
