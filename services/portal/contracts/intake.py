"""What intake answers, as far as the portal reads it. Made by `make docs`
from the models of intake and the imports of the portal; not to be edited."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel


class AgencyChoice(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None
    connected: bool


class AttachmentLine(BaseModel):
    id: str
    name: str
    media_type: str
    size: int
    state: str
    state_label: str
    href: str | None


class CategoryChoice(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None
    aliases: list[str]


class ClassificationChoice(BaseModel):
    code: str
    label: str


class DispositionAnswer(BaseModel):
    state: str
    http_status: int | None
    answer: dict[str, object] | None


class Draft(BaseModel):
    id: str
    size: int


class HistoryLine(BaseModel):
    entry: int
    at: AwareDatetime
    action: str
    action_label: str
    actor: str
    agency: str | None
    from_status: str | None
    to_status: str
    to_status_label: str
    words: str | None
    kind: str | None
    outcome: str | None
    outcome_label: str | None
    unmet_reason: str | None
    unmet_reason_label: str | None
    rectified: bool
    secret: bool
    rating: int | None
    solved: bool | None
    brought_by: str | None
    brought_by_label: str | None
    handed_to: str | None
    escalated_to: str | None
    objection_reason_label: str | None
    archive_category: str | None
    archive_category_label: str | None
    attachments: list[AttachmentLine]


class ManualChannelChoice(BaseModel):
    code: str
    label: str


class OwnReport(BaseModel):
    number: int
    title: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    due_at: AwareDatetime | None
    overdue: bool
    question_open: bool


class PendingObjection(BaseModel):
    asked_at: AwareDatetime
    due_at: AwareDatetime | None
    due_on: date | None
    overdue: bool


class PostPreview(BaseModel):
    id: str
    url: str
    author: str
    author_name: str
    text: str
    created_at: AwareDatetime
    media_urls: list[str]
    thread: list[str]
    suggested_title: str
    number: int | None


class PublicFollowUp(BaseModel):
    at: AwareDatetime
    kind: str | None
    kind_label: str
    rectified: bool
    outcome: str | None
    outcome_label: str | None
    unmet_reason: str | None
    unmet_reason_label: str | None
    agency: str
    words: str | None


class PublicItem(BaseModel):
    number: int
    title: str
    status: str
    status_label: str
    classification: str | None
    category: str | None
    handler: str
    region_code: str | None
    submitted_at: AwareDatetime


class PublicLine(BaseModel):
    at: AwareDatetime
    status: str
    status_label: str


class PublishedWords(BaseModel):
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


class Recourse(BaseModel):
    code: str
    name: str
    how: str
    url: str | None


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
    regions: list[Region]


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
    device_tokens: list[str]


class TakenFile(BaseModel):
    name: str
    size: int
    state: str
    state_label: str


class WaitingChange(BaseModel):
    channel: str
    shown: str | None
    takes_effect_at: AwareDatetime


class WaitingChanges(BaseModel):
    waiting: list[WaitingChange]


class ManualAnswer(BaseModel):
    number: int
    access_code: str | None
    link: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    verification_due_at: AwareDatetime | None
    attachments: list[TakenFile]
    disposition: DispositionAnswer | None


class OpenedSubmission(BaseModel):
    number: int
    access_code: str | None
    link: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    verification_due_at: AwareDatetime | None
    attachments: list[TakenFile]
    access_token: str | None


class PublicReport(BaseModel):
    view: Literal["public"]
    number: int
    status: str
    status_label: str
    tab: str
    colour: str
    submitted_at: AwareDatetime
    published: PublishedWords | None


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
    classification: str | None
    classification_label: str | None
    category: str | None
    anonymous: bool
    secret: bool
    original_title: str
    original_body: str
    title: str | None
    body: str | None
    happened_at: str | None
    region_code: str | None
    region: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    handler: str
    zone: str
    due_at: AwareDatetime | None
    due_on: date | None
    overdue: bool
    countdown: str | None
    days_left: int | None
    auto_close_at: AwareDatetime | None
    question_open: bool
    question_until: AwareDatetime | None
    rating_until: AwareDatetime | None
    objection: PendingObjection | None
    recourse: list[Recourse]
    reveals: list[Reveal]
    linked_number: int | None
    external_id: str | None
    attachments: list[AttachmentLine]
    history: list[HistoryLine]
    access_code_uses: list[AwareDatetime]
    access_code_renewals: list[AwareDatetime]
    allowed_actions: list[str]


class SubmissionAnswer(BaseModel):
    number: int
    access_code: str | None
    link: str
    status: str
    status_label: str
    submitted_at: AwareDatetime
    verification_due_at: AwareDatetime | None
    attachments: list[TakenFile]
