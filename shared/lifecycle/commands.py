"""A command: what one person asks for one report, as it is sent to the report's workflow."""

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
    """The handing of a report to an agency: the new delegation chain and the handler's time
    zone."""

    model_config = ConfigDict(frozen=True)

    chain: tuple[int, ...]
    zone: Zone


class Succession(BaseModel):
    """An agency and the agency that takes its place, with that one's time zone.

    Both are the same if only the agency's place in the tree has changed. `handler_path` is the path
    of the report's handler afterwards, root first: agencies that are not in it leave the chain.
    """

    model_config = ConfigDict(frozen=True)

    agency_id: int
    successor_id: int
    zone: Zone
    handler_path: tuple[int, ...] = ()
    """Empty in commands made before this field existed."""


class Command(BaseModel):
    """What a service sends. Words stay in the service's own schema, under this command's id.

    `capacities` are those that the service found for the actor at `handler_seen`; a command made
    for another handler than the present one is refused. Fields that an action does not use stay
    empty.
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
    """The identity of the report's row: a run of another report with the same number does not
    perform the command."""
    version_seen: int | None = None
    """The only version for which it is meant; None means any version."""
    stored_version: int | None = None
    """The version of the report's row when the command was made: a run that does not know that
    version reads the row before it judges the command."""
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
    """Set when staff record what the reporter said: the way in which it reached them."""
    by_sms: bool = False
    """The reporter said it by SMS: it cannot be confirmed that it was the reporter."""
    rectifies: UUID | None = None
    """The id of the command of the follow-up whose words are taken back."""
    rated: bool = False
    """The reporter gives a rating with it; the figure stays with the words."""
    objection_reason: ObjectionReason | None = None
    ended_by_staff_id: int | None = None
    """For an objection: the person who closed or archived the report, if a person did, and the
    agency through which; the handler if the system did."""
    ended_by_agency_id: int | None = None
    reason_code: str | None = None


class Outcome(BaseModel):
    """The result of a command: done at a version, or refused with a stable code."""

    model_config = ConfigDict(frozen=True)

    command_id: UUID
    done: bool
    version: int
    status: str
    refusal: str | None = None
