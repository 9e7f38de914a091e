"""A report as the public and as its reporter may read it (the domain's *what is public*)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.reading.recourse import Recourse
from services.intake.reading.rows import Row
from shared.database.views import FileState, MessageFile, ReportFile
from shared.labels import label
from shared.labels.colours import STATUS_COLOURS
from shared.values import regions


class AttachmentLine(BaseModel):
    """A file. It can be downloaded from `href`, if that is set. Files of an anonymous report are
    remade first (`pending`), or kept sealed if that is not possible."""

    id: UUID
    name: str
    media_type: str
    size: int
    state: FileState
    state_label: str
    href: str | None


class PublicLine(BaseModel):
    """A change of status."""

    at: datetime
    status: str
    status_label: str


class PublicFollowUp(BaseModel):
    """What the agency did, in its words. A follow-up that was taken back has no words; the reason
    is a separate entry without a kind."""

    at: datetime
    kind: str | None
    kind_label: str
    rectified: bool
    outcome: str | None
    outcome_label: str | None
    unmet_reason: str | None
    unmet_reason_label: str | None
    agency: str
    words: str | None


class PublishedWords(BaseModel):
    """What the public reads from verification on: the corrected words, never the original ones."""

    title: str
    body: str
    classification: str | None
    classification_label: str | None
    category: str | None
    handler: str
    region_code: str | None
    region: str | None
    place: str | None
    happened_at: str | None
    attachments: list[AttachmentLine]
    history: list[PublicLine]
    follow_ups: list[PublicFollowUp]


class PublicReport(BaseModel):
    """The status of a report, and its published words, if any."""

    view: Literal["public"] = "public"
    number: int
    status: str
    status_label: str
    tab: str
    colour: str
    submitted_at: datetime
    published: PublishedWords | None


class HistoryLine(BaseModel):
    """A step of the report, with its words if the reporter may read them. `entry` numbers the steps
    that the reporter sees, without gaps."""

    entry: int
    at: datetime
    action: str
    action_label: str
    actor: str
    agency: str | None
    from_status: str | None
    to_status: str
    to_status_label: str
    words: str | None
    kind: str | None = Field(description="For a follow-up: `initial_response` or `follow_up`")
    outcome: str | None = Field(description="For a follow-up proper: `done` or `cannot_be_met`")
    outcome_label: str | None
    unmet_reason: str | None
    unmet_reason_label: str | None
    rectified: bool = Field(description="A follow-up that was taken back: without its words")
    secret: bool = Field(description="Only the reporter and staff see it")
    rating: int | None
    solved: bool | None = Field(description="For a rating: whether the matter is solved")
    brought_by: str | None = Field(
        description="How it came, if staff recorded it: by a visit, a call or a letter"
    )
    brought_by_label: str | None
    handed_to: str | None = Field(description="The agency that the report was handed to")
    escalated_to: str | None = Field(description="The agency to which the lateness was escalated")
    objection_reason_label: str | None
    archive_category: str | None
    archive_category_label: str | None
    attachments: list[AttachmentLine]


class PendingObjection(BaseModel):
    """The reporter's request to open the report again, while it waits for a decision."""

    asked_at: datetime
    due_at: datetime | None
    due_on: date | None = Field(
        description="The day on which it is due, in the handler's time zone"
    )
    overdue: bool


class Reveal(BaseModel):
    """An occasion when pusat read the reporter's identity."""

    at: datetime
    reason_label: str


class ReporterReport(BaseModel):
    """A report as its reporter reads it. A partner system reads the reports it sent in the same
    form."""

    view: Literal["reporter"] = "reporter"
    number: int
    version: int
    status: str
    status_label: str
    tab: str
    colour: str
    submitted_at: datetime
    channel: str
    channel_label: str
    classification: str | None
    classification_label: str | None
    category: str | None
    anonymous: bool
    secret: bool
    original_title: str
    original_body: str
    title: str | None = Field(description="The corrected text; null before verification")
    body: str | None
    happened_at: str | None
    region_code: str | None
    region: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    addressee: str | None = Field(description="The agency it was addressed to; null if none")
    handler: str = Field(description="The agency that owes the next step")
    zone: str = Field(description="The handler's time zone: WIB, WITA or WIT")
    due_at: datetime | None
    due_on: date | None = Field(
        description="The day on which it is due, in the handler's time zone"
    )
    overdue: bool
    countdown: str | None
    days_left: int | None = Field(
        description="The days from today to the day it is due, as in `countdown`; negative "
        "when overdue"
    )
    auto_close_at: datetime | None
    question_open: bool
    question_until: datetime | None = Field(
        description="The deadline of the open question; a later answer is accepted too"
    )
    rating_until: datetime | None = Field(
        description="For a report that has ended: until when it can be rated"
    )
    objection: PendingObjection | None
    recourse: list[Recourse] = Field(
        description="Other offices to turn to, if the report is archived or its objection was "
        "refused"
    )
    reveals: list[Reveal] = Field(
        description="When pusat read the reporter's identity, and the class of the reason"
    )
    linked_number: int | None
    external_id: str | None
    attachments: list[AttachmentLine]
    history: list[HistoryLine]
    access_code_uses: list[datetime] = Field(
        description="When the access code was used, newest first"
    )
    access_code_renewals: list[datetime] = Field(
        description="When a new code was made, newest first: by the reporter, or, for a lost "
        "code, by a person who showed the proven contact"
    )
    allowed_actions: list[str]


class PublicItem(BaseModel):
    """A published report in a listing."""

    number: int
    title: str
    status: str
    status_label: str
    classification: str | None
    category: str | None
    handler: str
    region_code: str | None
    submitted_at: datetime


def attachment_line(file: ReportFile | MessageFile) -> AttachmentLine:
    return AttachmentLine(
        id=file.id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        state=file.state,
        state_label=label("attachment_state", file.state),
        href=f"/reports/{file.number}/attachments/{file.id}" if file.served else None,
    )


def status_of(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """The status with its label, tab and colour."""
    return {
        "status": row["status"],
        "status_label": label("status", row["status"]),
        "tab": row["tab"],
        "colour": STATUS_COLOURS[row["status"]].background,
    }


def particulars(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """The classification, category, place, time and handler."""
    region = regions.find(row["region_code"]) if row["region_code"] else None
    kind = row["classification"]
    return {
        "classification": kind,
        "classification_label": label("classification", kind) if kind else None,
        "category": row["category"],
        "handler": row["handler"],
        "region_code": row["region_code"],
        "region": region.path if region else None,
        "place": row["place"],
        "happened_at": row["happened_at"],
    }
