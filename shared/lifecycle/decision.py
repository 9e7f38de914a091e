"""The result of a step before any date is calculated: state, clock intents, history, event."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.actions import Action, Classification
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.people import Actor
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status


class ClockOp(StrEnum):
    START = "start"
    START_IF_ABSENT = "start_if_absent"
    STOP = "stop"
    FIRE = "fire"
    RESIZE = "resize"


class ClockIntent(BaseModel):
    """Start, stop, fire or resize a clock. Pauses are not listed: they follow from the state.

    `was` is the former classification, whose length is replaced by that of the present one.
    """

    model_config = ConfigDict(frozen=True)

    op: ClockOp
    kind: ClockKind
    key: str | None = None
    was: Classification | None = None


class Visibility(StrEnum):
    PUBLIC = "public"
    REPORTER = "reporter"
    STAFF = "staff"


class Entry(BaseModel):
    """One line of the history (*riwayat*). `ref` is the id of the command that holds the words."""

    model_config = ConfigDict(frozen=True)

    action: Action
    actor: Actor
    at: datetime
    from_status: Status | None
    to_status: Status
    visibility: Visibility
    ref: UUID | None = None
    details: dict[str, Any] = {}


class Decision(BaseModel):
    """A step that is decided but not yet recorded. `state.clocks` are still those before the
    step."""

    model_config = ConfigDict(frozen=True)

    step_id: str
    at: datetime
    state: ReportState
    clocks: tuple[ClockIntent, ...]
    entries: tuple[Entry, ...]
    event: str
