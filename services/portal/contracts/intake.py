"""What intake answers, as far as the portal reads it. Made by `make docs`
from the models of intake and the imports of the portal; not to be edited."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field


class AgencyChoice(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None = None
    connected: bool = False


class AttachmentLine(BaseModel):
    id: str
    name: str
    media_type: str
    size: int
    state: str
    state_label: str
    href: str | None = None


class CategoryChoice(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None = None
    aliases: list[str] = []


class ClassificationChoice(BaseModel):
    code: str
    label: str


class DispositionAnswer(BaseModel):
    state: str
    http_status: int | None = None
    answer: dict[str, object] | None = None


class Draft(BaseModel):
    id: str
    size: int


class HistoryLine(BaseModel):
    entry: int
    at: AwareDatetime
    action: str
    action_label: str
    actor: str
    agency: str | None = None
    from_status: str | None = None
    to_status: str
    to_status_label: str
    words: str | None = None
    kind: str | None = None
    outcome: str | None = None
    outcome_label: str | None = None
    unmet_reason: str | None = None
    unmet_reason_label: str | None = None
    rectified: bool = False
    secret: bool = False
    rating: int | None = None
    solved: bool | None = None
    brought_by: str | None = None
    brought_by_label: str | None = None
    handed_to: str | None = None
    escalated_to: str | None = None
    objection_reason_label: str | None = None
    archive_category: str | None = None
    archive_category_label: str | None = None
    attachments: list[AttachmentLine] = Field([], validate_default=True)


class ManualChannelChoice(BaseModel):
    code: str
    label: str


class OwnReport(BaseModel):
    number: int
    title: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    due_at: AwareDatetime | None = None
    overdue: bool = False
    question_open: bool = False


class PendingObjection(BaseModel):
    asked_at: AwareDatetime
    due_at: AwareDatetime | None = None
    due_on: date | None = None
    overdue: bool = False


class PostPreview(BaseModel):
    id: str
    url: str
    author: str
    author_name: str
    text: str
    created_at: AwareDatetime
    media_urls: list[str] = []
    thread: list[str] = []
    suggested_title: str
    number: int | None = None


class PublicFollowUp(BaseModel):
    at: AwareDatetime
    kind: str | None = None
    kind_label: str
    rectified: bool = False
    outcome: str | None = None
    outcome_label: str | None = None
    unmet_reason: str | None = None
    unmet_reason_label: str | None = None
    agency: str
    words: str | None = None


class PublicItem(BaseModel):
    number: int
    title: str
    status: str
    status_label: str
    classification: str | None = None
    category: str | None = None
    handler: str
    region_code: str | None = None
    submitted_at: AwareDatetime


class PublicLine(BaseModel):
    at: AwareDatetime
    status: str
    status_label: str


class PublishedWords(BaseModel):
    title: str
    body: str
    classification: str | None = None
    classification_label: str | None = None
    category: str | None = None
    handler: str
    region_code: str | None = None
    region: str | None = None
    place: str | None = None
    happened_at: str | None = None
    attachments: list[AttachmentLine] = Field([], validate_default=True)
    history: list[PublicLine] = Field([], validate_default=True)
    follow_ups: list[PublicFollowUp] = Field([], validate_default=True)


class Recourse(BaseModel):
    code: str
    name: str
    how: str
    url: str | None = None


class Region(BaseModel):
    code: str
    name: str
    level: str
    path: str


class RegionChoice(BaseModel):
    code: str
    name: str
    level: str
    path: str


class RegionLevel(BaseModel):
    level: str
    regions: list[Region] = Field([], validate_default=True)


class RenewedCode(BaseModel):
    access_token: str
    access_code: str


class ReportAccess(BaseModel):
    access_token: str


class Reveal(BaseModel):
    at: AwareDatetime
    reason_label: str


class SignedIn(BaseModel):
    access_token: str
    refresh_token: str


class SignedInHere(BaseModel):
    access_token: str
    refresh_token: str
    device_tokens: list[str] = []


class TakenFile(BaseModel):
    name: str
    size: int
    state: str
    state_label: str


class WaitingChange(BaseModel):
    channel: str
    shown: str | None = None
    takes_effect_at: AwareDatetime


class WaitingChanges(BaseModel):
    waiting: list[WaitingChange] = Field([], validate_default=True)


class XState(BaseModel):
    connected: bool = False


class ManualAnswer(BaseModel):
    number: int
    access_code: str | None = None
    link: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    verification_due_at: AwareDatetime | None = None
    attachments: list[TakenFile] = Field([], validate_default=True)
    disposition: DispositionAnswer | None = None


class OpenedSubmission(BaseModel):
    number: int
    access_code: str | None = None
    link: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    verification_due_at: AwareDatetime | None = None
    attachments: list[TakenFile] = Field([], validate_default=True)
    access_token: str | None = None


class PublicReport(BaseModel):
    view: Literal["public"]
    number: int
    status: str
    status_label: str
    tab: str
    colour: str
    submitted_at: AwareDatetime
    published: PublishedWords | None = None


class ReporterReport(BaseModel):
    view: Literal["reporter"]
    number: int
    version: int
    status: str
    status_label: str
    tab: str
    colour: str
    submitted_at: AwareDatetime
    channel: str
    channel_label: str
    classification: str | None = None
    classification_label: str | None = None
    category: str | None = None
    anonymous: bool = False
    secret: bool = False
    original_title: str
    original_body: str
    title: str | None = None
    body: str | None = None
    happened_at: str | None = None
    region_code: str | None = None
    region: str | None = None
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    addressee: str | None = None
    handler: str
    zone: str
    due_at: AwareDatetime | None = None
    due_on: date | None = None
    overdue: bool = False
    countdown: str | None = None
    days_left: int | None = None
    auto_close_at: AwareDatetime | None = None
    question_open: bool = False
    question_until: AwareDatetime | None = None
    rating_until: AwareDatetime | None = None
    objection: PendingObjection | None = None
    recourse: list[Recourse] = Field([], validate_default=True)
    reveals: list[Reveal] = Field([], validate_default=True)
    linked_number: int | None = None
    external_id: str | None = None
    attachments: list[AttachmentLine] = Field([], validate_default=True)
    history: list[HistoryLine] = Field([], validate_default=True)
    access_code_uses: list[AwareDatetime] = []
    access_code_renewals: list[AwareDatetime] = []
    allowed_actions: list[str] = []


class SubmissionAnswer(BaseModel):
    number: int
    access_code: str | None = None
    link: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    verification_due_at: AwareDatetime | None = None
    attachments: list[TakenFile] = Field([], validate_default=True)
