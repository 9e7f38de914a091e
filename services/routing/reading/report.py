"""`GET /reports/{number}`: everything that staff may read of a report."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.arrival import (
    arrival_of,
    lines_shown,
    requests_shown,
    told_at,
    words_shown,
)
from services.routing.reading.attachments import attachments_of
from services.routing.reading.countdown import countdown_of, nearest_countdown
from services.routing.reading.details import details_of
from services.routing.reading.history import (
    below_pusat,
    history_of,
    read_rows,
    rows_of,
    with_addresses,
    with_readers,
    written_of,
)
from services.routing.reading.names import shown_action, shown_agency, shown_status
from services.routing.reading.originals import originals_by_message
from services.routing.reading.people import ShownAssignee, names_for
from services.routing.reading.reporter import ShownReporter, shown_reporter
from services.routing.reading.requests import request_rows, requests_of
from services.routing.reading.revealing import ShownReveal, reveal_shown
from services.routing.reading.texts import texts_of
from services.routing.reading.view import ChecklistItem, Chosen, ReportView
from shared.command_requests.report_access import ReportAccess, actions_open_to, staff_access
from shared.database.columns import now
from shared.database.process_time import load_calendar
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.idempotency import etag
from shared.http.paths import ReportNumber
from shared.http.transaction import Transaction
from shared.identity import IdentityCipher
from shared.labels import label, labels
from shared.lifecycle.authority import capacities
from shared.lifecycle.people import Role
from shared.lifecycle.visibility import Reader

router = APIRouter(tags=["reports"])


@router.get("/reports/{number}", responses=problem_responses(401, 403, 404, 422))
async def read_report(
    number: ReportNumber,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
    response: Response,
) -> ReportView:
    """A report in full; its version is the ETag that a command may carry as If-Match."""
    access = await staff_access(session, staff, number)
    [row] = await rows_of(session, _REPORT, number)
    identity = request.app.state.identity
    reporter = await shown_reporter(session, identity, access)
    revealing = await reveal_shown(session, staff, number)
    view = await _view(session, access, row, reporter, revealing, identity)
    response.headers["ETag"] = etag(view.version)
    return view


async def _view(
    session: AsyncSession,
    access: ReportAccess,
    row: Mapping[str, Any],
    reporter: ShownReporter,
    revealing: ShownReveal | None,
    cipher: IdentityCipher,
) -> ReportView:
    state, by_copy = access.state, access.by_copy
    revealed = revealing is not None and revealing.state == "in_force"
    calendar, moment = await load_calendar(session), now()
    requests = await request_rows(session, state.number)
    of_pusat = access.actor.role is Role.CENTRAL_ADMIN
    originals = (
        {} if by_copy else await originals_by_message(session, state.number, hashes=of_pusat)
    )
    lines, written = await read_rows(session, state.number, readings=not by_copy)
    written = with_readers(written, lines)
    if by_copy:
        written = [one for one in written if Reader.COPY in one["read_by"]]
    written = words_shown(written, lines, access)
    requests = requests_shown(requests, lines, access)
    lines = lines_shown(lines, access)
    if not of_pusat:
        lines = below_pusat(lines, state.anonymous)
    elif not state.anonymous or revealed:
        lines = with_addresses(lines, cipher)
    names = await names_for(
        session,
        [
            *(one["staff_id"] for one in (*lines, *written, *requests)),
            *(one["decided_by"] for one in requests),
        ],
        [
            row["suggested_agency_id"],
            state.awaited_agency_id,
            *state.chain,
            *state.copies,
            *(one["agency_id"] for one in (*lines, *written, *requests)),
            *(one[name] for one in requests for name in ("decider_id", "suggested_agency_id")),
        ],
    )
    classification = state.classification
    return ReportView(
        number=state.number,
        version=state.version,
        status=shown_status(state.status),
        **dict(texts_of(row, by_copy=by_copy)),
        **arrival_of(access),
        system=None if by_copy and state.anonymous else state.system,
        classification=classification,
        classification_label=label("classification", classification) if classification else None,
        category=_chosen(row["category_id"], row["category"]),
        tags=[Chosen.model_validate(tag) for tag in row["tags"]],
        programme=_chosen(row["programme_id"], row["programme"]),
        **dict(await details_of(row, by_copy=by_copy, anonymous=state.anonymous)),
        anonymous=state.anonymous,
        secret=state.secret,
        priority=state.priority,
        held=state.held,
        overdue=state.overdue,
        question_unanswered=state.question_unanswered,
        by_copy=by_copy,
        reporter=reporter,
        reveal=revealing,
        handler=shown_agency(access.handler),
        chain=[found for one in state.chain if (found := names.agency(one))],
        copies=[found for one in state.copies if (found := names.agency(one))],
        suggested_agency=names.agency(row["suggested_agency_id"]),
        awaited_agency=names.agency(state.awaited_agency_id),
        assignee=_assignee(row, access),
        linked_number=None if by_copy else row["linked_number"],
        verified_at=told_at(row["verified_at"], access),
        ended_at=told_at(state.ended_at, access),
        age_days=(moment - state.submitted_at).days,
        countdown=nearest_countdown(access, moment, calendar),
        clocks=[countdown_of(one, moment, calendar, access) for one in state.clocks],
        attachments=await attachments_of(session, access),
        written=written_of(written, names),
        requests=requests_of(requests, written, names, access),
        history=history_of(lines, written, names, originals),
        checklist=[ChecklistItem(code=c, label=w) for c, w in labels("checklist").items()],
        allowed_actions=[shown_action(action) for action in actions_open_to(access)],
    )


def _assignee(row: Mapping[str, Any], access: ReportAccess) -> ShownAssignee | None:
    """Who it is assigned to, and whether that person may still follow it up."""
    if row["assignee_id"] is None:
        return None
    path = access.handler.path
    may = capacities(Role(row["assignee_role"]), row["assignee_agency"], path, admin_above=True)
    here = bool(row["assignee_active"] and may)
    return ShownAssignee(id=row["assignee_id"], name=row["assignee_name"], here=here)


def _chosen(chosen_id: int | None, name: str | None) -> Chosen | None:
    return Chosen(id=chosen_id, name=name or "–") if chosen_id is not None else None


_REPORT = text(
    "SELECT t.*, r.category_id, c.name AS category, p.name AS programme, r.region_code,"
    " r.suggested_agency_id, r.assignee_id, r.verified_at, s.name AS assignee_name,"
    " s.role AS assignee_role, s.agency_id AS assignee_agency, s.active AS assignee_active,"
    # Both are of one person: one that is anonymous must not lead to that person's name.
    " CASE WHEN r.anonymous = l.anonymous THEN r.linked_number END AS linked_number,"
    " ARRAY(SELECT jsonb_build_object('id', g.id, 'name', g.name)"
    "  FROM routing.tag g WHERE g.id = ANY (t.tag_ids) ORDER BY g.name) AS tags"
    " FROM lifecycle.report r JOIN lifecycle.report_text t ON t.number = r.number"
    " LEFT JOIN lifecycle.report l ON l.number = r.linked_number"
    " LEFT JOIN routing.staff_directory s ON s.id = r.assignee_id"
    " LEFT JOIN routing.category c ON c.id = r.category_id"
    " LEFT JOIN routing.programme p ON p.id = t.programme_id"
    " WHERE r.number = :number"
)
