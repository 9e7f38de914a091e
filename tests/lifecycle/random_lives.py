"""Random commands for a report, legal ones mostly; for the pure model and the real workflow."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.lifecycle.actions import (
    REQUESTED_BY,
    Action,
    ArchiveCategory,
    BroughtBy,
    Classification,
    DeferralKind,
    FollowUpKind,
    ObjectionReason,
)
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import WorkingCalendar, Zone
from shared.lifecycle.check import allowed_actions
from shared.lifecycle.clocks import ClockKind, start
from shared.lifecycle.commands import Command, Handing, Succession
from shared.lifecycle.people import OPERATOR, REPORTER, SYSTEM, Actor, ActorKind, Role
from shared.lifecycle.policy import NATIONAL_DEFAULT
from shared.lifecycle.rules import RULES
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status

PROVINCE, DINAS, BIDANG = 10, 100, 1000
CALENDAR = WorkingCalendar(frozenset())
BELOW = {PROVINCE: (PROVINCE, DINAS), DINAS: (PROVINCE, DINAS, BIDANG)}

_ADMIN = Actor(kind=ActorKind.STAFF, staff_id=2, role=Role.AGENCY_ADMIN, agency_id=PROVINCE)
_OFFICER = Actor(kind=ActorKind.STAFF, staff_id=4, role=Role.LIAISON_OFFICER, agency_id=DINAS)
_ABOVE = frozenset({Capacity.HANDLER_ADMIN_OR_ABOVE, Capacity.HANDLER_STAFF, Capacity.ADMIN_ABOVE})
PEOPLE: tuple[tuple[Actor, frozenset[Capacity]], ...] = (
    (_ADMIN, _ABOVE),
    (_ADMIN, _ABOVE | {Capacity.DECIDER}),
    (_OFFICER, frozenset({Capacity.HANDLER_STAFF})),
    (REPORTER, frozenset({Capacity.REPORTER})),
    (SYSTEM, frozenset({Capacity.SYSTEM})),
    (OPERATOR, frozenset({Capacity.OPERATOR})),
)
_BY_SYSTEM = frozenset(
    {Action.AUTO_CLOSE, Action.CLOSING_NOTICE}
    | {Action.OVERDUE, Action.ESCALATE, Action.QUESTION_REMINDER}
)
COMMANDS = tuple(action for action in RULES if action not in _BY_SYSTEM)


def accepted(number: int, at: datetime) -> ReportState:
    """A report just accepted by the province."""
    clock = start(
        ClockKind.VERIFICATION,
        NATIONAL_DEFAULT.verification,
        at,
        Zone.WIB,
        CALENDAR,
        1,
        number,
    )
    return ReportState(
        number=number,
        version=1,
        entries=1,
        step_id="submit",
        last_step_at=at,
        status=Status.UNVERIFIED,
        chain=(PROVINCE,),
        zone=Zone.WIB,
        channel="website",
        classification=Classification.COMPLAINT,
        submitted_at=at,
        clocks=(clock,),
    )


@st.composite
def commands(draw: st.DrawFn, state: ReportState, at: datetime) -> Command:
    """A command at this state: four in five are allowed to who asks, the rest anything."""
    actor, capacities = draw(st.sampled_from(PEOPLE))
    legal = [a for a in allowed_actions(state, capacities) if a in COMMANDS]
    wild = not legal or draw(st.integers(0, 4)) == 0
    action = draw(st.sampled_from(COMMANDS if wild else legal))
    return Command(
        id=draw(st.uuids(version=4)),
        number=state.number,
        action=action,
        actor=actor,
        capacities=capacities,
        at=at,
        handler_seen=state.handler_id,
        reason_code="court_order" if actor == OPERATOR else None,
        **draw(_details(state, action)),
    )


_maybe = st.none() | st.booleans()
_flags = st.fixed_dictionaries({"anonymous": _maybe, "secret": _maybe, "priority": _maybe})


@st.composite
def _details(draw: st.DrawFn, state: ReportState, action: Action) -> dict[str, Any]:
    down = Handing(
        chain=BELOW.get(state.handler_id, (PROVINCE, DINAS)),
        zone=draw(st.sampled_from(Zone)),
    )
    if action in REQUESTED_BY:
        return {"decider_id": PROVINCE}
    match action:
        case Action.VERIFY:
            return {
                "handing": down,
                "classification": draw(st.sampled_from(Classification)),
                **draw(_flags),
            }
        case Action.AMEND:
            return draw(_flags)
        case Action.THROW | Action.FORWARD:
            return {"handing": down}
        case Action.DEFER:
            return {"deferral": draw(st.sampled_from(DeferralKind)), "awaited_agency_id": 20}
        case Action.ARCHIVE:
            return {"archive_category": draw(st.sampled_from(ArchiveCategory))}
        case Action.FOLLOW_UP:
            return {"follow_up_kind": draw(st.sampled_from(FollowUpKind))}
        case Action.REPLY | Action.COMPLETE_INFORMATION:
            return {"brought_by": draw(st.sampled_from(BroughtBy))}
        case Action.RECTIFY:
            return {"rectifies": uuid.UUID(int=1)}
        case Action.OBJECT:
            reason, about = draw(st.sampled_from(ObjectionReason)), {"decider_id": PROVINCE}
            return {"objection_reason": reason, "ended_by_agency_id": DINAS, **about}
        case Action.CHANGE_COPIES:
            return {"copies": tuple(draw(st.lists(st.integers(1, 5), max_size=3)))}
        case Action.LINK:
            return {"main_number": draw(st.integers(1, 3))}
        case Action.SUCCEED:
            taken, taking = draw(st.permutations([PROVINCE, DINAS, BIDANG]))[:2]
            return {"succession": Succession(agency_id=taken, successor_id=taking, zone=Zone.WITA)}
        case Action.ACCEPT_REQUEST | Action.REJECT_REQUEST | Action.WITHDRAW_REQUEST:
            ids = [r.id for r in state.requests] or [uuid.UUID(int=1)]
            return {"request_id": draw(st.sampled_from(ids))}
    return {}


pauses = st.sampled_from(
    [
        timedelta(0),
        timedelta(minutes=1),
        timedelta(hours=7),
        timedelta(days=1),
        timedelta(days=4),
        timedelta(days=15),
        timedelta(days=90),
    ]
)
"""Time between two things that happen."""
