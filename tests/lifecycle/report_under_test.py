"""One report: put into a status, acted upon, looked at; dates by the national policy."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.lifecycle.actions import (
    REQUESTED_BY,
    ArchiveCategory,
    Classification,
    DeferralKind,
    FollowUpKind,
    ObjectionReason,
    RequestKind,
)
from shared.lifecycle.actions import Action as A
from shared.lifecycle.apply_clocks import apply_clocks
from shared.lifecycle.authority import Capacity as S
from shared.lifecycle.calendar import WorkingCalendar, Zone
from shared.lifecycle.clocks import COMPANIONS, Clock, ClockKind, start
from shared.lifecycle.commands import Command, Handing
from shared.lifecycle.decide import decide, decide_clock
from shared.lifecycle.decision import Decision, Entry
from shared.lifecycle.escalation import end_at_root
from shared.lifecycle.people import OPERATOR, REPORTER, SYSTEM, Actor, ActorKind, Role
from shared.lifecycle.policy import NATIONAL_DEFAULT
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import ENDED, Status

PROVINCE, DINAS, BIDANG, MINISTRY = 10, 100, 1000, 20
MONDAY = datetime(2027, 3, 1, 2, tzinfo=UTC)
"""09.00 in Jakarta."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALENDAR = WorkingCalendar(frozenset())

OFFICER = frozenset({S.HANDLER_STAFF})
HANDLER_ADMIN_OR_ABOVE = OFFICER | {S.HANDLER_ADMIN_OR_ABOVE}
ABOVE = HANDLER_ADMIN_OR_ABOVE | {S.ADMIN_ABOVE}
DECIDER = ABOVE | {S.DECIDER}
GRANTER = HANDLER_ADMIN_OR_ABOVE | {S.OBJECTION_GRANTER}
CITIZEN = frozenset({S.REPORTER})
AUTHOR = frozenset({S.AUTHOR})
PLATFORM = frozenset({S.OPERATOR})
CLOCKWORK = frozenset({S.SYSTEM})
NOBODY: frozenset[S] = frozenset()
WHO = {
    "officer": OFFICER,
    "handler's admin": HANDLER_ADMIN_OR_ABOVE,
    "admin above": ABOVE,
    "decider": DECIDER,
    "author": AUTHOR,
    "reporter": CITIZEN,
    "operator": PLATFORM,
    "system": CLOCKWORK,
    "somebody else": NOBODY,
}

PUSAT = Actor(kind=ActorKind.STAFF, staff_id=1, role=Role.CENTRAL_ADMIN, agency_id=1)
_ACTORS: dict[frozenset[S], Actor] = {
    OFFICER: Actor(kind=ActorKind.STAFF, staff_id=4, role=Role.LIAISON_OFFICER, agency_id=DINAS),
    HANDLER_ADMIN_OR_ABOVE: Actor(
        kind=ActorKind.STAFF, staff_id=3, role=Role.AGENCY_ADMIN, agency_id=DINAS
    ),
    ABOVE: Actor(kind=ActorKind.STAFF, staff_id=2, role=Role.AGENCY_ADMIN, agency_id=PROVINCE),
    DECIDER: Actor(kind=ActorKind.STAFF, staff_id=2, role=Role.AGENCY_ADMIN, agency_id=PROVINCE),
    GRANTER: Actor(kind=ActorKind.STAFF, staff_id=3, role=Role.AGENCY_ADMIN, agency_id=DINAS),
    DECIDER | GRANTER: Actor(
        kind=ActorKind.STAFF, staff_id=2, role=Role.AGENCY_ADMIN, agency_id=PROVINCE
    ),
    CITIZEN: REPORTER,
    PLATFORM: OPERATOR,
    CLOCKWORK: SYSTEM,
    NOBODY: Actor(kind=ActorKind.STAFF, staff_id=9, role=Role.AGENCY_ADMIN, agency_id=MINISTRY),
}
_CLOCKS = {
    Status.UNVERIFIED: (ClockKind.VERIFICATION,),
    Status.AGENCY_NOT_CONNECTED: (ClockKind.VERIFICATION,),
    Status.AWAITING_INFORMATION: (ClockKind.VERIFICATION, ClockKind.QUESTION),
    Status.INFORMATION_TO_EVALUATE: (ClockKind.VERIFICATION,),
    Status.VERIFIED: (ClockKind.FOLLOW_UP, ClockKind.SETTLEMENT),
    Status.FOLLOWED_UP: (ClockKind.AUTO_CLOSE,),
    Status.REPLIED_BY_REPORTER: (ClockKind.FOLLOW_UP,),
}
_PAUSED = (Status.AGENCY_NOT_CONNECTED, Status.AWAITING_INFORMATION)


class ReportUnderTest:
    """A report at a status as it would be on the Monday, at the dinas below the province; `do`
    acts upon it as the workflow and the record activity would."""

    def __init__(self, status: Status = Status.UNVERIFIED, **fields: Any) -> None:
        self.now = MONDAY
        question = status is Status.AWAITING_INFORMATION
        self.state = ReportState(
            **{
                "number": NOT_SPREAD,
                "version": 1,
                "entries": 1,
                "step_id": "submit",
                "last_step_at": MONDAY,
                "status": status,
                "chain": (PROVINCE, DINAS),
                "zone": Zone.WIB,
                "channel": "website",
                "classification": Classification.COMPLAINT_WITHOUT_OVERSIGHT,
                "submitted_at": MONDAY,
                "question_open": question,
                "ended_at": MONDAY if status in ENDED else None,
                "rating_until": MONDAY + 30 * DAY if status in ENDED else None,
                "clocks": tuple(_clock(kind, status, fields) for kind in _CLOCKS.get(status, ())),
                **fields,
            }
        )
        self.last: Decision | None = None
        self.path: tuple[int, ...] = (1, PROVINCE, DINAS)

    def command(self, action: A, who: frozenset[S], **details: Any) -> Command:
        return Command(
            **{
                "id": uuid.uuid4(),
                "number": self.state.number,
                "action": action,
                "actor": details.pop("actor", _ACTORS[who]),
                "capacities": who,
                "at": self.now,
                "handler_seen": self.state.handler_id,
                **NEEDED.get(action, {}),
                **details,
            }
        )

    def do(self, action: A, who: frozenset[S], **details: Any) -> ReportState:
        """The state afterwards; raises `Refused` and changes nothing where it is not allowed."""
        self._record(decide(self.state, self.command(action, who, **details), self.now))
        return self.state

    def ask(self, kind: RequestKind, who: frozenset[S] = OFFICER) -> uuid.UUID:
        """A request from below; its id."""
        state = self.do(A(f"request_{kind}"), who)
        pending = state.pending(kind)
        assert pending is not None
        return pending.id

    def wait(self, duration: timedelta) -> None:
        """Time passes; clocks fire at their deadlines."""
        until = self.now + duration
        while (clock := self.state.next_clock) and _deadline(clock) <= until:
            self.now = _deadline(clock)
            self._record(decide_clock(self.state, clock))
        self.now = until

    @property
    def lines(self) -> tuple[Entry, ...]:
        """What the last step added to the history."""
        assert self.last is not None
        return self.last.entries

    @property
    def clocks(self) -> dict[str, str]:
        """Every clock by name, but those that go with others: running, paused or overdue."""
        shown = (clock for clock in self.state.clocks if clock.kind not in COMPANIONS)
        return {clock.kind.value: _how(clock) for clock in shown}

    def left(self, kind: ClockKind) -> timedelta:
        """The working time that remains of a clock, running or paused."""
        clock = self.state.clock(kind)
        assert clock is not None
        if clock.deadline is None:
            return clock.remaining
        return CALENDAR.between(self.now, clock.deadline, clock.zone)

    def _record(self, decision: Decision) -> None:
        self.last = decision
        after = apply_clocks(self.state.clocks, decision, CALENDAR, NATIONAL_DEFAULT)
        self.state = end_at_root(after, self.path)


def handing(*chain: int, zone: Zone = Zone.WIB) -> Handing:
    return Handing(chain=chain, zone=zone)


NEEDED: dict[A, dict[str, Any]] = {
    A.VERIFY: {
        "handing": handing(PROVINCE, DINAS),
        "classification": Classification.COMPLAINT_WITHOUT_OVERSIGHT,
    },
    A.THROW: {"handing": handing(PROVINCE, DINAS, BIDANG)},
    A.FORWARD: {"handing": handing(PROVINCE, DINAS, BIDANG)},
    A.DEFER: {"deferral": DeferralKind.INCOMPLETE_DATA},
    A.ARCHIVE: {"archive_category": ArchiveCategory.UNCLEAR},
    A.FOLLOW_UP: {"follow_up_kind": FollowUpKind.FOLLOW_UP},
    A.CHANGE_COPIES: {"copies": (MINISTRY,)},
    **{A(f"request_{kind}"): {"decider_id": PROVINCE} for kind in REQUESTED_BY.values()},
    A.RECTIFY: {"rectifies": uuid.UUID(int=1)},
    A.OBJECT: {
        "objection_reason": ObjectionReason.NOT_SOLVED,
        "decider_id": PROVINCE,
        "ended_by_agency_id": DINAS,
    },
}
"""What an action cannot do without, as most tests want it."""

NOT_SPREAD = 10_000_200
"""A number of a report whose deadlines come at their ends exactly."""


def _clock(kind: ClockKind, status: Status, fields: dict[str, Any]) -> Clock:
    length = NATIONAL_DEFAULT.length(kind, None)
    clock = start(kind, length, MONDAY, Zone.WIB, CALENDAR, 1, NOT_SPREAD)
    held = kind is ClockKind.AUTO_CLOSE and fields.get("held")
    if held or (kind is ClockKind.VERIFICATION and status in _PAUSED):
        return clock.model_copy(update={"anchor": None, "deadline": None})
    return clock


def _how(clock: Clock) -> str:
    if clock.overdue:
        return "overdue"
    return "paused" if clock.deadline is None else "running"


def _deadline(clock: Clock) -> datetime:
    assert clock.deadline is not None
    return clock.deadline
