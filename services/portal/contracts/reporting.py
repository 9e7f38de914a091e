"""What reporting answers, as far as the portal reads it. Made by `make docs`
from the models of reporting and the imports of the portal; not to be edited."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, Field


class AnsweredClosings(BaseModel):
    status: str
    label: str
    closed: int
    answered: int
    share: float | None = None


class AnsweredGroup(BaseModel):
    code: str
    label: str
    count: int | None = None
    share: float | None = None


class AttemptView(BaseModel):
    attempt: int
    at: AwareDatetime
    status: int | None = None
    error: str | None = None
    ms: int


class ComparedFigure(BaseModel):
    mark: str
    label: str
    count: int
    before: int
    parent: str | None = None


class CreatedWebhook(BaseModel):
    id: str
    agency_id: int
    url: str
    created_at: AwareDatetime
    failing_since: AwareDatetime | None = None
    disabled: str | None = None
    disabled_label: str | None = None
    disabled_at: AwareDatetime | None = None
    previous_until: AwareDatetime | None = None
    secret: str


class DeliveryView(BaseModel):
    id: str
    message_id: str
    event: str
    number: int
    version: int
    state: str
    state_label: str
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    to_the_hour: bool = False
    attempts: list[AttemptView] = Field([], validate_default=True)


class Figure(BaseModel):
    mark: str
    label: str
    count: int


class Group(BaseModel):
    code: str
    label: str
    count: int | None = None


class ListedReport(BaseModel):
    number: int
    title: str
    status: str
    status_label: str
    handler_id: int
    handler: str
    overdue: bool = False
    submitted_at: AwareDatetime


class PublicFigures(BaseModel):
    at: AwareDatetime
    tab: list[Group] = Field([], validate_default=True)
    status: list[Group] = Field([], validate_default=True)
    channel: list[Group] = Field([], validate_default=True)
    month: list[Group] = Field([], validate_default=True)
    rating: list[Group] = Field([], validate_default=True)
    answered: list[AnsweredGroup] = Field([], validate_default=True)
    closing: list[Group] = Field([], validate_default=True)


class Satisfaction(BaseModel):
    rated: Figure
    told: int
    average: float | None = None
    ratings: list[Figure] = Field([], validate_default=True)
    solved: list[Figure] = Field([], validate_default=True)
    closings: list[AnsweredClosings] = Field([], validate_default=True)


class Scope(BaseModel):
    agency_id: int
    agency: str
    first: date
    last: date


class Selection(BaseModel):
    tab: str
    agency: int | None = None
    scope: str
    submitted_from: date | None = None
    submitted_to: date | None = None
    category: list[int] = []
    classification: list[str] = []
    channel: list[str] = []
    status: list[str] = []
    anonymous: bool | None = None
    secret: bool | None = None
    priority: bool | None = None
    held: bool | None = None
    overdue: bool | None = None
    linked: bool | None = None
    region: str | None = None
    role: list[str] = []
    active: bool | None = None


class TabFields(BaseModel):
    tab: str
    label: str
    fields: list[str] = []
    statuses: list[str] = []
    formats: list[str] = []


class TrendPoint(BaseModel):
    bucket: str
    received: int
    closed: int
    overdue: int


class Usage(BaseModel):
    scope: Scope
    total: int
    total_before: int
    categories: list[ComparedFigure] = Field([], validate_default=True)
    tags: list[ComparedFigure] = Field([], validate_default=True)
    classifications: list[ComparedFigure] = Field([], validate_default=True)
    programmes: list[ComparedFigure] = Field([], validate_default=True)
    provinces: list[ComparedFigure] = Field([], validate_default=True)
    channels: list[ComparedFigure] = Field([], validate_default=True)
    flags: list[ComparedFigure] = Field([], validate_default=True)
    hours: list[ComparedFigure] = Field([], validate_default=True)
    weekdays: list[ComparedFigure] = Field([], validate_default=True)
    rising: list[ComparedFigure] = Field([], validate_default=True)


class WebhookView(BaseModel):
    id: str
    agency_id: int
    url: str
    created_at: AwareDatetime
    failing_since: AwareDatetime | None = None
    disabled: str | None = None
    disabled_label: str | None = None
    disabled_at: AwareDatetime | None = None
    previous_until: AwareDatetime | None = None


class DownloadView(BaseModel):
    id: str
    tab: str
    format: str
    selection: Selection
    name: str
    state: str
    state_label: str
    rows_done: int
    rows_total: int
    share: float
    size: int | None = None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    file: str | None = None


class Duration(BaseModel):
    measured: Figure
    within: Figure
    within_share: float | None = None
    median_days: float | None = None
    p90_days: float | None = None


class Elapsed(BaseModel):
    measured: Figure
    median_days: float | None = None
    p90_days: float | None = None


class Management(BaseModel):
    scope: Scope
    received: Figure
    tabs: list[Figure] = Field([], validate_default=True)
    statuses: list[Figure] = Field([], validate_default=True)
    overdue: Figure
    events: list[Figure] = Field([], validate_default=True)
    durations: dict[str, Duration]
    totals: dict[str, Elapsed]
    hand_overs: list[Figure] = Field([], validate_default=True)
    outcomes: list[Figure] = Field([], validate_default=True)
    unmet_reasons: list[Figure] = Field([], validate_default=True)
    satisfaction: Satisfaction
    closed_unanswered: Figure
    objections: list[Figure] = Field([], validate_default=True)
    trend: list[TrendPoint] = Field([], validate_default=True)


class Places(BaseModel):
    scope: Scope
    within: str | None = None
    items: list[Figure] = Field([], validate_default=True)


class StaffFigures(BaseModel):
    staff_id: int
    name: str
    role_label: str
    active: bool = False
    verified: Figure
    verification: Duration
    followed_up: Figure
    follow_up: Duration


class StaffRanking(BaseModel):
    scope: Scope
    items: list[StaffFigures] = Field([], validate_default=True)


class AgencyFigures(BaseModel):
    agency_id: int
    name: str
    received: Figure
    closed: Figure
    overdue: Figure
    not_authority_asked: Figure
    verification: Duration
    follow_up: Duration
    settlement: Duration
    answer: Elapsed
    hand_overs: int | None = None


class AgencyRanking(BaseModel):
    scope: Scope
    items: list[AgencyFigures] = Field([], validate_default=True)
