"""The parameters of a queue, and the SQL conditions made from them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from shared.http.paging import Cursor, PageSize
from shared.lifecycle.actions import Classification
from shared.lifecycle.calendar import SPREAD, Zone
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import Role
from shared.lifecycle.statuses import TAB_OF, Status, Tab
from shared.privacy.publication import PUBLIC_CHANNEL, PUBLIC_REGION, PUBLIC_TIME, staff_time
from shared.values.fields import Day, Instant, PlainNumbers
from shared.values.ids import AgencyId, CategoryId, PersonId
from shared.values.report_numbers import only_numbers_in
from shared.values.text import NUMBERS_LIMIT, SEARCH_LIMIT


class QueueTab(StrEnum):
    """The six tabs that divide all reports, four more views of them, and all six tabs at once."""

    UNVERIFIED = "unverified"
    DEFERRED = "deferred"
    AWAITING_FOLLOW_UP = "awaiting_follow_up"
    IN_PROCESS = "in_process"
    CLOSED = "closed"
    ARCHIVED = "archived"
    REQUESTS = "requests"
    THROWN = "thrown"
    DISPOSED = "disposed"
    COPIES = "copies"
    ALL = "all"


THROWN = (Tab.UNVERIFIED, Tab.DEFERRED)
DISPOSED = (Tab.AWAITING_FOLLOW_UP, Tab.IN_PROCESS, Tab.CLOSED)

Order = Literal["deadline", "newest"]
MINUTE = timedelta(minutes=1)


def _day_or_instant(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Report one error for a value that is neither a day nor an instant, instead of two."""
    try:
        return read(value)
    except ValidationError:
        raise PydanticCustomError("not_a_moment", "A day, or a time with its zone") from None


def _words_or_numbers(value: str) -> str:
    if len(value) > SEARCH_LIMIT and not only_numbers_in(value):
        wrong = "At most {max_length} characters, unless all are numbers of reports"
        raise PydanticCustomError("string_too_long", wrong, {"max_length": SEARCH_LIMIT})
    return value


Moment = Annotated[
    Instant | Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))],
    Field(union_mode="left_to_right", description="An instant, or a day of the own agency's zone"),
    WrapValidator(_day_or_instant),
]


class QueueQuery(PlainNumbers):
    """The parameters of `GET /queue`. All filters given must match."""

    model_config = ConfigDict(extra="forbid")

    tab: QueueTab
    sub: Annotated[
        Literal["awaiting_follow_up", "in_process", "closed"] | None,
        Field(description="Of `disposed` only"),
    ] = None
    scope: Annotated[
        Literal["own", "below"], Field(description="`below`: the agencies below too (pemantauan)")
    ] = "own"
    agency: Annotated[
        AgencyId | None, Field(description="The queue of this agency, the own one or one below")
    ] = None
    status: Status | None = None
    category: CategoryId | None = None
    classification: Classification | None = None
    channel: Channel | None = None
    anonymous: bool | None = None
    secret: bool | None = None
    priority: bool | None = None
    held: bool | None = None
    overdue: bool | None = None
    linked: Annotated[
        bool | None, Field(description="Linked to a main report about the same thing")
    ] = None
    escalated: Annotated[
        bool | None, Field(description="A clock ran out and was put before the agency")
    ] = None
    due_before: Annotated[
        Moment | None, Field(description="Before this time, or until this day's end")
    ] = None
    region: Annotated[
        str | None,
        Field(pattern=r"^\d{2}(\.\d{2,4}){0,3}$", description="Region code; those within it too"),
    ] = None
    submitted_from: Moment | None = None
    submitted_to: Annotated[
        Moment | None, Field(description="Before this time, or until this day's end")
    ] = None
    reply_owed: Annotated[
        bool | None, Field(description="The reporter replied, and no follow-up came since")
    ] = None
    assignee: Annotated[PersonId | None, Field(description="Somebody it is assigned to")] = None
    assigned_to_me: Annotated[bool, Field(description="Or to somebody for whom one stands in")] = (
        False
    )
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=NUMBERS_LIMIT,
            description="A number however it is written, several of them, the address of a report,"
            " the exact phone number or e-mail address that a reporter has proven, or words as in a"
            " web search; those that are in any report (*yang*, *di*) are left out but for quotes,"
            " abbreviations find what they stand for, and where nothing says a word,"
            f" one spelt nearly so is searched for. Words have at most {SEARCH_LIMIT} characters",
        ),
        AfterValidator(_words_or_numbers),
    ] = None
    order: Annotated[
        Order | None,
        Field(
            description="`deadline`: priority first, then the nearest deadline; the default where"
            " reports are open. `newest`: the default of closed and archived, the only one of"
            " copies and of all tabs at once. A search has an order of its own: the number, who has"
            " the contact, whose title says the words, whose text does, each newest first"
        ),
    ] = None
    limit: PageSize = 25
    cursor: Cursor = None

    @property
    def ordered_by(self) -> Order:
        if self.tab in (QueueTab.COPIES, QueueTab.ALL) or self.q is not None:
            return "newest"
        ended = self.tab in {QueueTab.CLOSED, QueueTab.ARCHIVED} or self.sub == "closed"
        return self.order or ("newest" if ended else "deadline")

    def within(self, tabs: Sequence[Tab]) -> tuple[Tab, ...]:
        """Those of these tabs that can contain reports matching the query."""
        wanted = {TAB_OF[self.status]} if self.status else set(tabs)
        if self.reply_owed:
            wanted &= {TAB_OF[Status.REPLIED_BY_REPORTER]}
        return tuple(tab for tab in tabs if tab in wanted)


def conditions(
    query: QueueQuery,
    agency_id: int,
    stood_in_for: Sequence[int],
    zone: Zone,
    role: Role,
) -> tuple[list[str], dict[str, Any]]:
    """Return conditions on `lifecycle.report r` and their parameters. Days are those of `zone`;
    `stood_in_for` are the person and those for whom they stand in; `role` is the person's: an
    overseer is shown everything as in a copy."""
    clauses: list[str] = []
    parameters: dict[str, Any] = {}
    copies = role.only_reads or query.tab is QueueTab.COPIES
    for name, column in _EQUAL.items():
        if (value := getattr(query, name)) is not None:
            clauses.append(f"r.{column} = :{name}")
            parameters[name] = value
    shown = _TOLD_BY_COPY if copies else _TOLD[role.reads_arrivals]
    for name, condition in _OTHERS.items():
        if (value := getattr(query, name)) is not None:
            clauses.append(condition.format(**shown))
            parameters[name] = _instant(name, value, zone)
    if query.due_before is not None:
        clauses.append(_DUE_BEFORE.format(**shown))
        at = _instant("due_before", query.due_before, zone)
        day = not isinstance(query.due_before, datetime)
        parameters |= {"due_before": at, "due_spread": at - MINUTE + SPREAD if day else at}
    if query.escalated is not None:
        clauses.append(_ESCALATED if query.escalated else f"NOT {_ESCALATED}")
        parameters["escalated_to"] = agency_id
    if query.linked is not None:
        clauses.append(f"{shown['main_number']} IS {'NOT ' if query.linked else ''}NULL")
    if query.reply_owed is not None:
        # Written out, so that the planner can use the partial index on this status.
        clauses.append(
            f"r.status {'=' if query.reply_owed else '<>'} '{Status.REPLIED_BY_REPORTER}'"
        )
    if query.assigned_to_me:
        clauses.append("r.assignee_id = ANY (CAST(:mine AS int[]))")
        parameters["mine"] = list(stood_in_for)
    return clauses, parameters


_EQUAL = {
    "status": "status",
    "category": "category_id",
    "classification": "classification",
    "anonymous": "anonymous",
    "secret": "secret",
    "priority": "priority",
    "held": "held",
    "overdue": "overdue",
    "assignee": "assignee_id",
}
_OTHERS = {
    "channel": "{channel} = :channel",
    "region": "({region} = :region OR {region} LIKE :region || '.%')",
    "submitted_from": "{submitted_at} >= :submitted_from",
    "submitted_to": "{submitted_at} < :submitted_to",
}
_TOLD = {
    with_arrivals: {
        "channel": "r.channel",
        "due_at": staff_time("r", "due_at", with_arrivals=with_arrivals),
        "main_number": "r.main_number",
        "region": "r.region_code",
        "submitted_at": staff_time("r", "submitted_at", with_arrivals=with_arrivals),
    }
    for with_arrivals in (True, False)
}
_TOLD_BY_COPY = {
    "channel": PUBLIC_CHANNEL.format("r"),
    "due_at": PUBLIC_TIME.format("r.due_at"),
    "main_number": "NULL",
    "region": PUBLIC_REGION.format("r"),
    "submitted_at": PUBLIC_TIME.format("r.submitted_at"),
}
"""Filters use the values that are shown: with arrival times (True) or without, and in a copy."""
_DUE_BEFORE = (
    "({due_at} < :due_before"
    " OR {due_at} < :due_spread AND date_trunc('second', {due_at}) = {due_at})"
)
"""For a day, deadlines at the end of that day match too, as `ends_a_day` defines it."""
_ESCALATED = (
    "EXISTS (SELECT FROM lifecycle.escalation e"
    " WHERE e.number = r.number AND e.agency_id = :escalated_to)"
)


def _instant(name: str, value: Any, zone: Zone) -> Any:
    """The instant at which a day begins (for the start of a range) or has ended (for its end). A
    deadline in the first minute of a day counts as the day before."""
    if isinstance(value, datetime) or not isinstance(value, date):
        return value
    midnight = datetime.combine(value, time(), zone.offset)
    match name:
        case "submitted_from":
            return midnight
        case "due_before":
            return midnight + timedelta(days=1) + MINUTE
        case _:
            return midnight + timedelta(days=1)
