"""A command: what one person asks for one report, as it travels to its workflow."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from shared.lifecycle.actions import (
    Action,
    ArchiveCategory,
    BroughtBy,
    Classification,
    DeferralKind,
    FollowUpKind,
    FollowUpOutcome,
    ObjectionReason,
    UnmetReason,
)
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import Actor


class Handing(BaseModel):
    """Who is to have the report: the new delegation chain and its handler's time zone."""

    model_config = ConfigDict(frozen=True)

    chain: tuple[int, ...]
    zone: Zone


class Succession(BaseModel):
    """An agency, and the one that takes its place with its time zone; the same twice where only
    its place in the tree has changed. `handler_path`, root first, is that of the report's handler
    afterwards: who does not stand there leaves the chain."""

    model_config = ConfigDict(frozen=True)

    agency_id: int
    successor_id: int
    zone: Zone
    handler_path: tuple[int, ...] = ()
    """Empty in commands of before it was sent along."""


class Command(BaseModel):
    """What a service sends. Words stay in the service's own schema, keyed by this id.

    `capacities` is what the service found the actor to be at `handler_seen`; a command made for
    another handler than the present one is refused. Fields an action does not use stay empty.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _by_its_former_name(cls, value: Any) -> Any:
        """Histories and rows from before 29 November 2026 call the capacities `standings`."""
        if isinstance(value, dict) and "standings" in value:
            value = {**value, "capacities": value["standings"]}
            del value["standings"]
        return value

    id: UUID
    number: int
    action: Action
    actor: Actor
    capacities: frozenset[Capacity]
    at: datetime
    handler_seen: int
    identity: UUID | None = None
    """Of the report's row: a run of another report by the same number does not perform it."""
    version_seen: int | None = None
    """The one version it is meant for; None: whichever is there."""
    stored_version: int | None = None
    """Of the report's row when it was made: a run that has not heard of that version reads the row
    before it judges."""
    handing: Handing | None = None
    classification: Classification | None = None
    anonymous: bool | None = None
    secret: bool | None = None
    priority: bool | None = None
    deferral: DeferralKind | None = None
    awaited_agency_id: int | None = None
    archive_category: ArchiveCategory | None = None
    follow_up_kind: FollowUpKind | None = None
    outcome: FollowUpOutcome | None = None
    unmet_reason: UnmetReason | None = None
    request_id: UUID | None = None
    decider_id: int | None = None
    suggested_agency_id: int | None = None
    copies: tuple[int, ...] | None = None
    main_number: int | None = None
    assignee_id: int | None = None
    succession: Succession | None = None
    brought_by: BroughtBy | None = None
    """Staff record what the reporter said: how it came to them."""
    by_sms: bool = False
    """The reporter said it by SMS: that it was the reporter cannot be confirmed."""
    rectifies: UUID | None = None
    """The follow-up, by its command, whose words are taken back."""
    rated: bool = False
    """The reporter says a rating with it; the figure stays with the words."""
    objection_reason: ObjectionReason | None = None
    ended_by_staff_id: int | None = None
    """Of an objection: who closed or archived the report, if a person did, and through which
    agency; the handler where the system did."""
    ended_by_agency_id: int | None = None
    reason_code: str | None = None


class Outcome(BaseModel):
    """What became of a command: done at a version, or refused with a stable code."""

    model_config = ConfigDict(frozen=True)

    command_id: UUID
    done: bool
    version: int
    status: str
    refusal: str | None = None
