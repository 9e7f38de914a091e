"""A report as every channel hands it to acceptance, and the answer it gets."""

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
    """Who reports, readable; normalised. Stored as ciphertext only, but for whether messages may
    come to a contact."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    nik: str | None = None
    phone_safe: bool = False
    email_safe: bool = False


@dataclass(frozen=True)
class NewReport:
    """What came in: texts normalised, codes and ids checked.

    `scope` and `idempotency_key` say what is the same submission: an account, a channel or
    `partner:<system>`, and its own key. `fallback_agency_id` has it where nobody is addressed
    (a manual report's maker), else pusat.
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
    """The trace in which it came, for what is told of it."""

    @property
    def own_key(self) -> tuple[str, str]:
        """The same of the same submission."""
        return self.scope, self.idempotency_key


@dataclass(frozen=True)
class Accepted:
    """The answer. `replayed`: the same submission was here before, and this is its report. No
    code is told again once its reporter has renewed it; one that staff were given to hand on,
    neither once it was used, nor later than an hour after."""

    number: int
    access_code: str | None = field(repr=False)
    link: str
    status: Status
    submitted_at: datetime
    verification_due_at: datetime | None
    replayed: bool = False


class DifferentContent(Exception):
    """This key has been used by the same sender for another report, `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"key used for report {number}")
        self.number = number
