"""Who acts on a report: roles, and the actor as histories name one."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """Roles of staff (guide: *Pengelola SP4N-LAPOR!*), the least powerful first."""

    OVERSEER = "overseer"
    """Inspektorat, Ombudsman: reads what the agency and those below handle, as a copy is read, and
    does nothing. Each reading is logged."""
    LIAISON_OFFICER = "liaison_officer"
    AGENCY_ADMIN = "agency_admin"
    COORDINATING_ADMIN = "coordinating_admin"
    CENTRAL_ADMIN = "central_admin"

    @property
    def only_reads(self) -> bool:
        """Owes nothing, is told nothing, and reads every report as a copy is read."""
        return self is Role.OVERSEER

    @property
    def is_central(self) -> bool:
        """Of the national team, *pusat*: sets what holds for all agencies."""
        return self is Role.CENTRAL_ADMIN

    @property
    def reads_arrivals(self) -> bool:
        """Reads to the second when a report came, and who entered an anonymous one: pusat alone,
        for either could tell who the reporter is."""
        return self is Role.CENTRAL_ADMIN


ADMINS = frozenset({Role.AGENCY_ADMIN, Role.COORDINATING_ADMIN, Role.CENTRAL_ADMIN})
MANAGERS = frozenset({Role.COORDINATING_ADMIN, Role.CENTRAL_ADMIN})
"""Admins who also add, change and remove people and agencies."""
WITH_SECOND_FACTOR = frozenset({Role.CENTRAL_ADMIN, Role.OVERSEER})
"""Who signs in with a second factor where the platform requires it: they read widely."""


class ActorKind(StrEnum):
    STAFF = "staff"
    REPORTER = "reporter"
    PARTNER = "partner"
    OPERATOR = "operator"
    SYSTEM = "system"


class Actor(BaseModel):
    """Who did something, by codes and ids alone.

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
