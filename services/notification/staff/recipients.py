"""Finds the staff whom an event concerns, with one set of queries for a batch of events."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.staff_table import (
    DEADLINE_NEAR,
    EMERGENCY,
    StaffKind,
    may_be_at_once,
)
from services.notification.messages.table import Audience, MessageRule
from shared.clock import now
from shared.command_requests.directory import works_on_reports
from shared.database.lifecycle import HistoryEntry, Report
from shared.database.report_lists import RequestRow
from shared.database.views import AgencyEntry, StaffEntry, StandInEntry
from shared.lifecycle.actions import REQUESTED_BY, RequestKind
from shared.lifecycle.calendar import Zone
from shared.lifecycle.events import (
    ReportEvent,
    is_of_reporter,
    may_show_arrival,
    shows_arrival,
)
from shared.lifecycle.people import ADMINS, Role
from shared.lifecycle.statuses import Tab
from shared.owed.responsibilities import DECIDING

EventAndRule = tuple[ReportEvent, MessageRule]
_SUBMISSION = 1
"""The version of a report's first step."""


@dataclass(frozen=True)
class Recipient:
    """A member of staff who is notified. `at_once`: the report allows mail at once, whatever they
    chose. `hidden`: the report is anonymous to them, so no time may reveal when its reporter acted.
    `hour_alone`: the time of the notice would reveal that, or when the report came. `zone`: of the
    agency that owes the step. `about`: the kind of request, its deadline and who decided it.
    `stands_in_for`: the absent colleague whom this concerns in the first place."""

    staff_id: int
    role: Role
    at_once: bool
    hidden: bool
    hour_alone: bool
    zone: Zone
    about: Mapping[str, Any] = field(default_factory=dict)
    stands_in_for: int | None = None


async def recipients_of(
    session: AsyncSession, events: Sequence[EventAndRule]
) -> list[tuple[ReportEvent, MessageRule, Recipient]]:
    """The recipients of each event, with stand-ins, without the person who took the step."""
    directory = await _load_directory(session, [event for event, _ in events])
    return [
        (event, rule, recipient)
        for event, rule in events
        for recipient in directory.recipients_for(event, rule)
    ]


@dataclass(frozen=True)
class _Directory:
    agencies: Mapping[int, AgencyEntry]
    staff: Mapping[int, Sequence[StaffEntry]]
    """Active people, by agency."""
    reports: Mapping[int, Mapping[str, Any]]
    requests: Mapping[int, Sequence[RequestRow]]
    actors: Mapping[tuple[int, int], int]
    """The member of staff who took a step, by report number and version."""
    stand_ins: Mapping[int, int]
    """The stand-in of each person who is away today."""

    def recipients_for(self, event: ReportEvent, rule: MessageRule) -> list[Recipient]:
        report = self.reports.get(event.number)
        if report is None:
            return []
        at_once = may_be_at_once(
            StaffKind(rule.kind),
            priority=report["priority"],
            classification=report["classification"],
        )
        people = {person.id: person for person in self._people(event, rule.audience, at_once)}
        absent = self._add_stand_ins(people)
        if rule not in (DEADLINE_NEAR, EMERGENCY):  # these are no steps of the report
            people.pop(self.actors.get((event.number, event.version), 0), None)
        concerned = [(id, Role(person.role)) for id, person in people.items()]
        came = shows_arrival(event.action, event.status)
        waits = self._waits_for_the_hour(event)
        handler = self.agencies.get(event.handler_id)
        recipients = []
        for id, role in concerned:
            hidden = report["anonymous"] and not role.reads_arrivals
            recipients.append(
                Recipient(
                    staff_id=id,
                    role=role,
                    at_once=at_once,
                    hidden=hidden,
                    hour_alone=(hidden and waits) or (came and not role.reads_arrivals),
                    zone=Zone(handler.zone) if handler else Zone.WIB,
                    about=self._about(event, rule.audience, absent.get(id, id)),
                    stands_in_for=absent.get(id),
                )
            )
        return recipients

    def _waits_for_the_hour(self, event: ReportEvent) -> bool:
        """Whether mail at once would reveal when an anonymous reporter acted. They took the step,
        or a clock has ended; the report waits for verification; or staff entered it, and may have
        verified it in the same minute."""
        waits = event.tab in (Tab.UNVERIFIED, Tab.DEFERRED)
        if waits or is_of_reporter(event.action, event.actor_kind, event.details):
            return True
        entered = self.actors.get((event.number, _SUBMISSION)) is not None
        return entered and may_show_arrival(event)

    def _add_stand_ins(self, people: dict[int, StaffEntry]) -> dict[int, int]:
        """Add the people who stand in for these today, and in turn for absent stand-ins. Returns,
        for each person added, the one whom they stand in for in the end."""
        waiting = list(people.values())
        stands_in_for: dict[int, int] = {}
        while waiting:
            absent = waiting.pop()
            for stand_in in self._by_id(self.stand_ins.get(absent.id), absent.agency_id):
                if stand_in.id not in people:
                    people[stand_in.id] = stand_in
                    stands_in_for[stand_in.id] = stands_in_for.get(absent.id, absent.id)
                    waiting.append(stand_in)
        return stands_in_for

    def _people(
        self, event: ReportEvent, audience: Audience, at_once: bool
    ) -> Iterable[StaffEntry]:
        if audience is Audience.HANDLER:
            return self._handlers(event)
        if audience is Audience.DECIDER:
            return self._deciders(event)
        if audience is Audience.ASSIGNEE:
            return self._by_id(event.details.get("assignee_id"), event.handler_id)
        if audience is Audience.ASKER:
            return self._askers(event)
        if audience is Audience.SECOND_PERSON:
            return self._others_of_pusat(event)
        agency_id = event.escalated_to
        if agency_id is None or agency_id not in self.agencies:
            return []
        # Pusat has figures of late reports; single notices would hide what is urgent.
        at_the_root = self.agencies[agency_id].parent_id is None
        return [] if at_the_root and not at_once else self._admins(agency_id)

    def _handlers(self, event: ReportEvent) -> Iterable[StaffEntry]:
        """The people who owe the step: its assignee, otherwise those at the handling agency who can
        do it, or the admins of the nearest agency above it that has any."""
        if event.tab not in DECIDING:
            assignee = self.reports[event.number]["assignee_id"]
            if assigned := self._by_id(assignee, event.handler_id):
                return assigned
            of_handler = self.staff.get(event.handler_id, ())
            if officers := [p for p in of_handler if p.role == Role.LIAISON_OFFICER]:
                return officers
        return self._nearest_admins(event.handler_id)

    def _deciders(self, event: ReportEvent) -> Iterable[StaffEntry]:
        """The admins of the deciding agency, or the nearest above it with an admin who did not make
        the request. An objection also goes to those of the handling agency, or the nearest above it
        with any, as they may accept it."""
        people: list[StaffEntry] = []
        for request in self._waiting(event):
            upwards = (self._admins(id) for id in self._upwards(request.decider_id))
            others = ([p for p in admins if p.id != request.staff_id] for admins in upwards)
            people += next((admins for admins in others if admins), [])
            if request.kind == RequestKind.OBJECTION:
                people += self._nearest_admins(event.handler_id)
        return people

    def _waiting(self, event: ReportEvent) -> list[RequestRow]:
        """The requests of this event that wait for a decision."""
        objected = event.event == "objected"
        return [
            request
            for request in self.requests.get(event.number, ())
            if request.decision is None
            and (
                _names(event, request)
                or (
                    request.decider_id == event.details.get("decider_id")
                    and (request.kind == RequestKind.OBJECTION) is objected
                )
            )
        ]

    def _others_of_pusat(self, event: ReportEvent) -> Iterable[StaffEntry]:
        root = next((id for id, unit in self.agencies.items() if unit.parent_id is None), None)
        of_pusat = self.staff.get(root, ()) if root is not None else ()
        asker = event.details["asked_by"]
        return [p for p in of_pusat if p.role == Role.CENTRAL_ADMIN and p.id != asker]

    def _askers(self, event: ReportEvent) -> Iterable[StaffEntry]:
        """The people whose requests this step decides."""
        return [
            person
            for request in self._decided(event)
            for person in self._by_id(request.staff_id, request.agency_id)
        ]

    def _decided(self, event: ReportEvent) -> list[RequestRow]:
        """The requests that this step decides, without objections, which staff do not make."""
        return [
            request
            for request in self.requests.get(event.number, ())
            if request.kind != RequestKind.OBJECTION
            and request.decision in ("accepted", "rejected")
            and (_names(event, request) or request.decided_at == event.at)
        ]

    def _about(self, event: ReportEvent, audience: Audience, person: int) -> dict[str, Any]:
        """Facts about the request: codes and the name of an agency, but no words. `with_arrival`:
        the person who decided had also entered the report."""
        if audience is Audience.DECIDER:
            asked = REQUESTED_BY.get(event.action)
            request = next(iter(self._waiting(event)), None)
            due_at = request.due_at if request else None
            return {
                "request": asked or (request.kind if request else None),
                "decide_by": due_at.isoformat() if due_at else None,
            }
        if audience is Audience.SECOND_PERSON:
            return {"request_id": event.details["request_id"]}
        if audience is not Audience.ASKER:
            return {}
        decided = self._decided(event)
        own = [request for request in decided if request.staff_id == person]
        about: dict[str, Any] = {"request": next((r.kind for r in own or decided), None)}
        decider = self.actors.get((event.number, event.version))
        entered = self.actors.get((event.number, _SUBMISSION)) == decider
        for people in self.staff.values():
            for each in people:
                if each.id == decider:
                    agency = self.agencies.get(each.agency_id)
                    about |= {"by": each.role, "by_agency": agency and agency.name}
                    return about | {"with_arrival": entered and may_show_arrival(event)}
        return about | {"by": event.actor_kind.value}

    def _by_id(self, staff_id: int | None, agency_id: int) -> list[StaffEntry]:
        """The person, if they are still active at that agency."""
        return [person for person in self.staff.get(agency_id, ()) if person.id == staff_id]

    def _admins(self, agency_id: int) -> list[StaffEntry]:
        return [person for person in self.staff.get(agency_id, ()) if person.role in ADMINS]

    def _nearest_admins(self, agency_id: int) -> list[StaffEntry]:
        """The admins of the agency, or of the nearest one above it that has any."""
        upwards = (self._admins(id) for id in self._upwards(agency_id))
        return next((admins for admins in upwards if admins), [])

    def _upwards(self, agency_id: int) -> list[int]:
        unit = self.agencies.get(agency_id)
        return unit.path[::-1] if unit else []


def _names(event: ReportEvent, request: RequestRow) -> bool:
    return event.details.get("request_id") == str(request.id)


async def _load_directory(session: AsyncSession, events: Collection[ReportEvent]) -> _Directory:
    numbers = {event.number for event in events}
    columns = (
        *(col(Report.number), col(Report.assignee_id), col(Report.priority)),
        *(col(Report.classification), col(Report.anonymous)),
    )
    of_reports = select(*columns).where(col(Report.number).in_(numbers))
    rows = (await session.execute(of_reports)).mappings()
    reports = {row["number"]: dict(row) for row in rows}
    requests: dict[int, list[RequestRow]] = {}
    for request in await session.scalars(
        select(RequestRow).where(col(RequestRow.number).in_(numbers))
    ):
        requests.setdefault(request.number, []).append(request)
    steps = tuple_(col(HistoryEntry.number), col(HistoryEntry.version))
    acted = select(col(HistoryEntry.number), col(HistoryEntry.version), col(HistoryEntry.staff_id))
    done = {(event.number, event.version) for event in events}
    acted = acted.where(steps.in_(sorted(done | {(number, _SUBMISSION) for number in numbers})))
    actors = {(row[0], row[1]): row[2] for row in (await session.execute(acted)).all() if row[2]}
    asked = [request for of_report in requests.values() for request in of_report]
    named = {event.handler_id for event in events}
    named |= {event.escalated_to for event in events if event.escalated_to is not None}
    named |= {id for request in asked for id in (request.decider_id, request.agency_id)}
    agencies = await _agencies(session, named)
    above = {id for unit in agencies.values() for id in unit.path}
    agencies |= await _agencies(session, above - agencies.keys())
    staff: dict[int, list[StaffEntry]] = {}
    of_these = (
        col(StaffEntry.agency_id).in_(above),
        works_on_reports(),
    )
    people = select(StaffEntry).where(*of_these).order_by(col(StaffEntry.id))
    for person in await session.scalars(people):
        staff.setdefault(person.agency_id, []).append(person)
    in_force = select(col(StandInEntry.staff_id), col(StandInEntry.stand_in_id)).where(
        col(StandInEntry.staff_id).in_(select(col(StaffEntry.id)).where(*of_these)),
        col(StandInEntry.begins_at) <= now(),
        col(StandInEntry.ends_at) > now(),
    )
    rows_in_force = (await session.execute(in_force)).all()
    stand_ins = {row.staff_id: row.stand_in_id for row in rows_in_force}
    return _Directory(agencies, staff, reports, requests, actors, stand_ins)


async def _agencies(session: AsyncSession, ids: Collection[int]) -> dict[int, AgencyEntry]:
    if not ids:
        return {}
    rows = await session.scalars(select(AgencyEntry).where(col(AgencyEntry.id).in_(ids)))
    return {row.id: row for row in rows}
