"""What reporting answers, as far as the portal reads it. Made by `make docs`
from the models of reporting and the imports of the portal; not to be edited."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel


class AnsweredClosings(BaseModel):
    status: str
    label: str
    closed: int
    answered: int
    share: float | None


class AttemptView(BaseModel):
    attempt: int
    at: AwareDatetime
    status: int | None
    error: str | None
    ms: int


class ComparedFigure(BaseModel):
    mark: str
    label: str
    count: int
    before: int
    parent: str | None


class CreatedWebhook(BaseModel):
    id: str
    agency_id: int
    url: str
    created_at: AwareDatetime
    failing_since: AwareDatetime | None
    disabled: str | None
    disabled_label: str | None
    disabled_at: AwareDatetime | None
    previous_until: AwareDatetime | None
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
    finished_at: AwareDatetime | None
    attempts: list[AttemptView]


class Figure(BaseModel):
    mark: str
    label: str
    count: int


class Group(BaseModel):
    code: str
    label: str
    count: int | None


class ListedReport(BaseModel):
    number: int
    title: str
    status: str
    status_label: str
    handler_id: int
    handler: str
    overdue: bool
    submitted_at: AwareDatetime


class PublicFigures(BaseModel):
    at: AwareDatetime
    tab: list[Group]
    status: list[Group]
    channel: list[Group]
    month: list[Group]
    rating: list[Group]
    closing: list[Group]


class Satisfaction(BaseModel):
    rated: Figure
    told: int
    average: float | None
    ratings: list[Figure]
    solved: list[Figure]
    closings: list[AnsweredClosings]


class Scope(BaseModel):
    agency_id: int
    agency: str
    first: date
    last: date


class Selection(BaseModel):
    tab: str
    agency: int | None
    scope: str
    submitted_from: date | None
    submitted_to: date | None
    category: list[int]
    classification: list[str]
    channel: list[str]
    status: list[str]
    anonymous: bool | None
    secret: bool | None
    priority: bool | None
    held: bool | None
    overdue: bool | None
    linked: bool | None
    region: str | None
    role: list[str]
    active: bool | None


class TabFields(BaseModel):
    tab: str
    label: str
    fields: list[str]
    statuses: list[str]
    formats: list[str]


class TrendPoint(BaseModel):
    bucket: str
    received: int
    closed: int
    overdue: int


class Usage(BaseModel):
    scope: Scope
    total: int
    total_before: int
    categories: list[ComparedFigure]
    tags: list[ComparedFigure]
    classifications: list[ComparedFigure]
    programmes: list[ComparedFigure]
    provinces: list[ComparedFigure]
    channels: list[ComparedFigure]
    flags: list[ComparedFigure]
    hours: list[ComparedFigure]
    weekdays: list[ComparedFigure]
    rising: list[ComparedFigure]


class WebhookView(BaseModel):
    id: str
    agency_id: int
    url: str
    created_at: AwareDatetime
    failing_since: AwareDatetime | None
    disabled: str | None
    disabled_label: str | None
    disabled_at: AwareDatetime | None
    previous_until: AwareDatetime | None


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
    size: int | None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    file: str | None


class Duration(BaseModel):
    measured: Figure
    within: Figure
    within_share: float | None
    median_days: float | None
    p90_days: float | None


class Elapsed(BaseModel):
    measured: Figure
    median_days: float | None
    p90_days: float | None


class Management(BaseModel):
    scope: Scope
    received: Figure
    tabs: list[Figure]
    statuses: list[Figure]
    overdue: Figure
    events: list[Figure]
    durations: dict[str, Duration]
    totals: dict[str, Elapsed]
    hand_overs: list[Figure]
    outcomes: list[Figure]
    unmet_reasons: list[Figure]
    satisfaction: Satisfaction
    closed_unanswered: Figure
    objections: list[Figure]
    trend: list[TrendPoint]


class Places(BaseModel):
    scope: Scope
    within: str | None
    items: list[Figure]


class StaffFigures(BaseModel):
    staff_id: int
    name: str
    role_label: str
    active: bool
    verified: Figure
    verification: Duration
    followed_up: Figure
    follow_up: Duration


class StaffRanking(BaseModel):
    scope: Scope
    items: list[StaffFigures]


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
    hand_overs: int | None


class AgencyRanking(BaseModel):
    scope: Scope
    items: list[AgencyFigures]
