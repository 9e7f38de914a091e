"""The report that every channel passes to acceptance, and the answer it gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.intake.details import DetailsForm
from shared.attachments import StoredAttachment
from shared.lifecycle.actions import Classification
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import REPORTER, Actor
from shared.lifecycle.statuses import Status
from shared.telemetry import trace_headers


@dataclass(frozen=True)
class Identity:
    """The reporter's identity, readable and normalised. It is stored encrypted, except whether
    messages may go to a contact."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    nik: str | None = None
    phone_safe: bool = False
    email_safe: bool = False


@dataclass(frozen=True)
class NewReport:
    """A submitted report: its texts are normalised, its codes and ids are checked.

    `scope` and `idempotency_key` identify the submission: an account, a channel or
    `partner:<system>`, and a key chosen there. `fallback_agency_id` gets the report if it has no
    addressee (the agency of the person who entered it); otherwise pusat does.
    """

    title: str
    body: str
    channel: Channel
    scope: str
    idempotency_key: str
    actor: Actor = REPORTER
    classification: Classification | None = None
    details: DetailsForm = field(default_factory=DetailsForm)
    region_code: str | None = None
    addressee_id: int | None = None
    fallback_agency_id: int | None = None
    category_id: int | None = None
    anonymous: bool = False
    secret: bool = False
    identity: Identity = Identity()
    reporter_id: int | None = None
    made_by: int | None = None
    system: str | None = None
    external_id: str | None = None
    linked_number: int | None = None
    phone_stated: bool = False
    email_stated: bool = False
    """The partner system states that it has verified the contact."""
    attachments: tuple[StoredAttachment, ...] = field(default=())
    trace: Mapping[str, str] = field(default_factory=trace_headers, repr=False)
    """The trace in which the report came, continued by its messages."""

    @property
    def own_key(self) -> tuple[str, str]:
        """Identifies the submission."""
        return self.scope, self.idempotency_key


@dataclass(frozen=True)
class Accepted:
    """The answer to an accepted report. `replayed`: the submission was accepted before, and this is
    its report. The code is None once the reporter has renewed it. For a report entered by staff, a
    repeat has no code either once it was used, or after an hour."""

    number: int
    access_code: str | None = field(repr=False)
    link: str
    status: Status
    submitted_at: datetime
    verification_due_at: datetime | None
    replayed: bool = False


class DifferentContent(Exception):
    """The sender has already used this key for another report, `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"key used for report {number}")
        self.number = number
