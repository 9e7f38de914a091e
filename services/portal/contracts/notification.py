"""What notification answers, as far as the portal reads it. Made by `make docs`
from the models of notification and the imports of the portal; not to be edited."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel


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
    to_the_hour: bool
    read: bool


class BellPage(BaseModel):
    items: list[BellEntry]
    unread: int
    next: str | None


class ContactShown(BaseModel):
    proof_token: str


class EarlierReports(BaseModel):
    numbers: list[int]


class LeaderProven(BaseModel):
    agency: str


class OwnContact(BaseModel):
    channel: str
    shown: str
    state: str
    of_account: bool
    proven_until: AwareDatetime | None


class OwnContacts(BaseModel):
    contacts: list[OwnContact]
    discreet: bool
    stopped: bool
    email: bool
    sms: bool
    muted: list[str]


class OwnEmail(BaseModel):
    shown: str
    state: str
    proven_until: AwareDatetime | None


class OwnMessages(BaseModel):
    stopped: bool
    kinds: dict[str, str]


class Recovered(BaseModel):
    recovery_token: str


class ReportShown(BaseModel):
    proof_token: str


class AccountContacts(BaseModel):
    contacts: list[OwnContact]
