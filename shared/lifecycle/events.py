"""Events: what is published about a step, as codes, ids and times only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.actions import Action, FollowUpOutcome, RequestKind
from shared.lifecycle.people import ActorKind
from shared.lifecycle.rules import RULES
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import TAB_OF, TO_BE_VERIFIED, Status, Tab

EVENT_OF: dict[Action, str] = {
    Action.SUBMIT: "submitted",
    **{rule.action: rule.event for rule in RULES.values() if rule.event},
}
"""The event of each recorded action; an accepted request is published as the action it performs.
The subject is `lapor.v1.report.<event>`."""

OBJECTION_REJECTED = "objection_rejected"
"""The reporter's objection was rejected: the reporter is notified of it, unlike of other
rejections."""


def event_of(action: Action, details: Mapping[str, Any]) -> str:
    """The event of a step; `details` are those of its history line."""
    if action is Action.REJECT_REQUEST and details.get("request") == RequestKind.OBJECTION:
        return OBJECTION_REJECTED
    return EVENT_OF[action]


REFUSED_SIGNAL_EVENT = "signal_refused"

EVENTS = frozenset(EVENT_OF.values()) | {REFUSED_SIGNAL_EVENT, OBJECTION_REJECTED}

INTERNAL_EVENTS = frozenset(
    {
        *(rule.event for rule in RULES.values() if rule.event and rule.internal),
        EVENT_OF[Action.SUCCEED],
        REFUSED_SIGNAL_EVENT,
    }
)
"""Events that are not sent to partner systems, because they are the agencies' internal affairs."""

_CLOCK_ENDS = frozenset(
    {
        *(Action.OVERDUE, Action.ESCALATE, Action.QUESTION_REMINDER),
        *(Action.CLOSING_NOTICE, Action.AUTO_CLOSE),
    }
)
"""Steps that a clock makes: each comes an exact time, to the second, after another step."""
_LATE = frozenset({Action.OVERDUE, Action.ESCALATE})

_WAITING = frozenset({Tab.UNVERIFIED, Tab.DEFERRED})
_FIRST_STEP = 2
"""The version of a report after its first step; a report is submitted as version 1."""


class ReportEvent(BaseModel):
    """The data of an event. `version` orders the events of one report, without gaps."""

    model_config = ConfigDict(frozen=True)

    number: int
    version: int
    event: str
    action: Action
    actor_kind: ActorKind
    at: datetime
    from_status: Status | None
    status: Status
    tab: Tab
    handler_id: int
    chain: tuple[int, ...]
    copies: tuple[int, ...]
    channel: str
    system: str | None
    held: bool
    overdue: bool
    due_at: datetime | None
    auto_close_at: datetime | None
    rating_until: datetime | None = None
    """If the report has ended: until when its reporter may rate it and object to it."""
    escalated_to: int | None = None
    details: dict[str, Any]

    @classmethod
    def of_step(
        cls,
        after: ReportState,
        *,
        event: str,
        action: Action,
        actor_kind: ActorKind,
        at: datetime,
        from_status: Status | None,
        details: dict[str, Any],
        escalated_to: int | None = None,
    ) -> "ReportEvent":
        """The event of a step (or the submission) after which the report is in state `after`."""
        return cls(
            number=after.number,
            version=after.version,
            event=event,
            action=action,
            actor_kind=actor_kind,
            at=at,
            from_status=from_status,
            status=after.status,
            tab=TAB_OF[after.status],
            handler_id=after.handler_id,
            chain=after.chain,
            copies=after.copies,
            channel=after.channel,
            system=after.system,
            held=after.held,
            overdue=after.overdue,
            due_at=after.due_at,
            auto_close_at=after.auto_close_at,
            rating_until=after.rating_until,
            escalated_to=escalated_to,
            details=details,
        )


def shows_arrival(action: Action | str, status: Status | str) -> bool:
    """Whether the time of this step shows when the report came, for any report.

    The step is the submission, or lateness or an escalation while nobody has verified the report.
    `status` is the report's status after the step.
    """
    return action == Action.SUBMIT or (action in _LATE and status in TO_BE_VERIFIED)


def may_show_arrival(event: ReportEvent) -> bool:
    """Whether the event's time can show when the report came.

    That is so if the report was not verified before the step, or if it is the first step of all.
    """
    before = TAB_OF[event.from_status] if event.from_status else event.tab
    waits = not {event.tab, before}.isdisjoint(_WAITING)
    return waits or event.action is Action.VERIFY or event.version <= _FIRST_STEP


def is_of_reporter(
    action: Action | str, actor_kind: ActorKind | str, details: Mapping[str, Any]
) -> bool:
    """Whether the time of this step shows when the reporter was active.

    The reporter made the step, or staff who met them at a visit, by a call or a letter recorded it,
    or a clock made it that may have started when the reporter was active.
    """
    themselves = actor_kind in (ActorKind.REPORTER, ActorKind.PARTNER)
    return themselves or action in _CLOCK_ENDS or bool(details.get("brought_by"))


def shows_reporter_activity(event: ReportEvent) -> bool:
    """Whether the event's time shows when the reporter was active.

    The report came then, or the person who entered it may have gone on at once, or `is_of_reporter`
    is true.
    """
    return may_show_arrival(event) or is_of_reporter(event.action, event.actor_kind, event.details)


def hides_time(event: ReportEvent, *, anonymous: bool) -> bool:
    """Whether the event's time is hidden from everybody below pusat.

    For an anonymous report this covers every time that tells of its reporter, for other reports the
    times that show when they came.
    """
    if anonymous:
        return shows_reporter_activity(event)
    return shows_arrival(event.action, event.status)


class PartnerEvent(BaseModel):
    """What a partner system receives about its own report; it reads the words by HTTP at
    `url`."""

    model_config = ConfigDict(frozen=True)

    number: int
    external_id: str
    version: int
    event: str
    at: datetime
    status: Status
    due_at: datetime | None
    overdue: bool
    rating_until: datetime | None = None
    """If the report has ended: until when its reporter may rate it and object to it."""
    outcome: FollowUpOutcome | None = None
    """For a follow-up proper: whether what was asked for is done, or cannot be met."""
    url: str
