"""A report as staff read it: the shape of the answer."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.routing.reading.attachments import ShownAttachment
from services.routing.reading.countdown import Countdown
from services.routing.reading.details import ShownDetails
from services.routing.reading.form_drafts import KeptDraft
from services.routing.reading.history import HistoryLine, Written
from services.routing.reading.linked import Links
from services.routing.reading.names import ShownAction, ShownAgency, ShownStatus
from services.routing.reading.people import ShownAssignee
from services.routing.reading.posts import ShownPost
from services.routing.reading.reporter import ShownReporter
from services.routing.reading.reporter_messages import ShownMessage
from services.routing.reading.requests import ShownRequest
from services.routing.reading.revealing import ShownReveal
from services.routing.reading.texts import Texts
from shared.lifecycle.actions import Classification
from shared.lifecycle.channels import Channel


class Chosen(BaseModel):
    id: int
    name: str


class ChecklistItem(BaseModel):
    code: str
    label: str


class ReportView(Texts, ShownDetails):
    """A report as this person may read it."""

    number: int
    version: int
    status: ShownStatus
    channel: Channel | None = Field(description="null for a copy of an anonymous report")
    channel_label: str | None
    system: str | None
    classification: Classification | None
    classification_label: str | None
    category: Chosen | None
    tags: list[Chosen]
    programme: Chosen | None
    anonymous: bool
    secret: bool
    priority: bool
    held: bool
    overdue: bool
    question_unanswered: bool
    by_copy: bool = Field(description="This person reads a copy only")
    reporter: ShownReporter
    posts: list[ShownPost] = Field(
        description="The posts on a social network from which it was made"
    )
    messages: list[ShownMessage] = Field(description="The messages to the reporter, newest first")
    reveal: ShownReveal | None = Field(
        description="How far this person's reveal of the reporter's identity has come"
    )
    handler: ShownAgency
    chain: list[ShownAgency] = Field(description="Delegation chain; the last is the handler")
    copies: list[ShownAgency]
    addressee: ShownAgency | None = Field(
        description="The agency it was addressed to; null if none"
    )
    awaited_agency: ShownAgency | None
    assignee: ShownAssignee | None
    linked_number: int | None = Field(description="An earlier report that this one continues")
    links: Links
    openable_numbers: list[int] = Field(
        description="The other reports named here that this person may read"
    )
    submitted_at: datetime
    verified_at: datetime | None
    ended_at: datetime | None
    age_days: int
    countdown: Countdown | None
    clocks: list[Countdown]
    attachments: list[ShownAttachment]
    written: list[Written] = Field(description="Follow-ups, replies, notes, coordination")
    requests: list[ShownRequest]
    history: list[HistoryLine]
    checklist: list[ChecklistItem] = Field(description="What the verifier looks for")
    allowed_actions: list[ShownAction]
    form_drafts: list[KeptDraft] = Field(
        description="The form that this person has typed and not sent"
    )
