"""A person's access to a report: the report's state, and the person's capacities there."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.command_requests.directory import Agency, agencies
from shared.database.lifecycle import Report
from shared.database.views import ReportOwner
from shared.http.problems import not_found
from shared.http.tokens import Partner, Principal, ReportBearer, ReporterPrincipal, Staff
from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.authority import Capacity, capacities, decides
from shared.lifecycle.check import allowed_actions
from shared.lifecycle.people import ADMINS, REPORTER, Actor, ActorKind, Role
from shared.lifecycle.rules import RULES
from shared.lifecycle.state import PendingRequest, ReportState
from shared.lifecycle.statuses import TO_BE_VERIFIED


@dataclass(frozen=True)
class ReportAccess:
    """A person's access to a report, from which a command is made.

    `known` holds the agencies of the handler's path and those that decide pending requests; for
    one's own requests also the agencies above these. `own_path` leads from the root to the agency
    of a member of staff. `request` is the pending one that a command decides or withdraws.
    """

    state: ReportState
    actor: Actor
    capacities: frozenset[Capacity]
    handler: Agency
    known: dict[int, Agency]
    own_path: tuple[int, ...] = ()
    request: PendingRequest | None = None
    by_sms: bool = False
    """The reporter writes by SMS: the sender cannot be confirmed."""

    @property
    def own_agency_id(self) -> int:
        """The agency of a member of staff."""
        assert self.actor.agency_id is not None
        return self.actor.agency_id

    @property
    def only_reads(self) -> bool:
        """Whether the person is an overseer, who may only read."""
        return self.actor.role is not None and self.actor.role.only_reads

    @property
    def by_copy(self) -> bool:
        """Whether a member of staff reads only because an agency of theirs has a copy.

        An overseer reads every report like a copy.
        """
        if self.only_reads:
            return True
        agency_id = self.actor.agency_id
        return agency_id is not None and not self.handler.is_or_stands_below(agency_id)

    @property
    def arrival_hidden(self) -> bool:
        """Whether the exact time of arrival is hidden from this person, for every report.

        Numbers grow with time: the reports before and after an anonymous one would show when it
        came.
        """
        return self.actor.role is None or not self.actor.role.reads_arrivals

    @property
    def reporter_times_hidden(self) -> bool:
        """Whether the times of the reporter's later steps are hidden too.

        They are hidden from readers of a copy, and for an anonymous report from all but pusat: they
        could identify a person who was seen using a phone then.
        """
        return self.by_copy or self.maker_hidden

    @property
    def deadlines_hidden(self) -> bool:
        """Whether the deadlines are hidden too, because one of these times can be calculated from
        each."""
        unverified = self.state.status in TO_BE_VERIFIED
        return self.reporter_times_hidden or (self.arrival_hidden and unverified)

    @property
    def maker_hidden(self) -> bool:
        """Whether it is hidden who entered the report: it is anonymous, and this person is not of
        pusat."""
        return self.state.anonymous and self.arrival_hidden

    @property
    def reporter_hidden(self) -> Literal["anonymous", "copy", "below"] | None:
        """Why this member of staff does not see who the reporter is; None if they do.

        `anonymous`: nobody does; `copy`: they read a copy; `below`: an officer, who may do nothing
        for a report of an agency below.
        """
        if self.state.anonymous:
            return "anonymous"
        if self.by_copy:
            return "copy"
        officer = self.actor.role is Role.LIAISON_OFFICER
        return "below" if officer and self.handler.id != self.actor.agency_id else None

    def capacities_for(self, request_id: UUID | None) -> frozenset[Capacity]:
        """The capacities for one request: with `DECIDER` only if this person decides it."""
        request = self.state.request(request_id)
        if request is None:
            return self.capacities
        others = self.capacities - _TOWARDS_REQUESTS
        return others | self._capacities_by([request])

    def decides(self, request: PendingRequest) -> bool:
        actor, decider = self.actor, self.known.get(request.decider_id)
        if actor.staff_id is None or actor.role is None or actor.agency_id is None:
            return False
        path = decider.path if decider else ()
        others = any(id not in self.known for id in path) or (
            sum(self.known[id].admins for id in path) > 1
        )
        return decides(actor.role, actor.agency_id, actor.staff_id, request, path, others=others)

    def capacities_by_requests(self) -> frozenset[Capacity]:
        """The capacities by pending requests; while not-authority is pending, it alone counts."""
        not_authority = self.state.pending(RequestKind.NOT_AUTHORITY)
        return self._capacities_by([not_authority] if not_authority else self.state.requests)

    def grants(self, request: PendingRequest) -> bool:
        """Whether this person may accept the request, though they perhaps may not reject it."""
        return request.by_reporter and Capacity.HANDLER_ADMIN_OR_ABOVE in self.capacities

    def _capacities_by(self, requests: Collection[PendingRequest]) -> frozenset[Capacity]:
        decided = [request for request in requests if self.decides(request)]
        capacities = {Capacity.DECIDER} if decided else set()
        if any(request.staff_id == self.actor.staff_id for request in decided):
            capacities.add(Capacity.SOLE_DECIDER)
        if any(self.grants(request) for request in requests):
            capacities.add(Capacity.OBJECTION_GRANTER)
        return frozenset(capacities)


async def access_to(
    session: AsyncSession, principal: Principal, number: int, action: Action
) -> ReportAccess:
    """Anybody's access to a report for this action. 404 if they may not know that it exists."""
    if isinstance(principal, Staff):
        as_author = action is Action.RECTIFY
        return await staff_access(session, principal, number, as_author=as_author)
    return await reporter_access(session, principal, number)


async def staff_access(
    session: AsyncSession, staff: Staff, number: int, *, as_author: bool = False
) -> ReportAccess:
    """The access of a member of staff to a report. 404 if they may not know that it exists.

    `as_author`: access also to take back what their agency wrote before it handed the report on.
    """
    row = (await session.execute(_BEFORE_STAFF, {"number": number})).one_or_none()
    if row is None:
        raise not_found("report_not_found")
    state = ReportState.model_validate(row.state)
    known = {agency["id"]: Agency.model_validate(agency) for agency in row.known}
    authored = as_author and await followed_up_by(session, staff.agency_id, staff.role, number)
    if not authored and not _may_read(staff, state, known[state.handler_id], known):
        raise not_found("report_not_found")
    access = access_of(staff, state, known)
    if authored:
        return replace(access, capacities=access.capacities | {Capacity.AUTHOR})
    return access


async def readable(session: AsyncSession, staff: Staff, numbers: Collection[int]) -> list[int]:
    """Those of these reports of which this member of staff may know."""
    rows = await session.scalars(select(col(Report.state)).where(col(Report.number).in_(numbers)))
    states = [ReportState.model_validate(state) for state in rows]
    concerned = {i for state in states for i in (state.handler_id, *state.copies)}
    known = await agencies(session, concerned)
    return [s.number for s in states if _may_read(staff, s, known[s.handler_id], known)]


async def followed_up_by(
    session: AsyncSession, agency_id: int, role: str | None, number: int
) -> bool:
    """Whether the agency, or for an admin also one below it, wrote a follow-up of the report."""
    asked = {"agency_id": agency_id, "number": number, "action": Action.FOLLOW_UP}
    asked["below"] = role in ADMINS
    return bool(await session.scalar(_FOLLOWED_UP_BY, asked))


def access_of(staff: Staff, state: ReportState, known: dict[int, Agency]) -> ReportAccess:
    """The access of a member of staff to a state that was read before.

    `known` holds at least the handler and the agencies that decide its requests.
    """
    handler = known[state.handler_id]
    actor = Actor(
        kind=ActorKind.STAFF, staff_id=staff.id, role=staff.role, agency_id=staff.agency_id
    )
    own = capacities(staff.role, staff.agency_id, handler.path, admin_above=handler.admin_above)
    access = ReportAccess(state, actor, own, handler, known, staff.agency_path)
    return replace(access, capacities=own | access.capacities_by_requests())


def actions_open_to(access: ReportAccess) -> tuple[Action, ...]:
    """The actions open to this person now, in the table's order.

    They may withdraw only their own requests, and the root agency may not request not-authority.
    """
    actions = set(allowed_actions(access.state, access.capacities))
    requests = access.state.requests
    if not any(request.asked_by(access.actor.staff_id) for request in requests):
        actions.discard(Action.WITHDRAW_REQUEST)
    roots = {access.handler.path[0]} & {access.handler.id, access.actor.agency_id}
    if roots:
        actions.discard(Action.REQUEST_NOT_AUTHORITY)
    return tuple(action for action in RULES if action in actions)


async def reporter_access(
    session: AsyncSession, principal: ReporterPrincipal, number: int
) -> ReportAccess:
    """A reporter's, bearer's or partner system's access to their own report. 404 for any other."""
    state = await _state(session, number)
    if not await owns(session, principal, number):
        raise not_found("report_not_found")
    known = await agencies(session, [state.handler_id])
    actor = REPORTER
    if isinstance(principal, Partner):
        actor = Actor(kind=ActorKind.PARTNER, system=principal.system)
    owner = frozenset({Capacity.REPORTER})
    by_sms = isinstance(principal, ReportBearer) and principal.by_sms
    return ReportAccess(state, actor, owner, known[state.handler_id], known, by_sms=by_sms)


async def owns(session: AsyncSession, principal: ReporterPrincipal, number: int) -> bool:
    """Whether the report is this reporter's: of their account, opened by its code, or brought by
    this partner system."""
    if isinstance(principal, ReportBearer):
        return principal.number == number
    if isinstance(principal, Partner):
        brought_by = select(col(Report.system)).where(col(Report.number) == number)
        return await session.scalar(brought_by) == principal.system
    owner = await session.get(ReportOwner, number)
    return owner is not None and owner.reporter_id == principal.account_id


_TOWARDS_REQUESTS = frozenset({Capacity.DECIDER, Capacity.SOLE_DECIDER, Capacity.OBJECTION_GRANTER})


async def _state(session: AsyncSession, number: int) -> ReportState:
    stored = await session.scalar(select(col(Report.state)).where(col(Report.number) == number))
    if stored is None:
        raise not_found("report_not_found")
    return ReportState.model_validate(stored)


def _may_read(staff: Staff, state: ReportState, handler: Agency, known: dict[int, Agency]) -> bool:
    """Whether the person's own agency or one below handles the report or has a copy."""
    if handler.is_or_stands_below(staff.agency_id):
        return True
    copies = (known[c] for c in state.copies if c in known)
    return any(copy.is_or_stands_below(staff.agency_id) for copy in copies)


_FOLLOWED_UP_BY = text("""
SELECT EXISTS (
    SELECT FROM lifecycle.history h JOIN routing.agency_directory d ON d.id = h.agency_id
    WHERE h.number = :number AND h.action = :action
        AND (d.id = :agency_id OR :below AND :agency_id = ANY (d.path))
)
""")

# Written by hand: every action and reading of staff asks this, in one exchange instead of three. It
# reads the report and the agencies of the handler's path, of the deciders of requests, and of
# copies.
_BEFORE_STAFF = text("""
SELECT r.state, (
    SELECT jsonb_agg(d) FROM routing.agency_directory d
    WHERE d.id = ANY (
        handler.path
        || ARRAY(SELECT unnest(decider.path) FROM jsonb_array_elements(r.state -> 'requests') q
                 JOIN routing.agency_directory decider
                 ON decider.id = (q ->> 'decider_id')::bigint)
        || ARRAY(SELECT jsonb_array_elements_text(r.state -> 'copies')::bigint))
) AS known
FROM lifecycle.report r JOIN routing.agency_directory handler ON handler.id = r.handler_id
WHERE r.number = :number
""")
