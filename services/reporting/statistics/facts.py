"""What one report's history amounts to: times, who did it, and the marks that figures count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from shared.lifecycle.actions import PERFORMED_BY, Action, FollowUpKind, RequestKind
from shared.lifecycle.calendar import DAY, WorkingCalendar, Zone
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.statuses import CLOSED, ENDED, TAB_OF, Status

TENTH: Final = DAY / 10
"""Durations are measured in tenths of a working day, begun ones counting."""


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history, as far as figures depend on it."""

    at: datetime
    action: Action
    staff_id: int | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """The report as it stands. `path` is its handler's, root first."""

    number: int
    version: int
    status: Status
    path: tuple[int, ...]
    zone: Zone
    channel: str
    classification: str | None
    category_id: int | None
    parent_category_id: int | None
    tag_ids: tuple[int, ...]
    programme_id: int | None
    region_code: str | None
    anonymous: bool
    secret: bool
    priority: bool
    held: bool
    overdue: bool
    submitted_at: datetime
    rating: int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A report in the statistics. Each of `marks` is a figure it counts in, once."""

    number: int
    version: int
    path: tuple[int, ...]
    day: date
    region_code: str | None
    submitted_at: datetime
    verified_at: datetime | None
    first_follow_up_at: datetime | None
    settled_at: datetime | None
    closed_at: datetime | None
    verifier_id: int | None
    responder_id: int | None
    marks: tuple[str, ...]


def fact_of(report: Standing, steps: Sequence[Step], calendar: WorkingCalendar) -> Fact:
    """The fact of a report. Every time is the first of its kind: verification from submission,
    follow-up (of either kind) and settlement (the first *tindak lanjut*) from verification."""
    verify = _first(steps, Action.VERIFY)
    respond = _first(steps, Action.FOLLOW_UP)
    settle = next(
        (s for s in steps if s.details.get("follow_up_kind") == FollowUpKind.FOLLOW_UP), None
    )
    closed_at = next((s.at for s in reversed(steps) if _closes(s)), None)
    local = report.submitted_at.astimezone(report.zone.offset)
    marks = [
        *_standing_marks(report),
        *_usage_marks(report),
        *_action_marks(steps),
        f"hour:{local.hour}",
        f"weekday:{local.weekday()}",
    ]
    for name, clock, begin, end in (
        ("verification", ClockKind.VERIFICATION, report.submitted_at, verify),
        ("follow_up", ClockKind.FOLLOW_UP, verify and verify.at, respond),
        ("settlement", ClockKind.SETTLEMENT, verify and verify.at, settle),
    ):
        if begin is not None and end is not None:
            working = calendar.between(begin, end.at, report.zone)
            marks += [f"{name}_measured", f"{name}:{-(-working // TENTH)}"]
            if not _ran_out(steps, clock, begin, end.at):
                marks.append(f"{name}_within")
    return Fact(
        number=report.number,
        version=report.version,
        path=report.path,
        day=local.date(),
        region_code=report.region_code,
        submitted_at=report.submitted_at,
        verified_at=verify and verify.at,
        first_follow_up_at=respond and respond.at,
        settled_at=settle and settle.at,
        closed_at=closed_at if report.status in CLOSED else None,
        verifier_id=verify and verify.staff_id,
        responder_id=respond and respond.staff_id,
        marks=tuple(dict.fromkeys(marks)),
    )


def tallied(mark: str) -> bool:
    """Districts and villages are too many to be counted for everybody beforehand."""
    return not (mark.startswith("place:") and len(mark) > _PLACES_TALLIED)


def _standing_marks(report: Standing) -> Iterator[str]:
    yield "received"
    yield f"status:{report.status}"
    yield f"tab:{TAB_OF[report.status]}"
    if report.overdue and report.status not in ENDED:
        yield "overdue"
    if report.held:
        yield "held_now"
    for flag in ("anonymous", "secret", "priority"):
        if getattr(report, flag):
            yield f"flag:{flag}"
    if report.rating is not None:
        yield f"rating:{report.rating}"
        yield "rated"


def _usage_marks(report: Standing) -> Iterator[str]:
    yield f"channel:{report.channel}"
    yield f"classification:{report.classification or NONE}"
    yield f"category:{report.category_id or NONE}"
    if report.category_id:
        yield f"group:{report.parent_category_id or report.category_id}"
    yield from (f"tag:{tag}" for tag in report.tag_ids)
    if report.programme_id:
        yield f"programme:{report.programme_id}"
    parts = report.region_code.split(".") if report.region_code else []
    yield from (f"place:{'.'.join(parts[:depth])}" for depth in range(1, len(parts) + 1))
    if not parts:
        yield f"place:{NONE}"


def _action_marks(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        action = step.action
        if action is Action.ACCEPT_REQUEST:
            performed = PERFORMED_BY.get(RequestKind(step.details["request"]))
            if performed in _MARK_OF:
                yield _MARK_OF[performed]
        elif action in _MARK_OF:
            yield _MARK_OF[action]
        elif step.details.get("request") == RequestKind.NOT_AUTHORITY:
            if action is Action.END_REQUEST and step.details.get("accepted"):
                yield "not_authority_accepted"
            elif action is Action.REJECT_REQUEST:
                yield "not_authority_rejected"


def _first(steps: Sequence[Step], action: Action) -> Step | None:
    return next((step for step in steps if step.action is action), None)


def _closes(step: Step) -> bool:
    accepted = step.action is Action.ACCEPT_REQUEST
    return step.action in _CLOSING or (
        accepted and step.details.get("request") == RequestKind.CLOSE
    )


def _ran_out(steps: Sequence[Step], clock: ClockKind, begin: datetime, end: datetime) -> bool:
    return any(
        step.action is Action.OVERDUE
        and step.details.get("clock") == clock
        and begin <= step.at <= end
        for step in steps
    )


NONE: Final = "none"
_CLOSING = frozenset({Action.CLOSE, Action.AUTO_CLOSE, Action.DECLARE_SATISFIED})
_MARK_OF: Final = {
    Action.THROW: "thrown",
    Action.DEFER: "deferred",
    Action.FORWARD: "forwarded",
    Action.HOLD: "held",
    Action.REOPEN: "reopened",
    Action.REPLY: "replied",
    Action.REQUEST_NOT_AUTHORITY: "not_authority_asked",
}
USAGE_KINDS: Final = frozenset(
    {"channel", "classification", "category", "group", "tag", "programme", "place"}
    | {"hour", "weekday"}
)
MANAGEMENT_KINDS: Final = frozenset(
    {"received", "status", "tab", "overdue", "held_now", "flag", "rating", "rated"}
    | {"not_authority_accepted", "not_authority_rejected"}
    | set(_MARK_OF.values())
    | {
        f"{n}{s}"
        for n in ("verification", "follow_up", "settlement")
        for s in ("", "_measured", "_within")
    }
)
"""What stands before the colon of a mark, or is the whole of it."""
_PLACES_TALLIED = len("place:32.04")
RELEVANT: Final = tuple(
    sorted(
        {Action.VERIFY, Action.FOLLOW_UP, Action.OVERDUE, Action.ACCEPT_REQUEST}
        | {Action.REJECT_REQUEST, Action.END_REQUEST, *_CLOSING, *_MARK_OF}
    )
)
"""The actions whose lines figures depend on; no refused signals."""
