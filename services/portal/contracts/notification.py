"""What notification answers, as far as the portal reads it. Made by `make docs`
from the models of notification and the imports of the portal; not to be edited."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field


class AccountRecovered(BaseModel):
    recovery_token: str


class AccountRecoveryRequest(BaseModel):
    request_token: str


class BellEntry(BaseModel):
    id: int
    number: int
    kind: str
    text: str
    at: AwareDatetime
    to_the_hour: bool = False
    read: bool = False


class BellPage(BaseModel):
    items: list[BellEntry] = Field([], validate_default=True)
    unread: int
    next: str | None = None


class ContactShown(BaseModel):
    proof_token: str


class EarlierReports(BaseModel):
    numbers: list[int] = []


class LeaderProven(BaseModel):
    agency: str


class OwnContact(BaseModel):
    channel: str
    shown: str
    state: str
    of_account: bool = False
    proven_until: AwareDatetime | None = None


class OwnContacts(BaseModel):
    contacts: list[OwnContact] = Field([], validate_default=True)
    discreet: bool = False
    stopped: bool = False
    email: bool = False
    sms: bool = False
    muted: list[str] = []


class OwnEmail(BaseModel):
    shown: str
    state: str
    proven_until: AwareDatetime | None = None


class OwnMessages(BaseModel):
    stopped: bool = False
    kinds: dict[str, str]


class Recovered(BaseModel):
    recovery_token: str


class ReportShown(BaseModel):
    proof_token: str


class Unsubscribed(BaseModel):
    stopped: bool = False
    audience: str


class AccountContacts(BaseModel):
    contacts: list[OwnContact] = Field([], validate_default=True)
