"""What routing answers, as far as the portal reads it. Made by `make docs`
from the models of routing and the imports of the portal; not to be edited."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel


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
    parent_id: int | None
    path: list[int]
    zone: str
    active: bool
    connected: bool
    can_follow_up: bool


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
    reason: str | None
    reason_words: str | None
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
    items: list[BulkResult]


class CategoryByWords(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None
    active: bool
    aliases: list[str]


class CategoryChoice(BaseModel):
    id: int
    code: str
    name: str
    parent_id: int | None


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
    status: str | None
    version: int | None
    refusal: str | None
    href: str


class Countdown(BaseModel):
    clock: str
    label: str
    days: int
    text: str
    due_at: AwareDatetime | None
    due_on: date | None
    at_day_end: bool
    to_the_hour: bool
    paused: bool
    overdue: bool
    unanswered: bool
    key: str | None


class DraftRead(BaseModel):
    action: str
    kept_at: AwareDatetime
    fields: dict[str, list[str]]


class Duty(BaseModel):
    agency_id: int
    agency_name: str
    reports: int


class Enrolled(BaseModel):
    recovery_codes: list[str]


class Enrolment(BaseModel):
    secret: str
    uri: str


class GroupedCategory(BaseModel):
    id: int
    name: str
    group: str
    aliases: list[str]


class HandoverShown(BaseModel):
    id: str
    kind: str
    from_id: int
    to_id: int
    total: int
    handed: int
    asked_at: AwareDatetime
    finished_at: AwareDatetime | None


class Identity(BaseModel):
    name: str | None
    phone: str | None
    email: str | None
    nik: str | None


class ImportListed(BaseModel):
    id: str
    file_name: str
    dry_run: bool
    state: str
    agencies: int
    people: int
    at: AwareDatetime
    run_id: str | None


class KeptDraft(BaseModel):
    action: str
    kept_at: AwareDatetime


class KeptProgramme(BaseModel):
    id: int
    name: str
    active: bool


class KeptReason(BaseModel):
    code: str
    name: str
    active: bool


class KeptRecourse(BaseModel):
    code: str
    name: str
    how: str
    url: str | None
    active: bool
    archive_category: str | None
    classification: str | None
    category_id: int | None


class KeptTag(BaseModel):
    id: int
    category_id: int
    name: str
    active: bool


class KeptTemplate(BaseModel):
    id: str
    agency_id: int
    name: str
    text: str
    category_id: int | None


class KeptTemplates(BaseModel):
    items: list[KeptTemplate]


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
    staff_id: int | None
    staff_name: str
    agency_id: int
    agency_name: str
    kind: str
    subject_id: str
    subject: str | None
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
    agency_path: list[int]
    second_factor: bool


class NamedDay(BaseModel):
    day: date
    name: str


class OfferedAgency(BaseModel):
    id: int
    name: str
    kind_label: str
    aliases: list[str]
    place: str
    likely: str | None
    unavailable: str | None


class OfferedTemplate(BaseModel):
    id: str
    name: str
    agency_id: int
    agency_name: str


class OfferedTemplates(BaseModel):
    items: list[OfferedTemplate]
    filled: str | None


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
    kinds: list[OwedCount]
    escalated_ordinary: int | None


class Piece(BaseModel):
    op: str
    text: str


class Place(BaseModel):
    region_code: str | None
    region: str | None
    text: str | None
    latitude: float | None
    longitude: float | None


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
    reason: str | None
    reason_words: str | None
    version: int | None


class ProgrammeChoice(BaseModel):
    id: int
    name: str


class Redating(BaseModel):
    state: str
    total: int
    done: int
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None


class ReferenceData(BaseModel):
    categories: list[CategoryByWords]
    tags: list[KeptTag]
    programmes: list[KeptProgramme]


class Region(BaseModel):
    code: str
    name: str
    level: str
    path: str


class RegionLevel(BaseModel):
    level: str
    regions: list[Region]


class ReportCounts(BaseModel):
    open: int
    overdue: int
    open_below: int
    overdue_below: int


class ReportTitle(BaseModel):
    number: int
    title: str


class RequestToConfirm(BaseModel):
    id: str
    kind: str
    label: str
    number: int | None
    person: str | None
    asked_by: str
    asked_at: AwareDatetime
    reason: str | None
    reason_class_label: str | None
    tell_on: date | None
    emergency: bool
    mine: bool
    decidable: bool
    nobody_else: bool
    decision: str | None
    decided_by: str | None
    decided_at: AwareDatetime | None
    ends_at: AwareDatetime | None


class Requests(BaseModel):
    items: list[RequestToConfirm]


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
    sha256: str | None


class SetBy(BaseModel):
    id: int
    name: str


class SetLength(BaseModel):
    clock: str
    classification: str | None
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
    message_id: str | None
    name: str
    media_type: str
    size: int
    released: bool
    state: str
    state_label: str
    href: str | None
    preview: str | None


class ShownColour(BaseModel):
    background: str
    text: str


class ShownLetterhead(BaseModel):
    name: str
    address: str
    logo: bool


class ShownMessage(BaseModel):
    template: str
    template_label: str
    state: str
    state_label: str
    reason: str | None
    reason_label: str | None
    channel: str | None
    channel_label: str | None
    at: AwareDatetime | None
    told_by: str | None
    told_at: AwareDatetime | None


class ShownPost(BaseModel):
    url: str
    gone_at: AwareDatetime | None
    gone_label: str | None
    edited_at: AwareDatetime | None
    words_before: str | None
    words_now: str | None


class ShownReporter(BaseModel):
    hidden: str | None
    name: str | None
    phone: str | None
    email: str | None
    phone_state: str | None
    phone_state_label: str | None
    email_state: str | None
    email_state_label: str | None


class ShownReveal(BaseModel):
    id: str
    state: str
    emergency: bool
    confirmed: bool
    ends_at: AwareDatetime | None


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
    in_force: bool


class ShownStatus(BaseModel):
    code: str
    label: str
    tab: str
    tab_label: str
    colour: ShownColour


class ShownView(BaseModel):
    id: str
    name: str
    shared: bool
    query: dict[str, str]
    removable: bool


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
    device_tokens: list[str]


class StandIns(BaseModel):
    of: ShownStandIn | None
    stands_in_for: list[ShownStandIn]


class StepFact(BaseModel):
    label: str
    value: str
    was: str | None


class TabCount(BaseModel):
    tab: str
    sub: str | None
    label: str
    colour: ShownColour
    count: int
    late: int | None


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
    reason_label: str | None
    anonymous: bool


class VerificationChoices(BaseModel):
    categories: list[GroupedCategory]
    tags: list[TagChoice]
    programmes: list[ProgrammeChoice]
    regions: list[RegionLevel]


class AgencyDetails(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None
    path: list[int]
    zone: str
    active: bool
    connected: bool
    can_follow_up: bool
    successor_id: int | None
    ancestors: list[ShownAgency]


class AgencyRemoved(BaseModel):
    agency_id: int
    people_removed: int
    handover: HandoverShown | None


class BulkPreview(BaseModel):
    items: list[Previewed]


class ChangedLength(BaseModel):
    clock: str
    classification: str | None
    before: Length | None
    after: Length | None


class ClosedDays(BaseModel):
    items: list[NamedDay]


class Colleague(BaseModel):
    id: int
    name: str
    role: str
    role_label: str
    stand_in: ShownStandIn | None


class Duties(BaseModel):
    id: int
    name: str
    agencies: list[Duty]


class FormerPolicy(BaseModel):
    version: int
    agency: ShownAgency | None
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None
    set_by: SetBy | None
    lengths: list[SetLength]
    changes: list[ChangedLength]


class ImportShown(BaseModel):
    id: str
    file_name: str
    dry_run: bool
    state: str
    total: int
    done: int
    problems: list[RowProblem]
    agencies: int
    people: int
    at: AwareDatetime
    run_id: str | None
    file_until: AwareDatetime | None


class LinkedReport(BaseModel):
    number: int
    title: str | None
    status: ShownStatus | None
    handler: ShownAgency | None


class Links(BaseModel):
    main: LinkedReport | None
    linked: list[LinkedReport]
    linked_elsewhere: int


class ManagedAgency(BaseModel):
    id: int
    code: str
    name: str
    kind: str
    kind_label: str
    parent_id: int | None
    path: list[int]
    zone: str
    active: bool
    connected: bool
    can_follow_up: bool
    successor_id: int | None
    ancestors: list[ShownAgency]
    aliases: list[str]
    people: list[AgencyPerson]
    units: list[ShownAgency]
    reports: ReportCounts
    leader: Leader | None


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
    active: bool
    has_password: bool
    second_factor: bool
    link_until: AwareDatetime | None
    assigned: int
    stand_in: ShownStandIn | None


class OfferedAgencies(BaseModel):
    items: list[OfferedAgency]
    total: int


class OwedAssignee(BaseModel):
    id: int
    name: str
    stand_in: ShownStandIn | None
    mine: bool


class PersonMade(BaseModel):
    person: ManagedPerson
    link: OneTimeLink
    mailed: bool


class QueueChoices(BaseModel):
    views: list[ShownView]
    colleagues: list[Colleague]
    agencies: list[ShownAgency]
    categories: list[GroupedCategory]
    provinces: list[Region]


class QueueRow(BaseModel):
    number: int
    version: int
    title: str
    excerpt: str
    status: ShownStatus
    handler: ShownAgency
    classification: str | None
    classification_label: str | None
    category_id: int | None
    category: str | None
    channel: str | None
    channel_label: str | None
    anonymous: bool
    secret: bool
    priority: bool
    held: bool
    overdue: bool
    question_unanswered: bool
    countdown: Countdown | None
    submitted_at: AwareDatetime
    age_days: int
    region_code: str | None
    assignee_id: int | None
    main_number: int | None
    requests: list[str]
    allowed_actions: list[ShownAction]


class ShownActor(BaseModel):
    kind: str
    label: str
    staff: ShownStaff | None
    agency: ShownAgency | None
    system: str | None


class ShownAssignee(BaseModel):
    id: int
    name: str
    here: bool
    stand_in: ShownStandIn | None


class ShownRequest(BaseModel):
    id: str
    kind: str
    label: str
    asked_at: AwareDatetime
    asked_by: ShownStaff | None
    asking: ShownAgency | None
    reason_label: str | None
    deciding: ShownAgency | None
    suggested: ShownAgency | None
    due_at: AwareDatetime | None
    due_on: date | None
    at_day_end: bool
    overdue: bool
    decision: str | None
    decided_at: AwareDatetime | None
    decided_by: ShownStaff | None
    reason: str | None
    note_is_read: bool
    decidable: bool
    acceptable: bool
    withdrawable: bool


class SimilarReport(BaseModel):
    report: QueueRow
    metres: int | None
    words: list[str]


class SimilarReports(BaseModel):
    items: list[SimilarReport]


class VerificationAids(BaseModel):
    choices: VerificationChoices
    similar: list[SimilarReport]
    checked: list[str]


class Written(BaseModel):
    id: str
    action: str
    label: str
    kind: str | None
    outcome: str | None
    outcome_label: str | None
    unmet_reason: str | None
    unmet_reason_label: str | None
    brought_by_label: str | None
    by_sms_label: str | None
    words: str
    read_by: list[str]
    rectified: bool
    secret: bool
    rating: int | None
    at: AwareDatetime
    author: ShownActor
    assignee_id: int | None


class HistoryLine(BaseModel):
    kind: str
    at: AwareDatetime
    entry: int | None
    action: str
    label: str
    actor: ShownActor
    from_status: str | None
    to_status: str | None
    to_status_label: str | None
    changed: bool
    refusal: str | None
    words: str | None
    facts: list[StepFact]
    details: dict[str, object]
    ref: str | None
    sealed: list[SealedLine]


class OwedItem(BaseModel):
    kind: str
    kind_label: str
    late: bool
    report: QueueRow
    assignee: OwedAssignee | None
    request: ShownRequest | None


class QueuePage(BaseModel):
    items: list[QueueRow]
    next: str | None
    corrected: str | None
    by_contact: bool


class ReportView(BaseModel):
    happened_at: str | None
    place: Place
    title: str
    body: str
    original_title: str
    original_body: str
    title_difference: list[Piece] | None
    body_difference: list[Piece] | None
    number: int
    version: int
    status: ShownStatus
    channel: str | None
    channel_label: str | None
    system: str | None
    classification: str | None
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
    by_copy: bool
    reporter: ShownReporter
    posts: list[ShownPost]
    messages: list[ShownMessage]
    reveal: ShownReveal | None
    handler: ShownAgency
    chain: list[ShownAgency]
    copies: list[ShownAgency]
    suggested_agency: ShownAgency | None
    awaited_agency: ShownAgency | None
    assignee: ShownAssignee | None
    linked_number: int | None
    links: Links
    submitted_at: AwareDatetime
    verified_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    age_days: int
    countdown: Countdown | None
    clocks: list[Countdown]
    attachments: list[ShownAttachment]
    written: list[Written]
    requests: list[ShownRequest]
    history: list[HistoryLine]
    checklist: list[ChecklistItem]
    allowed_actions: list[ShownAction]
    form_drafts: list[KeptDraft]
