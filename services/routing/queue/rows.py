"""The rows of a queue: each report as the list shows it to this person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.arrival import arrival_of
from services.routing.reading.countdown import Countdown, nearest_countdown
from services.routing.reading.names import (
    ShownAction,
    ShownAgency,
    ShownStatus,
    shown_action,
    shown_agency,
    shown_status,
)
from shared.command_requests.directory import Agency, agencies
from shared.command_requests.report_access import ReportAccess, access_of, actions_open_to
from shared.database.columns import now
from shared.database.policy_in_force import load_calendar
from shared.http.tokens import Staff
from shared.labels import label
from shared.lifecycle.actions import Classification, RequestKind
from shared.lifecycle.channels import Channel
from shared.lifecycle.state import ReportState
from shared.privacy.publication import public_region


class QueueRow(BaseModel):
    """A report in a queue. `title` is the corrected one if there is one. A copy shows only
    corrected titles, so it may say there that none exists yet. `excerpt` is the beginning of the
    text, from the same version as the title, on one line."""

    number: int
    version: int
    title: str
    excerpt: str
    status: ShownStatus
    handler: ShownAgency
    classification: Classification | None
    classification_label: str | None
    category_id: int | None
    category: str | None
    channel: Channel | None
    channel_label: str | None
    anonymous: bool
    secret: bool
    priority: bool
    held: bool
    overdue: bool
    question_unanswered: bool
    countdown: Countdown | None
    submitted_at: datetime
    age_days: int
    region_code: str | None
    assignee_id: int | None
    main_number: int | None
    requests: list[RequestKind]
    allowed_actions: list[ShownAction]


class Seen(NamedTuple):
    """A report in a list, and the capacities of the list's reader towards it."""

    row: QueueRow
    access: ReportAccess


async def queue_rows(session: AsyncSession, staff: Staff, numbers: Sequence[int]) -> list[QueueRow]:
    """The rows of these reports, in this order."""
    seen = await seen_reports(session, staff, numbers)
    return [seen[number].row for number in numbers if number in seen]


async def seen_reports(
    session: AsyncSession, staff: Staff, numbers: Collection[int]
) -> dict[int, Seen]:
    """These reports, by number."""
    if not numbers:
        return {}
    by_number = {
        row["number"]: row
        for row in (await session.execute(_ROWS, {"numbers": list(numbers)})).mappings()
    }
    states = {number: ReportState.model_validate(row["state"]) for number, row in by_number.items()}
    known = await agencies(session, _concerned(states.values()))
    known |= await agencies(session, _above_own_requests(states.values(), staff, known))
    calendar, moment = await load_calendar(session), now()

    def shown(state: ReportState, row: RowMapping) -> Seen:
        access = access_of(staff, state, known)
        classification = state.classification
        in_list = QueueRow(
            number=state.number,
            version=state.version,
            title=row["title"] or _uncorrected(row, access),
            excerpt=_excerpt(row, access),
            status=shown_status(state.status),
            handler=shown_agency(access.handler),
            classification=classification,
            classification_label=label("classification", classification)
            if classification
            else None,
            category_id=row["category_id"],
            category=row["category"],
            **arrival_of(access, moment),
            anonymous=state.anonymous,
            secret=state.secret,
            priority=state.priority,
            held=state.held,
            overdue=state.overdue,
            question_unanswered=state.question_unanswered,
            countdown=nearest_countdown(access, moment, calendar),
            region_code=public_region(row["region_code"], state.anonymous)
            if access.by_copy
            else row["region_code"],
            assignee_id=row["assignee_id"],
            main_number=None if access.by_copy else state.main_number,
            requests=[request.kind for request in state.requests],
            allowed_actions=[shown_action(a) for a in actions_open_to(access)],
        )
        return Seen(in_list, access)

    return {number: shown(states[number], row) for number, row in by_number.items()}


def _uncorrected(row: RowMapping, access: ReportAccess) -> str:
    return label("mark", "unverified_copy") if access.by_copy else row["original_title"]


def _excerpt(row: RowMapping, access: ReportAccess) -> str:
    if access.only_reads:
        return ""  # they read it on its page, where each reading is logged
    begins = row["begins"] or ("" if access.by_copy else row["original_begins"])
    return " ".join(begins.split())


def _concerned(states: Iterable[ReportState]) -> set[int]:
    """The handlers, and the agencies that decide the pending requests."""
    ids: set[int] = set()
    for state in states:
        ids |= {state.handler_id, *(request.decider_id for request in state.requests)}
    return ids


def _above_own_requests(
    states: Iterable[ReportState], staff: Staff, known: Mapping[int, Agency]
) -> set[int]:
    """The agencies that could decide what this person asked."""
    own = (q for state in states for q in state.requests if q.staff_id == staff.id)
    deciding = (known[q.decider_id].path for q in own if q.decider_id in known)
    return {agency_id for path in deciding for agency_id in path} - known.keys()


_ROWS = text(
    "SELECT r.number, r.state, r.category_id, c.name AS category, r.region_code, r.assignee_id,"
    " t.title, t.original_title,"
    # As much as fits on two lines of a list.
    " left(t.body, 200) AS begins, left(t.original_body, 200) AS original_begins"
    " FROM lifecycle.report r JOIN lifecycle.report_text t ON t.number = r.number"
    " LEFT JOIN routing.category c ON c.id = r.category_id"
    " WHERE r.number = ANY (:numbers)"
)
