"""The twelve statuses of a report and the six tabs they are shown in."""

from enum import StrEnum


class Status(StrEnum):
    """The status of a report (guide: *Tab dan Status Laporan*)."""

    UNVERIFIED = "UNVERIFIED"
    AGENCY_NOT_CONNECTED = "AGENCY_NOT_CONNECTED"
    AWAITING_INFORMATION = "AWAITING_INFORMATION"
    INFORMATION_TO_EVALUATE = "INFORMATION_TO_EVALUATE"
    ARCHIVED_BY_ADMIN = "ARCHIVED_BY_ADMIN"
    ARCHIVED_BY_REPORTER = "ARCHIVED_BY_REPORTER"
    VERIFIED = "VERIFIED"
    FOLLOWED_UP = "FOLLOWED_UP"
    REPLIED_BY_REPORTER = "REPLIED_BY_REPORTER"
    CLOSED_BY_SYSTEM = "CLOSED_BY_SYSTEM"
    CLOSED_BY_ADMIN = "CLOSED_BY_ADMIN"
    CLOSED_BY_REPORTER = "CLOSED_BY_REPORTER"


class Tab(StrEnum):
    """The tabs; each report is in exactly one of them."""

    UNVERIFIED = "unverified"
    DEFERRED = "deferred"
    ARCHIVED = "archived"
    AWAITING_FOLLOW_UP = "awaiting_follow_up"
    IN_PROCESS = "in_process"
    CLOSED = "closed"


STATUSES_OF: dict[Tab, frozenset[Status]] = {
    Tab.UNVERIFIED: frozenset({Status.UNVERIFIED}),
    Tab.DEFERRED: frozenset(
        {
            Status.AGENCY_NOT_CONNECTED,
            Status.AWAITING_INFORMATION,
            Status.INFORMATION_TO_EVALUATE,
        }
    ),
    Tab.ARCHIVED: frozenset({Status.ARCHIVED_BY_ADMIN, Status.ARCHIVED_BY_REPORTER}),
    Tab.AWAITING_FOLLOW_UP: frozenset({Status.VERIFIED}),
    Tab.IN_PROCESS: frozenset({Status.FOLLOWED_UP, Status.REPLIED_BY_REPORTER}),
    Tab.CLOSED: frozenset(
        {Status.CLOSED_BY_SYSTEM, Status.CLOSED_BY_ADMIN, Status.CLOSED_BY_REPORTER}
    ),
}

TAB_OF: dict[Status, Tab] = {
    status: tab for tab, statuses in STATUSES_OF.items() for status in statuses
}

DEFERRED = STATUSES_OF[Tab.DEFERRED]
TO_BE_VERIFIED = STATUSES_OF[Tab.UNVERIFIED] | DEFERRED
ARCHIVED = STATUSES_OF[Tab.ARCHIVED]
IN_PROCESS = STATUSES_OF[Tab.IN_PROCESS]
WITH_AGENCY = STATUSES_OF[Tab.AWAITING_FOLLOW_UP] | IN_PROCESS
CLOSED = STATUSES_OF[Tab.CLOSED]
OPEN = TO_BE_VERIFIED | WITH_AGENCY
ENDED = ARCHIVED | CLOSED
OPEN_TABS = (Tab.UNVERIFIED, Tab.DEFERRED, Tab.AWAITING_FOLLOW_UP, Tab.IN_PROCESS)
EVERY = OPEN | ENDED
