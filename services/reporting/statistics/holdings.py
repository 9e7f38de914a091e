"""Which agency held a report's clocks, and for how long: a clock's time counts for its holder.
Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.reporting.statistics.facts import TENTH, Fact, ReportRow, Step, handed_to
from services.reporting.statistics.marks import DURATIONS, of_staff
from shared.lifecycle.actions import Action, FollowUpKind, RequestKind
from shared.lifecycle.statuses import TAB_OF, Status, Tab

SECOND: Final = timedelta(seconds=1)
Paths = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Holding:
    """One agency's share of a report. Seconds are None if the clock never ran there; pauses are not
    counted. `waiting` are the clocks that still run or are paused there; `acted` are the report's
    marks of who was the first to do what."""

    number: int
    agency_id: int
    path: tuple[int, ...]
    day: date
    verification: int | None
    follow_up: int | None
    settlement: int | None
    late: tuple[str, ...]
    waiting: tuple[str, ...]
    acted: tuple[str, ...]


def holders_of(report: ReportRow, steps: Sequence[Step]) -> list[int]:
    """Return the agencies that ever handled the report, in order, the present one last."""
    return [_first_handler(report, steps), *(h for step in steps if (h := handed_to(step)))]


def holdings_of(
    report: ReportRow, steps: Sequence[Step], fact: Fact, paths: Paths
) -> list[Holding]:
    """Return the shares of all agencies that handled the report, from its history. `paths` are the
    present paths of the agencies, root first."""
    replay = _Replay(_first_handler(report, steps), report.submitted_at)
    for step in steps:
        replay.take(step)
    acted = tuple(mark for mark in fact.marks if of_staff([mark]))
    return [
        Holding(
            number=report.number,
            agency_id=agency,
            path=paths.get(agency, (agency,)),
            day=fact.day,
            verification=replay.seconds(agency, "verification"),
            follow_up=replay.seconds(agency, "follow_up"),
            settlement=replay.seconds(agency, "settlement"),
            late=tuple(clock for clock in DURATIONS if (agency, clock) in replay.late),
            waiting=tuple(c for c in DURATIONS if agency == replay.handler and replay.waits(c)),
            acted=acted,
        )
        for agency in dict.fromkeys(holders_of(report, steps))
    ]


def shares(holdings: Sequence[Holding]) -> dict[int, tuple[list[str], list[str]]]:
    """Return, by agency, the marks of one report for the agency with all below, and the marks for
    the agency's own people, each with `<staff>:` before it."""
    if not holdings:
        return {}
    by_agency = {}
    people = of_staff(holdings[0].acted)
    for agency in {above for holding in holdings for above in holding.path}:
        own = [holding for holding in holdings if agency in holding.path]
        marks = {clock: list(_credit(own, clock)) for clock in DURATIONS}
        by_people = [
            f"{staff_id}:{mark}"
            for staff_id, kind, clock in people.get(agency, ())
            for mark in (kind, *marks[clock])
        ]
        by_agency[agency] = ([mark for clock in DURATIONS for mark in marks[clock]], by_people)
    return by_agency


def _credit(holdings: Sequence[Holding], clock: str) -> Iterator[str]:
    """Yield the marks of an agency with all below it; none while the clock still waits there."""
    spent = [s for holding in holdings if (s := getattr(holding, clock)) is not None]
    if not spent or any(clock in holding.waiting for holding in holdings):
        return
    yield f"{clock}_measured"
    yield f"{clock}:{-(-sum(spent) * SECOND // TENTH)}"
    if not any(clock in holding.late for holding in holdings):
        yield f"{clock}_within"


class _Replay:
    """Goes through a history step by step and keeps who holds the report and which clocks run."""

    def __init__(self, handler: int, at: datetime) -> None:
        self.handler = handler
        self.late: set[tuple[int, str]] = set()
        self._at = at
        self._status = Status.UNVERIFIED
        self._asked_back = False
        self._verified = self._settled = False
        self._spent: dict[tuple[int, str], timedelta] = {}

    def take(self, step: Step) -> None:
        for clock in DURATIONS:
            if self._runs(clock):
                key = (self.handler, clock)
                self._spent[key] = self._spent.get(key, timedelta()) + max(
                    step.at - self._at, timedelta()
                )
        self._at = max(self._at, step.at)
        ran_out = step.details.get("clock")
        if step.action is Action.OVERDUE and ran_out in DURATIONS and self.waits(ran_out):
            self.late.add((self.handler, ran_out))
        self.handler = handed_to(step) or self.handler
        self._status = step.to_status
        self._verified |= step.action is Action.VERIFY
        self._settled |= step.details.get("follow_up_kind") == FollowUpKind.FOLLOW_UP
        if step.action is Action.REQUEST_NOT_AUTHORITY:
            self._asked_back = True
        elif step.details.get("request") == RequestKind.NOT_AUTHORITY:
            self._asked_back = False

    def waits(self, clock: str) -> bool:
        """Return whether the clock runs or is paused, that is, its step is still owed."""
        tab = TAB_OF[self._status]
        if clock == "verification":
            return tab in (Tab.UNVERIFIED, Tab.DEFERRED)
        if clock == "follow_up":  # the first follow-up after each verification or forwarding
            return tab is Tab.AWAITING_FOLLOW_UP
        with_agency = tab in (Tab.AWAITING_FOLLOW_UP, Tab.IN_PROCESS, Tab.CLOSED)
        return self._verified and not self._settled and with_agency

    def seconds(self, agency: int, clock: str) -> int | None:
        spent = self._spent.get((agency, clock))
        return None if spent is None else -(-spent // SECOND)

    def _runs(self, clock: str) -> bool:
        paused = self._status in _PAUSED or (clock == "settlement" and self._closed())
        return self.waits(clock) and not self._asked_back and not paused

    def _closed(self) -> bool:
        return TAB_OF[self._status] is Tab.CLOSED


_PAUSED = (Status.AWAITING_INFORMATION, Status.AGENCY_NOT_CONNECTED)


def _first_handler(report: ReportRow, steps: Sequence[Step]) -> int:
    """Return the first handler. If the history does not name it, this is the agency that first
    handed the report on, or the present handler."""
    for step in steps:
        if step.action is Action.SUBMIT and (handler := handed_to(step)):
            return handler
        if (handler := step.details.get("from_handler")) is not None:
            return int(handler)
    return report.path[-1]
