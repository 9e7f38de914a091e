"""What notification answers, as far as the portal reads it. Made by `make docs`
from the models of notification and the imports of the portal; not to be edited."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel


class OwnContact(BaseModel):
    channel: str
    shown: str
    state: str
    proven_until: AwareDatetime | None


class OwnContacts(BaseModel):
    contacts: list[OwnContact]
    discreet: bool
    stopped: bool
    email: bool
    sms: bool
    muted: list[str]


class Recovered(BaseModel):
    recovery_token: str
