"""The published views, by which one schema reads another; they are never written to.

`deploy/migrations/` defines them; a test compares the columns. This file is longer than others
because it is the one list of all that schemas let each other read, without any code; split by
topic, a reader of reports, files and contacts would have to look in three places.
"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, IntArray, Json, TextArray, Words, timestamp

FileState = Literal["as_sent", "pending", "remade", "sealed"]
"""A file of an anonymous report is pending, remade or sealed; all others are `as_sent`."""


class View(SQLModel):
    """Base of the views, separate from the tables with which migrations are compared."""

    metadata = MetaData()


class AgencyEntry(View, table=True):
    """An agency.

    `has_admin` and `has_officer` say whether somebody can verify or follow up; `admins` is how many
    can verify; `admin_above` says whether an agency above has any. `path` holds the ids from the
    root to the agency itself.
    """

    __tablename__ = "agency_directory"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: list[int] = Field(sa_type=IntArray)
    zone: str
    active: bool
    successor_id: int | None
    has_admin: bool
    has_officer: bool
    admins: int
    admin_above: bool


class AgencyWordsEntry(View, table=True):
    """The words by which an agency is found."""

    __tablename__ = "published_agency_words"
    __table_args__ = ({"schema": "routing"},)

    agency_id: int = Field(primary_key=True)
    name: str
    path: list[int] = Field(sa_type=IntArray)
    active: bool
    aliases: list[str] = Field(sa_type=TextArray)
    words: str = Field(sa_type=TSVECTOR)
    has_admin: bool
    has_officer: bool


class StaffEntry(View, table=True):
    """A member of staff; `active` only while the agency is active too."""

    __tablename__ = "staff_directory"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    name: str
    role: str
    agency_id: int
    agency_path: list[int] = Field(sa_type=IntArray)
    active: bool
    token_version: int


class OpenReport(View, table=True):
    """A member of staff who had the report open within the last minute."""

    __tablename__ = "published_presence"
    __table_args__ = ({"schema": "routing"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    staff_id: int = Field(primary_key=True)


class ReachableStaff(View, table=True):
    """The contacts of a member of staff, as ciphertext. `holder` is `staff-<id>`."""

    __tablename__ = "published_staff_contact"
    __table_args__ = ({"schema": "routing"},)

    holder: str = Field(primary_key=True)
    staff_id: int
    email: bytes = Field(sa_type=Bytes)
    holder_key: bytes = Field(sa_type=Bytes)


class ReachableLeader(View, table=True):
    """The leader of an agency and their contacts, as ciphertext. `holder` is `leader-<agency>`."""

    __tablename__ = "published_leader"
    __table_args__ = ({"schema": "routing"},)

    holder: str = Field(primary_key=True)
    agency_id: int
    name: str
    title: str
    email: bytes = Field(sa_type=Bytes)
    holder_key: bytes = Field(sa_type=Bytes)


class LeaderState(View, table=True):
    """How far the address of an agency's leader is proven, and whether the letter was stopped."""

    __tablename__ = "published_leader_state"
    __table_args__ = ({"schema": "notification"},)

    holder: str = Field(primary_key=True)
    proven_at: datetime | None = timestamp()
    undeliverable_at: datetime | None = timestamp()
    stopped_at: datetime | None = timestamp()


class WeekTally(View, table=True):
    """Reports of an agency and all below by day or month of arrival.

    How many came in, how many of these were rated, and the sum of their ratings.
    """

    __tablename__ = "published_tally"
    __table_args__ = ({"schema": "reporting"},)

    agency_id: int = Field(primary_key=True)
    span: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    received: int
    rated: int
    points: int


class Handling(View, table=True):
    """The history line of a report by which an agency got it."""

    __tablename__ = "published_handling"
    __table_args__ = ({"schema": "lifecycle"},)

    number: int = Field(primary_key=True)
    entry: int = Field(primary_key=True)
    handler_id: int


class StandInEntry(View, table=True):
    """A stand-in, the person they stand in for, and the period.

    Both are active, of one agency and one role.
    """

    __tablename__ = "published_stand_in"
    __table_args__ = ({"schema": "routing"},)

    staff_id: int = Field(primary_key=True)
    stand_in_id: int
    begins_at: datetime = timestamp()
    ends_at: datetime = timestamp()


class Contact(View, table=True):
    """The reporter's contact as ciphertext, from the report or else from the account.

    Each is encrypted with the key of its holder.
    """

    __tablename__ = "published_contact"
    __table_args__ = ({"schema": "intake"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    name: bytes | None = Field(sa_type=Bytes)
    phone: bytes | None = Field(sa_type=Bytes)
    email: bytes | None = Field(sa_type=Bytes)
    nik: bytes | None = Field(sa_type=Bytes)
    made_by: int | None
    report_key: bytes | None = Field(sa_type=Bytes)
    account_key: bytes | None = Field(sa_type=Bytes)


class Addressee(View, table=True):
    """The agency that a report was addressed to; there is no row if nobody chose one."""

    __tablename__ = "published_addressee"
    __table_args__ = ({"schema": "intake"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    addressee_id: int


class SocialPostEntry(View, table=True):
    """A post that became a report; its edited words are encrypted with the key of the report."""

    __tablename__ = "published_social_post"
    __table_args__ = ({"schema": "intake"},)

    network: str = Field(primary_key=True)
    post_id: str = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    position: int
    url: str
    gone_at: datetime | None = timestamp()
    gone_because: str | None
    edited_at: datetime | None = timestamp()
    words_before: bytes | None = Field(sa_type=Bytes)
    words_now: bytes | None = Field(sa_type=Bytes)
    report_key: bytes | None = Field(sa_type=Bytes)


class PartnerEntry(View, table=True):
    """A partner system, and the hash of its token for HTTP."""

    __tablename__ = "partner_directory"
    __table_args__ = ({"schema": "intake"},)

    system: str = Field(primary_key=True)
    name: str
    http_token_hash: bytes = Field(sa_type=Bytes)
    active: bool


class CategoryEntry(View, table=True):
    """A category; `active` while its group is, too. `aliases`: everyday words for it."""

    __tablename__ = "published_category"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    code: str
    name: str
    parent_id: int | None
    active: bool
    aliases: list[str] = Field(sa_type=TextArray)


class TagEntry(View, table=True):
    """A tag of a category."""

    __tablename__ = "published_tag"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    category_id: int
    name: str
    active: bool


class ProgrammeEntry(View, table=True):
    """A priority programme."""

    __tablename__ = "published_programme"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    name: str
    active: bool


class ClosedDayEntry(View, table=True):
    """A day that is not a working day although it is not at a weekend."""

    __tablename__ = "published_closed_day"
    __table_args__ = ({"schema": "routing"},)

    day: date = Field(primary_key=True)
    name: str


class PolicyEntry(View, table=True):
    """Process times from a moment on, for the nation or for one agency."""

    __tablename__ = "published_policy"
    __table_args__ = ({"schema": "routing"},)

    version: int = Field(primary_key=True)
    agency_id: int | None
    body: dict[str, Any] = Field(sa_type=Json)
    valid_from: datetime = timestamp()


class ManagedStaff(View, table=True):
    """A member of staff, also a former one, as their admins know them."""

    __tablename__ = "published_staff"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    username: str
    name: str
    role: str
    agency_id: int
    active: bool


class ArchiveReasonEntry(View, table=True):
    """A reason to archive a report, in pusat's words."""

    __tablename__ = "published_archive_reason"
    __table_args__ = ({"schema": "routing"},)

    code: str = Field(primary_key=True)
    name: str
    active: bool


class RecourseEntry(View, table=True):
    """An office to which a reporter can also turn; null criteria apply to every report."""

    __tablename__ = "published_recourse"
    __table_args__ = ({"schema": "routing"},)

    code: str = Field(primary_key=True)
    place: int
    name: str
    how: str
    url: str | None
    archive_category: str | None
    classification: str | None
    category_id: int | None


class CodeUse(View, table=True):
    """A use of a report's access code."""

    __tablename__ = "published_code_use"
    __table_args__ = ({"schema": "routing"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    at: datetime = timestamp(primary_key=True)


class CodeRenewal(View, table=True):
    """A new access code of a report, made by its reporter or by the person who recovered a lost
    one."""

    __tablename__ = "published_code_renewal"
    __table_args__ = ({"schema": "routing"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    at: datetime = timestamp(primary_key=True)


class ReportOwner(View, table=True):
    """The account to which a report belongs, if any."""

    __tablename__ = "published_owner"
    __table_args__ = ({"schema": "intake"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    reporter_id: int | None


class PublishedNote(View, table=True):
    """The words of a routing command that is done."""

    __tablename__ = "published_note"
    __table_args__ = ({"schema": "routing"},)

    command_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    action: str
    words: str
    staff_id: int
    at: datetime = timestamp()


class PublishedMessage(View, table=True):
    """The words that somebody wrote with a follow-up command that is done."""

    __tablename__ = "published_message"
    __table_args__ = ({"schema": "followup"},)

    command_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    action: str
    kind: str | None
    words: str
    secret: bool
    rating: int | None
    actor_kind: str
    staff_id: int | None
    agency_id: int | None
    assignee_id: int | None
    at: datetime = timestamp()
    outcome: str | None
    unmet_reason: str | None
    solved: bool | None
    rectified: bool
    """A follow-up whose words only staff read."""


class ReportFile(View, table=True):
    """A file sent with a report; one that may not be `served` has no `key`."""

    __tablename__ = "published_attachment"
    __table_args__ = ({"schema": "intake"},)

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    key: str | None
    name: str
    media_type: str
    size: int = Field(sa_type=Int64)
    released: bool
    served: bool
    state: FileState = Field(sa_type=Words)


class MessageFile(View, table=True):
    """A file sent with a message; one that may not be `served` has no `key`."""

    __tablename__ = "published_attachment"
    __table_args__ = ({"schema": "followup"},)

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    command_id: UUID
    key: str | None
    name: str
    media_type: str
    size: int = Field(sa_type=Int64)
    served: bool
    state: FileState = Field(sa_type=Words)


class ContactProof(View, table=True):
    """How far the contact of a holder (`report-<number>`, `account-<id>`) is proven."""

    __tablename__ = "published_contact_state"
    __table_args__ = ({"schema": "notification"},)

    holder: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    proven_at: datetime | None = timestamp()
    undeliverable_at: datetime | None = timestamp()
    removed_at: datetime | None = timestamp()
    """The holder of the contact says that it is not safe."""


class ContactChoice(View, table=True):
    """What a reporter chose for the contacts of a report (`report-<number>`) since it was sent.

    As in notification's `Preference`; no row: nothing yet.
    """

    __tablename__ = "published_choice"
    __table_args__ = ({"schema": "notification"},)

    holder: str = Field(primary_key=True)
    email: bool
    sms: bool | None


class ReporterMessage(View, table=True):
    """A message to the reporter of a report, except messages with codes that prove a contact."""

    __tablename__ = "published_message"
    __table_args__ = ({"schema": "notification"},)

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    template: str
    channel: str
    state: str
    reason: str | None
    created_at: datetime = timestamp()
    finished_at: datetime | None = timestamp()
    handler_id: int | None
    """The report's handler when the message was written."""
    version: int
    """The report's version after the step that the message is about; equal for the same message on
    another channel."""


class RevealNotice(View, table=True):
    """Notice that pusat has read the identity of an anonymous reporter, once the reporter may
    know."""

    __tablename__ = "published_reveal_notice"
    __table_args__ = ({"schema": "routing"},)

    request_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    reason_class: str
    at: datetime = timestamp()
    tell_at: datetime = timestamp()


class Emergency(View, table=True):
    """One person of pusat has opened a reporter's identity in an emergency, which nobody has
    confirmed or refused yet."""

    __tablename__ = "published_emergency"
    __table_args__ = ({"schema": "routing"},)

    request_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    asked_by: int
    asked_at: datetime = timestamp()


class ReporterContacts(View, table=True):
    """The contacts of an account's owner, as ciphertext, encrypted with the account's key."""

    __tablename__ = "published_account"
    __table_args__ = ({"schema": "intake"},)

    id: int = Field(primary_key=True)
    phone: bytes | None = Field(sa_type=Bytes)
    email: bytes | None = Field(sa_type=Bytes)
    holder_key: bytes | None = Field(sa_type=Bytes)


class ReachableReporter(View, table=True):
    """The contacts of a report's reporter, as ciphertext, and where each one is from.

    A contact is the report's own or its account's.
    """

    __tablename__ = "published_reachable"
    __table_args__ = ({"schema": "intake"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    reporter_id: int | None
    phone: bytes | None = Field(sa_type=Bytes)
    phone_of_report: bool
    email: bytes | None = Field(sa_type=Bytes)
    email_of_report: bool
    report_key: bytes | None = Field(sa_type=Bytes)
    account_key: bytes | None = Field(sa_type=Bytes)
    phone_safe: bool
    email_safe: bool
    phone_stated: bool
    email_stated: bool
    """A partner system states that it has verified the contact; that alone does not let us write
    there."""
