"""The marks that figures count, computed from one report's history. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.reporting.statistics.marks import (
    ANSWERED_BY,
    CLOSED_UNANSWERED,
    MARK_OF,
    NONE,
    OFTEN,
    VERIFIED_BY,
)
from shared.lifecycle.actions import Action, FollowUpKind, RequestKind
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import CLOSED, ENDED, TAB_OF, Status

TENTH: Final = timedelta(days=1) / 10


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history, with only what figures depend on."""

    at: datetime
    action: Action
    staff_id: int | None
    agency_id: int | None
    to_status: Status
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The present state of a report. `path` is its handler's, root first; `zone` is the
    handler's."""

    number: int
    version: int
    status: Status
    path: tuple[int, ...]
    zone: Zone
    channel: str
    classification: str | None
    category_id: int | None
    programme_id: int | None
    tag_ids: tuple[int, ...]
    region_code: str | None
    anonymous: bool
    secret: bool
    priority: bool
    overdue: bool
    submitted_at: datetime
    rating: int | None
    solved: bool | None
    rated_now: bool
    """Whether the rating is of the present closing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A report in the statistics. It counts once for each of `marks`, on its day of submission (in
    the handler's time zone), for the handler and every agency above."""

    number: int
    version: int
    path: tuple[int, ...]
    day: date
    region_code: str | None
    marks: tuple[str, ...]


def fact_of(report: ReportRow, steps: Sequence[Step]) -> Fact:
    """Return the fact of a report. `steps` are in the order of its history, without refused
    signals."""
    local = report.submitted_at.astimezone(report.zone.offset)
    marks = [
        *_row(report),
        *_usage(report),
        *_done(steps),
        f"handed_over:{min(hand_overs(steps), OFTEN)}",
        *_comes_to(report, steps),
        *_measured(report, steps),
        f"hour:{local.hour}",
        f"weekday:{local.weekday()}",
    ]
    return Fact(
        number=report.number,
        version=report.version,
        path=report.path,
        day=local.date(),
        region_code=report.region_code,
        marks=tuple(dict.fromkeys(marks)),
    )


def hand_overs(steps: Sequence[Step]) -> int:
    """Return how often the report changed hands. It does not count when an agency takes the place
    of one that was removed."""
    return sum(
        handed_to(step) not in (None, step.details.get("from_handler"))
        for step in steps
        if step.action not in (Action.SUBMIT, Action.SUCCEED)
    )


def handed_to(step: Step) -> int | None:
    """Return the handler that the step names; on submission, the first one."""
    handler = step.details.get("to_handler")
    return None if handler is None else int(handler)


def _row(report: ReportRow) -> Iterator[str]:
    yield "received"
    yield f"status:{report.status}"
    yield f"tab:{TAB_OF[report.status]}"
    if report.overdue and report.status not in ENDED:
        yield "overdue"
    if report.rating is not None:
        yield "rated"
        yield f"rating:{report.rating}"
        if report.status in CLOSED and report.rated_now:
            yield f"answered:{report.status}"
    if report.solved is not None:
        yield f"solved:{'yes' if report.solved else 'no'}"


def _usage(report: ReportRow) -> Iterator[str]:
    yield f"channel:{report.channel}"
    yield f"classification:{report.classification or NONE}"
    yield f"category:{report.category_id or NONE}"
    yield from (f"tag:{tag}" for tag in report.tag_ids)
    if report.programme_id:
        yield f"programme:{report.programme_id}"
    parts = report.region_code.split(".") if report.region_code else []
    yield from (f"place:{'.'.join(parts[:depth])}" for depth in range(1, len(parts) + 1))
    if not parts:
        yield f"place:{NONE}"
    yield from (f"flag:{flag}" for flag in _FLAGS if getattr(report, flag))


def _done(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        request = step.details.get("request")
        if step.action in MARK_OF:
            yield MARK_OF[step.action]
        elif request == RequestKind.NOT_AUTHORITY:
            if step.action is Action.END_REQUEST and step.details.get("accepted"):
                yield "not_authority_accepted"
            elif step.action is Action.REJECT_REQUEST:
                yield "not_authority_rejected"


def _comes_to(report: ReportRow, steps: Sequence[Step]) -> Iterator[str]:
    """Yield the marks for the outcome of the last follow-up proper, for how an objection to the
    closing ended, and for a closing by the system that the reporter never answered."""
    proper = [step for step in steps if step.details.get("outcome")]
    if proper:
        yield f"outcome:{proper[-1].details['outcome']}"
        if reason := proper[-1].details.get("unmet_reason"):
            yield f"unmet_reason:{reason}"
    objection = None
    for step in steps:
        if step.action is Action.OBJECT:
            objection = "objection_waiting"
        elif step.details.get("request") == RequestKind.OBJECTION:
            refused = step.action is Action.REJECT_REQUEST
            objection = "objection_refused" if refused else "objection_granted"
    if objection is not None:
        yield objection
    answers = {Action.REPLY, Action.RATE}
    if report.status is Status.CLOSED_BY_SYSTEM and not any(s.action in answers for s in steps):
        yield CLOSED_UNANSWERED


def _measured(report: ReportRow, steps: Sequence[Step]) -> Iterator[str]:
    """Yield the marks of elapsed times, whichever agencies held the report. Each time ends at the
    first step of its kind: verification is from submission; follow-up (of either kind) and
    settlement (the first *tindak lanjut*) are from the first verification; the answer, that same
    *tindak lanjut*, is from submission."""
    verified = _first(steps, Action.VERIFY)
    if verified is None:
        return
    yield from _total("verification", report.submitted_at, verified)
    if not (report.anonymous and verified.staff_id == _maker(steps)):
        yield from _by(VERIFIED_BY, verified)
    later = steps[steps.index(verified) :]
    answered = _first(later, Action.FOLLOW_UP)
    if answered is None:
        return
    yield from _total("follow_up", verified.at, answered)
    yield from _by(ANSWERED_BY, answered)
    for step in later:
        if step.details.get("follow_up_kind") == FollowUpKind.FOLLOW_UP:
            yield from _total("settlement", verified.at, step)
            yield from _total("answer", report.submitted_at, step)
            return


def _total(name: str, begin: datetime, end: Step) -> Iterator[str]:
    yield f"{name}_total_measured"
    yield f"{name}_total:{-((begin - end.at) // TENTH)}"


def _by(kind: str, step: Step) -> Iterator[str]:
    if step.staff_id is not None and step.agency_id is not None:
        yield f"{kind}:{step.agency_id}:{step.staff_id}"


def _maker(steps: Sequence[Step]) -> int | None:
    """Return the member of staff who entered the report. For an anonymous report, nobody is shown
    this."""
    submitted = _first(steps, Action.SUBMIT)
    return submitted.staff_id if submitted else None


def _first(steps: Sequence[Step], action: Action) -> Step | None:
    return next((step for step in steps if step.action is action), None)


_FLAGS = ("anonymous", "secret", "priority")
RELEVANT: Final = tuple(
    sorted(
        {Action.SUBMIT, Action.VERIFY, Action.FOLLOW_UP, Action.OVERDUE}
        | {
            Action.REJECT_REQUEST,
            Action.WITHDRAW_REQUEST,
            Action.END_REQUEST,
            Action.RATE,
            Action.RESTORE,
            *MARK_OF,
        }
    )
)
"""The actions whose lines the figures depend on, in addition to those that change status or
handler."""
