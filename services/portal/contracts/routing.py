"""What routing answers, as far as the portal reads it. Made by `make docs`
from the models of routing and the imports of the portal; not to be edited."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field


class AgencyPerson(BaseModel):
    id: int
    name: str
    role: str
    role_label: str


class AgencyRow(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None = None
    path: list[int] = []
    zone: str
    active: bool = False
    connected: bool = False
    can_follow_up: bool = False


class BulkProgress(BaseModel):
    id: str
    kind: str
    asked_at: AwareDatetime
    total: int
    waiting: int
    done: int
    not_done: int


class BulkResult(BaseModel):
    number: int
    reason: str | None = None
    reason_words: str | None = None
    state: str


class BulkView(BaseModel):
    id: str
    kind: str
    asked_at: AwareDatetime
    total: int
    waiting: int
    done: int
    not_done: int
    form: dict[str, object]
    items: list[BulkResult] = Field([], validate_default=True)


class CategoryByWords(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None = None
    active: bool = False
    aliases: list[str] = []


class CategoryChoice(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None = None


class ChecklistItem(BaseModel):
    code: str
    label: str


class Chosen(BaseModel):
    id: int
    name: str


class CodeChoice(BaseModel):
    code: str
    label: str


class CommandAnswer(BaseModel):
    command_id: str
    number: int
    state: str
    status: str | None = None
    version: int | None = None
    refusal: str | None = None
    href: str


class Countdown(BaseModel):
    clock: str
    label: str
    days: int
    text: str
    due_at: AwareDatetime | None = None
    due_on: date | None = None
    at_day_end: bool = False
    to_the_hour: bool = False
    paused: bool = False
    overdue: bool = False
    unanswered: bool = False
    key: str | None = None


class DraftRead(BaseModel):
    action: str
    kept_at: AwareDatetime
    fields: dict[str, list[str]]


class Duty(BaseModel):
    agency_id: int
    agency_name: str
    reports: int


class Enrolled(BaseModel):
    recovery_codes: list[str] = []


class Enrolment(BaseModel):
    secret: str
    uri: str


class GroupedCategory(BaseModel):
    id: int
    name: str
    group: str
    aliases: list[str] = []


class HandoverShown(BaseModel):
    id: str
    kind: str
    from_id: int
    to_id: int
    total: int
    handed: int
    asked_at: AwareDatetime
    finished_at: AwareDatetime | None = None


class Identity(BaseModel):
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    nik: str | None = None


class ImportListed(BaseModel):
    id: str
    file_name: str
    dry_run: bool = False
    state: str
    agencies: int
    people: int
    at: AwareDatetime
    run_id: str | None = None


class KeptDraft(BaseModel):
    action: str
    kept_at: AwareDatetime


class KeptProgramme(BaseModel):
    id: int
    name: str
    active: bool = False


class KeptReason(BaseModel):
    code: str
    name: str
    active: bool = False


class KeptRecourse(BaseModel):
    code: str
    name: str
    how: str
    url: str | None = None
    active: bool = False
    archive_category: str | None = None
    classification: str | None = None
    category_id: int | None = None


class KeptTag(BaseModel):
    id: int
    category_id: int
    name: str
    active: bool = False


class KeptTemplate(BaseModel):
    id: str
    agency_id: int
    name: str
    text: str
    category_id: int | None = None


class KeptTemplates(BaseModel):
    items: list[KeptTemplate] = Field([], validate_default=True)


class Leader(BaseModel):
    name: str
    title: str
    email: str
    state: str


class Length(BaseModel):
    amount: int
    unit: str


class LogLine(BaseModel):
    id: int
    at: AwareDatetime
    staff_id: int | None = None
    staff_name: str
    agency_id: int
    agency_name: str
    kind: str
    subject_id: str
    subject: str | None = None
    action: str
    action_label: str
    details: dict[str, object]


class Me(BaseModel):
    id: int
    username: str
    name: str
    role: str
    role_label: str
    agency_id: int
    agency_code: str
    agency_name: str
    agency_kind: str
    agency_zone: str
    agency_path: list[int] = []
    second_factor: bool = False


class NamedDay(BaseModel):
    day: date
    name: str


class OfferedAgency(BaseModel):
    id: int
    name: str
    kind_label: str
    aliases: list[str] = []
    place: str
    likely: str | None = None
    unavailable: str | None = None


class OfferedTemplate(BaseModel):
    id: str
    name: str
    agency_id: int
    agency_name: str


class OfferedTemplates(BaseModel):
    items: list[OfferedTemplate] = Field([], validate_default=True)
    filled: str | None = None


class OneTimeLink(BaseModel):
    url: str
    expires_at: AwareDatetime


class OpenedBy(BaseModel):
    name: str
    agency: str


class OwedCount(BaseModel):
    kind: str
    label: str
    count: int
    late: int


class OwedCounts(BaseModel):
    total: int
    late: int
    today: int
    kinds: list[OwedCount] = Field([], validate_default=True)
    escalated_ordinary: int | None = None


class Piece(BaseModel):
    op: str
    text: str


class Place(BaseModel):
    region_code: str | None = None
    region: str | None = None
    text: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Policy(BaseModel):
    version: int
    verification: Length
    follow_up: Length
    auto_close: Length
    request: Length
    question: Length
    closing_notice: Length
    escalation: Length
    rating: Length
    proof: Length
    settlement: dict[str, Length]


class Previewed(BaseModel):
    number: int
    reason: str | None = None
    reason_words: str | None = None
    version: int | None = None


class ProgrammeChoice(BaseModel):
    id: int
    name: str


class Redating(BaseModel):
    state: str
    total: int
    done: int
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None


class ReferenceData(BaseModel):
    categories: list[CategoryByWords] = Field([], validate_default=True)
    tags: list[KeptTag] = Field([], validate_default=True)
    programmes: list[KeptProgramme] = Field([], validate_default=True)


class Region(BaseModel):
    code: str
    name: str
    level: str
    path: str


class RegionLevel(BaseModel):
    level: str
    regions: list[Region] = Field([], validate_default=True)


class ReportCounts(BaseModel):
    open: int
    overdue: int
    open_below: int
    overdue_below: int


class RequestToConfirm(BaseModel):
    id: str
    kind: str
    label: str
    number: int | None = None
    person: str | None = None
    asked_by: str
    asked_at: AwareDatetime
    reason: str | None = None
    reason_class_label: str | None = None
    tell_on: date | None = None
    emergency: bool = False
    mine: bool = False
    decidable: bool = False
    nobody_else: bool = False
    decision: str | None = None
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class Requests(BaseModel):
    items: list[RequestToConfirm] = Field([], validate_default=True)


class RowProblem(BaseModel):
    sheet: str
    row: int
    field: str
    heading: str
    code: str
    message: str


class SealedLine(BaseModel):
    attachment_id: str
    media_type: str
    size: int
    sha256: str | None = None


class SetBy(BaseModel):
    id: int
    name: str


class SetLength(BaseModel):
    clock: str
    classification: str | None = None
    length: Length


class ShownAction(BaseModel):
    code: str
    label: str


class ShownAgency(BaseModel):
    id: int
    code: str
    name: str


class ShownAttachment(BaseModel):
    id: str
    of: str
    message_id: str | None = None
    name: str
    media_type: str
    size: int
    released: bool = False
    state: str
    state_label: str
    href: str | None = None
    preview: str | None = None


class ShownColour(BaseModel):
    background: str
    text: str


class ShownLetterhead(BaseModel):
    name: str
    address: str
    logo: bool = False


class ShownMessage(BaseModel):
    template: str
    template_label: str
    state: str
    state_label: str
    reason: str | None = None
    reason_label: str | None = None
    channel: str | None = None
    channel_label: str | None = None
    at: AwareDatetime | None = None
    to_the_hour: bool = False
    told_by: str | None = None
    told_at: AwareDatetime | None = None


class ShownPost(BaseModel):
    url: str
    gone_at: AwareDatetime | None = None
    gone_label: str | None = None
    edited_at: AwareDatetime | None = None
    words_before: str | None = None
    words_now: str | None = None


class ShownReporter(BaseModel):
    hidden: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    phone_state: str | None = None
    phone_state_label: str | None = None
    email_state: str | None = None
    email_state_label: str | None = None
    phone_safe: bool | None = None
    email_safe: bool | None = None


class ShownReveal(BaseModel):
    id: str
    state: str
    emergency: bool = False
    confirmed: bool = False
    ends_at: AwareDatetime | None = None


class ShownStaff(BaseModel):
    id: int
    name: str


class ShownStandIn(BaseModel):
    staff_id: int
    staff_name: str
    stand_in_id: int
    stand_in_name: str
    first_day: date
    last_day: date
    in_force: bool = False


class ShownStatus(BaseModel):
    code: str
    label: str
    tab: str
    tab_label: str
    colour: ShownColour


class ShownView(BaseModel):
    id: str
    name: str
    shared: bool = False
    query: dict[str, str]
    removable: bool = False


class SignedIn(BaseModel):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_at: AwareDatetime


class SignedInHere(BaseModel):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_at: AwareDatetime
    device_tokens: list[str] = []


class StandIns(BaseModel):
    of: ShownStandIn | None = None
    stands_in_for: list[ShownStandIn] = Field([], validate_default=True)


class StepFact(BaseModel):
    label: str
    value: str
    was: str | None = None


class TabCount(BaseModel):
    tab: str
    sub: str | None = None
    label: str
    colour: ShownColour
    count: int
    late: int | None = None


class TagChoice(BaseModel):
    id: int
    category_id: int
    name: str


class UnreachedReporter(BaseModel):
    message_id: str
    number: int
    title: str
    status_label: str
    template: str
    template_label: str
    reason_label: str | None = None
    anonymous: bool = False


class VerificationChoices(BaseModel):
    categories: list[GroupedCategory] = Field([], validate_default=True)
    tags: list[TagChoice] = Field([], validate_default=True)
    programmes: list[ProgrammeChoice] = Field([], validate_default=True)
    regions: list[RegionLevel] = Field([], validate_default=True)


class AgencyDetails(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None = None
    path: list[int] = []
    zone: str
    active: bool = False
    connected: bool = False
    can_follow_up: bool = False
    successor_id: int | None = None
    ancestors: list[ShownAgency] = Field([], validate_default=True)


class AgencyRemoved(BaseModel):
    agency_id: int
    people_removed: int
    handover: HandoverShown | None = None


class BulkPreview(BaseModel):
    items: list[Previewed] = Field([], validate_default=True)


class ChangedLength(BaseModel):
    clock: str
    classification: str | None = None
    before: Length | None = None
    after: Length | None = None


class ClosedDays(BaseModel):
    items: list[NamedDay] = Field([], validate_default=True)


class Colleague(BaseModel):
    id: int
    name: str
    role: str
    role_label: str
    stand_in: ShownStandIn | None = None


class Duties(BaseModel):
    id: int
    name: str
    agencies: list[Duty] = Field([], validate_default=True)


class FormerPolicy(BaseModel):
    version: int
    agency: ShownAgency | None = None
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None = None
    set_by: SetBy | None = None
    lengths: list[SetLength] = Field([], validate_default=True)
    changes: list[ChangedLength] = Field([], validate_default=True)


class ImportShown(BaseModel):
    id: str
    file_name: str
    dry_run: bool = False
    state: str
    total: int
    done: int
    problems: list[RowProblem] = Field([], validate_default=True)
    agencies: int
    people: int
    at: AwareDatetime
    run_id: str | None = None
    file_until: AwareDatetime | None = None


class LinkedReport(BaseModel):
    number: int
    title: str | None = None
    status: ShownStatus | None = None
    handler: ShownAgency | None = None
    submitted_at: AwareDatetime | None = None


class Links(BaseModel):
    main: LinkedReport | None = None
    linked: list[LinkedReport] = Field([], validate_default=True)
    linked_elsewhere: int


class ManagedAgency(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None = None
    path: list[int] = []
    zone: str
    active: bool = False
    connected: bool = False
    can_follow_up: bool = False
    successor_id: int | None = None
    ancestors: list[ShownAgency] = Field([], validate_default=True)
    aliases: list[str] = []
    people: list[AgencyPerson] = Field([], validate_default=True)
    units: list[ShownAgency] = Field([], validate_default=True)
    reports: ReportCounts
    leader: Leader | None = None


class ManagedPerson(BaseModel):
    id: int
    username: str
    name: str
    role: str
    role_label: str
    agency_id: int
    agency_name: str
    email: str
    email_state: str
    active: bool = False
    has_password: bool = False
    second_factor: bool = False
    link_until: AwareDatetime | None = None
    assigned: int
    stand_in: ShownStandIn | None = None


class OfferedAgencies(BaseModel):
    items: list[OfferedAgency] = Field([], validate_default=True)
    total: int
    partial: bool = False


class OwedAssignee(BaseModel):
    id: int
    name: str
    stand_in: ShownStandIn | None = None
    mine: bool = False


class PersonMade(BaseModel):
    person: ManagedPerson
    link: OneTimeLink
    mailed: bool = False


class QueueChoices(BaseModel):
    views: list[ShownView] = Field([], validate_default=True)
    colleagues: list[Colleague] = Field([], validate_default=True)
    agencies: list[ShownAgency] = Field([], validate_default=True)
    many_agencies: bool = False
    categories: list[GroupedCategory] = Field([], validate_default=True)
    provinces: list[Region] = Field([], validate_default=True)


class QueueRow(BaseModel):
    number: int
    version: int
    title: str
    excerpt: str
    status: ShownStatus
    handler: ShownAgency
    classification: str | None = None
    classification_label: str | None = None
    category_id: int | None = None
    category: str | None = None
    channel: str | None = None
    channel_label: str | None = None
    anonymous: bool = False
    secret: bool = False
    priority: bool = False
    held: bool = False
    overdue: bool = False
    question_unanswered: bool = False
    countdown: Countdown | None = None
    submitted_at: AwareDatetime
    age_days: int
    region_code: str | None = None
    assignee_id: int | None = None
    main_number: int | None = None
    requests: list[str] = []
    allowed_actions: list[ShownAction] = Field([], validate_default=True)


class ReportTitle(BaseModel):
    number: int
    title: str
    status: ShownStatus


class ShownActor(BaseModel):
    kind: str
    label: str
    staff: ShownStaff | None = None
    agency: ShownAgency | None = None
    system: str | None = None


class ShownAssignee(BaseModel):
    id: int
    name: str
    here: bool = False
    stand_in: ShownStandIn | None = None


class ShownRequest(BaseModel):
    id: str
    kind: str
    label: str
    asked_at: AwareDatetime
    asked_by: ShownStaff | None = None
    asking: ShownAgency | None = None
    reason_label: str | None = None
    deciding: ShownAgency | None = None
    suggested: ShownAgency | None = None
    due_at: AwareDatetime | None = None
    due_on: date | None = None
    at_day_end: bool = False
    to_the_hour: bool = False
    overdue: bool = False
    decision: str | None = None
    decided_at: AwareDatetime | None = None
    decided_by: ShownStaff | None = None
    reason: str | None = None
    note_is_read: bool = False
    decidable: bool = False
    acceptable: bool = False
    withdrawable: bool = False


class SimilarReport(BaseModel):
    report: QueueRow
    metres: int | None = None
    words: list[str] = []
    may_be_main: bool = False


class SimilarReports(BaseModel):
    items: list[SimilarReport] = Field([], validate_default=True)


class VerificationAids(BaseModel):
    choices: VerificationChoices
    similar: list[SimilarReport] = Field([], validate_default=True)
    checked: list[str] = []


class Written(BaseModel):
    id: str
    action: str
    label: str
    kind: str | None = None
    outcome: str | None = None
    outcome_label: str | None = None
    unmet_reason: str | None = None
    unmet_reason_label: str | None = None
    brought_by_label: str | None = None
    by_sms_label: str | None = None
    words: str
    read_by: list[str] = []
    rectified: bool = False
    secret: bool = False
    rating: int | None = None
    at: AwareDatetime
    to_the_hour: bool = False
    author: ShownActor
    assignee_id: int | None = None


class HistoryLine(BaseModel):
    kind: str
    at: AwareDatetime
    to_the_hour: bool = False
    entry: int | None = None
    action: str
    label: str
    actor: ShownActor
    from_status: str | None = None
    to_status: str | None = None
    to_status_label: str | None = None
    changed: bool = False
    refusal: str | None = None
    words: str | None = None
    facts: list[StepFact] = Field([], validate_default=True)
    details: dict[str, object]
    ref: str | None = None
    sealed: list[SealedLine] = Field([], validate_default=True)


class OwedItem(BaseModel):
    kind: str
    kind_label: str
    late: bool = False
    report: QueueRow
    assignee: OwedAssignee | None = None
    request: ShownRequest | None = None


class QueuePage(BaseModel):
    items: list[QueueRow] = Field([], validate_default=True)
    next: str | None = None
    corrected: str | None = None
    by_contact: bool = False


class ReportView(BaseModel):
    happened_at: str | None = None
    place: Place
    title: str
    body: str
    original_title: str
    original_body: str
    title_difference: list[Piece] | None = None
    body_difference: list[Piece] | None = None
    number: int
    version: int
    status: ShownStatus
    channel: str | None = None
    channel_label: str | None = None
    system: str | None = None
    classification: str | None = None
    classification_label: str | None = None
    category: Chosen | None = None
    tags: list[Chosen] = Field([], validate_default=True)
    programme: Chosen | None = None
    anonymous: bool = False
    secret: bool = False
    priority: bool = False
    held: bool = False
    overdue: bool = False
    question_unanswered: bool = False
    by_copy: bool = False
    reporter: ShownReporter
    posts: list[ShownPost] = Field([], validate_default=True)
    messages: list[ShownMessage] = Field([], validate_default=True)
    reveal: ShownReveal | None = None
    handler: ShownAgency
    chain: list[ShownAgency] = Field([], validate_default=True)
    copies: list[ShownAgency] = Field([], validate_default=True)
    addressee: ShownAgency | None = None
    awaited_agency: ShownAgency | None = None
    assignee: ShownAssignee | None = None
    linked_number: int | None = None
    links: Links
    openable_numbers: list[int] = []
    submitted_at: AwareDatetime
    verified_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    age_days: int
    countdown: Countdown | None = None
    clocks: list[Countdown] = Field([], validate_default=True)
    attachments: list[ShownAttachment] = Field([], validate_default=True)
    written: list[Written] = Field([], validate_default=True)
    requests: list[ShownRequest] = Field([], validate_default=True)
    history: list[HistoryLine] = Field([], validate_default=True)
    checklist: list[ChecklistItem] = Field([], validate_default=True)
    allowed_actions: list[ShownAction] = Field([], validate_default=True)
    form_drafts: list[KeptDraft] = Field([], validate_default=True)
