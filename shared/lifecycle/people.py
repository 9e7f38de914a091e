"""People who act on a report: their roles, and how histories name the actor."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """Roles of staff (guide: *Pengelola SP4N-LAPOR!*), the least powerful first."""

    OVERSEER = "overseer"
    """Inspektorat, Ombudsman: reads what the agency and those below handle, as an agency in copy
    reads it, and may do nothing. Each reading is logged."""
    LIAISON_OFFICER = "liaison_officer"
    AGENCY_ADMIN = "agency_admin"
    COORDINATING_ADMIN = "coordinating_admin"
    CENTRAL_ADMIN = "central_admin"

    @property
    def only_reads(self) -> bool:
        """Whether the role owes nothing, gets no notifications, and reads every report like a
        copy."""
        return self is Role.OVERSEER

    @property
    def is_central(self) -> bool:
        """Whether the role is of the national team, *pusat*, which sets what holds for all
        agencies."""
        return self is Role.CENTRAL_ADMIN

    @property
    def reads_arrivals(self) -> bool:
        """Whether the role sees to the second when a report came, and who entered an anonymous one.

        Only pusat does, because either fact could show who the reporter is.
        """
        return self is Role.CENTRAL_ADMIN


ADMINS = frozenset({Role.AGENCY_ADMIN, Role.COORDINATING_ADMIN, Role.CENTRAL_ADMIN})
MANAGERS = frozenset({Role.COORDINATING_ADMIN, Role.CENTRAL_ADMIN})
"""Admins who also add, change and remove people and agencies."""
WITH_SECOND_FACTOR = frozenset({Role.CENTRAL_ADMIN, Role.OVERSEER})
"""Roles that need a second factor to sign in, if the platform requires it: they read widely."""


class ActorKind(StrEnum):
    STAFF = "staff"
    REPORTER = "reporter"
    PARTNER = "partner"
    OPERATOR = "operator"
    SYSTEM = "system"


class Actor(BaseModel):
    """The person or system that did something, by codes and ids only.

    A reporter has no id here: histories and events must not link the reports of one person.
    """

    model_config = ConfigDict(frozen=True)

    kind: ActorKind
    staff_id: int | None = None
    role: Role | None = None
    agency_id: int | None = None
    system: str | None = None


SYSTEM = Actor(kind=ActorKind.SYSTEM)
OPERATOR = Actor(kind=ActorKind.OPERATOR)
REPORTER = Actor(kind=ActorKind.REPORTER)
