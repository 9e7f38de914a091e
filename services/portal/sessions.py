"""The sealed cookies in a browser: one for the public site, another for the panel."""

import base64
import secrets
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request, Response
from pydantic import BaseModel, Field, ValidationError

from services.portal.sealed_forms import person_of
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import Role

Site = Literal["public", "panel"]

LIFETIME = 12 * 3600
"""Seconds for which a cookie is valid after it was written."""

KEPT_REPORTS = 4
"""The most reports opened by access code that one browser keeps: a cookie holds 4 KB."""


KNOWN_FOR = 30 * 86_400
"""Seconds for which a browser is remembered after a sign-in."""
KEPT_DEVICES = 4
"""The most people who are remembered in one browser."""


class TokenPair(BaseModel):
    """The tokens that a service returned at sign-in."""

    access: str = Field(repr=False)
    refresh: str | None = Field(default=None, repr=False)


class Session(BaseModel):
    """The content of a cookie. `reports` holds the tokens of reports opened by access code."""

    csrf: str = Field(default_factory=lambda: secrets.token_urlsafe(16))
    tokens: TokenPair | None = None
    name: str = ""
    role: Role | None = None
    agency_id: int | None = None
    agency_name: str = ""
    zone: Zone = Zone.WIB
    """The time zone of one's own agency, for the days and times of the panel."""
    reports: dict[int, str] = Field(default={}, repr=False)
    receipt: str | None = Field(default=None, repr=False)
    notice: str | None = None
    drafts: str = Field(default="", repr=False)
    """The secret by which this browser's unsent forms find their files."""

    @property
    def person(self) -> str:
        """Return an identifier of the person signed in; "" if nobody is."""
        return person_of(self.tokens.access) if self.tokens else ""

    @property
    def only_reads(self) -> bool:
        """Return whether an overseer is signed in, who is shown no actions."""
        return self.role is not None and self.role.only_reads

    @property
    def is_central(self) -> bool:
        """Return whether somebody of pusat is signed in."""
        return self.role is not None and self.role.is_central

    def keep_report(self, number: int, token: str) -> None:
        """Keep the access to a report; the one kept longest is dropped if there are too many."""
        self.reports = {number: token} | {k: v for k, v in self.reports.items() if k != number}
        self.reports = dict(list(self.reports.items())[:KEPT_REPORTS])

    def sign_out(self) -> None:
        """Forget the person, and the token that their forms carry."""
        fresh = Session()
        fresh.drafts = secrets.token_urlsafe(32)
        for name in Session.model_fields:
            setattr(self, name, getattr(fresh, name))


class Cookies:
    """Seals and opens the cookies with a key of their own, derived from the processes' secret."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        derived = HKDF(SHA256(), 32, None, b"lapor portal cookies").derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))
        self._secure = secure

    def read(self, request: Request, site: Site) -> Session:
        """Return the session of the request, or a new one if there is none that we sealed
        recently."""
        sealed = request.cookies.get(_NAMES[site])
        if sealed is None:
            return Session()
        try:
            return Session.model_validate_json(self._fernet.decrypt(sealed.encode(), LIFETIME))
        except (InvalidToken, ValidationError):
            return Session()

    def write(self, response: Response, site: Site, session: Session) -> None:
        """Write the session into the answer."""
        response.set_cookie(
            _NAMES[site],
            self._fernet.encrypt(session.model_dump_json(exclude_defaults=True).encode()).decode(),
            max_age=LIFETIME,
            path=_PATHS[site],
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def devices(self, request: Request, site: Site) -> list[str]:
        """Return the tokens by which services recognise the browser, the latest first. Their
        issuers signed them, and they do not reveal who signed in."""
        kept = request.cookies.get(_DEVICES[site], "")
        return [mark for mark in kept.split(_BETWEEN) if 0 < len(mark) <= 1_000][:KEPT_DEVICES]

    def write_devices(self, response: Response, site: Site, marks: list[str]) -> None:
        """Write these tokens into the answer; signing out does not remove them."""
        response.set_cookie(
            _DEVICES[site],
            _BETWEEN.join(marks),
            max_age=KNOWN_FOR,
            path=_PATHS[site],
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )


_DEVICES: dict[Site, str] = {"public": "lapor_dikenal", "panel": "lapor_panel_dikenal"}
_BETWEEN = "~"
_NAMES: dict[Site, str] = {"public": "lapor_sesi", "panel": "lapor_panel"}
_PATHS: dict[Site, str] = {"public": "/", "panel": "/panel"}
