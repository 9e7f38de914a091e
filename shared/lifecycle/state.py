"""The state of one report: all that its next step depends on, as codes, ids and times."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.actions import Classification, RequestKind
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import PROCESS_CLOCKS, Clock, ClockKind
from shared.lifecycle.statuses import ENDED, Status


class PendingRequest(BaseModel):
    """A request that waits for a decision: an agency's request, or the reporter's objection.

    The agency that delegated the report decides an agency's request. `staff_id` and `agency_id` are
    those of the person who asked. For an objection they are those of the person who closed or
    archived the report, since that person must not decide it.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: RequestKind
    asked_at: datetime
    staff_id: int | None
    agency_id: int
    decider_id: int
    suggested_agency_id: int | None = None
    reason_code: str | None = None

    @property
    def by_reporter(self) -> bool:
        return self.kind is RequestKind.OBJECTION

    def asked_by(self, staff_id: int | None) -> bool:
        """Whether this member of staff made the request."""
        return not self.by_reporter and staff_id == self.staff_id


class ReportState(BaseModel):
    """One report after its last recorded step. `version` counts steps, `entries` history lines."""

    model_config = ConfigDict(frozen=True)

    number: int
    identity: UUID | None = None
    """The identity of the report's row: after a restore from a backup the number may belong to
    another report. None in runs that began before rows had an identity."""
    version: int
    entries: int
    step_id: str
    last_step_at: datetime
    status: Status
    chain: tuple[int, ...]
    """Delegation chain, root first; the last agency is the handler."""
    zone: Zone
    channel: str
    system: str | None = None
    classification: Classification | None = None
    anonymous: bool = False
    secret: bool = False
    priority: bool = False
    held: bool = False
    question_open: bool = False
    awaited_agency_id: int | None = None
    followed_up: bool = False
    """A *tindak lanjut* that is more than an initial response has been given."""
    promised: bool = False
    """An initial response has put off what the agency owes now; it cannot be put off a second
    time."""
    requests: tuple[PendingRequest, ...] = ()
    copies: tuple[int, ...] = ()
    clocks: tuple[Clock, ...] = ()
    submitted_at: datetime
    ended_at: datetime | None = None
    escalation_level: int = 0
    """How many agencies above the handler the lateness has been escalated. The step that was owed
    sets it back; handing the report over does not."""
    rating_until: datetime | None = None
    """The end of the window in which the reporter may rate this closing."""
    rated: bool = False
    """The reporter has rated this closing, afterwards or when declaring to be satisfied."""
    objected: bool = False
    """The reporter has objected to this closing or archiving."""
    main_number: int | None = None
    """The number of the main report about the same thing to which this one is linked (*laporan
    serupa*)."""

    @property
    def handler_id(self) -> int:
        return self.chain[-1]

    def pending(self, kind: RequestKind) -> PendingRequest | None:
        """The pending request of this kind, or None."""
        return next((r for r in self.requests if r.kind is kind), None)

    def request(self, request_id: UUID | None) -> PendingRequest | None:
        return next((r for r in self.requests if r.id == request_id), None)

    def clock(self, kind: ClockKind, key: str | None = None) -> Clock | None:
        return next((c for c in self.clocks if c.kind is kind and c.key == key), None)

    @property
    def window_ends_at(self) -> datetime | None:
        """Until when the reporter may rate the present closing; None while the report is open.

        Reports that ended before this date was stored have the national 30 days.
        """
        if self.ended_at is None:
            return None
        return self.rating_until or self.ended_at + timedelta(days=30)

    @property
    def next_clock(self) -> Clock | None:
        """The running clock that fires next; an overdue clock has fired already."""
        waiting = [c for c in self.clocks if c.deadline is not None and not c.overdue]
        return min(waiting, key=_deadline, default=None)

    @property
    def process_clock(self) -> Clock | None:
        """The running process clock with the nearest deadline, shown to people as the countdown."""
        running = [c for c in self.clocks if c.kind in PROCESS_CLOCKS and c.deadline is not None]
        return min(running, key=_deadline, default=None)

    @property
    def due_at(self) -> datetime | None:
        clock = self.process_clock
        return clock.deadline if clock else None

    @property
    def auto_close_at(self) -> datetime | None:
        clock = self.clock(ClockKind.AUTO_CLOSE)
        return clock.deadline if clock else None

    @property
    def overdue(self) -> bool:
        """A process clock has run out (*terlambat*). A report that has ended keeps the mark for a
        reopening."""
        return self.status not in ENDED and any(
            c.overdue for c in self.clocks if c.kind in PROCESS_CLOCKS
        )

    @property
    def late(self) -> bool:
        """A process clock has run out and has not been stopped; it may be paused."""
        return any(c.overdue for c in self.clocks if c.kind in PROCESS_CLOCKS)

    @property
    def question_unanswered(self) -> bool:
        """The mark *belum dijawab*: the time for an answer to the question has run out."""
        clock = self.clock(ClockKind.QUESTION)
        return clock is not None and clock.overdue


def _deadline(clock: Clock) -> datetime:
    assert clock.deadline is not None
    return clock.deadline
