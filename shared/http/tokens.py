"""The principals who may make a request, and the signed tokens that name them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple, Self
from uuid import UUID, uuid4

import jwt
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared import clock
from shared.http.signing_keys import KeyRefused, KeyRing
from shared.lifecycle.people import Role
from shared.settings import Settings

ACCESS_TTL = timedelta(minutes=15)

TokenOwner = Literal["staff", "reporter"]


class Staff(BaseModel):
    """A person of an agency. `agency_path` goes from the root (pusat) to the own agency.
    `token_version` rises when role, agency or password change: older tokens end at once."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["staff"] = "staff"
    id: int
    role: Role
    agency_id: int
    agency_path: tuple[int, ...]
    name: str = ""
    token_version: int = 1


class Reporter(BaseModel):
    """A citizen with an account."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["reporter"] = "reporter"
    account_id: int


class ReportBearer(BaseModel):
    """Somebody who showed the number and access code of one report, and reaches that one only."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["report"] = "report"
    number: int
    code_version: int = 1
    """The version of the access code: older tokens end when the reporter renews the code."""
    by_sms: bool = False
    """Messages came by SMS, whose sender can be faked; staff see that they did."""


class Partner(BaseModel):
    """Another government system. Its HTTP token is opaque, never a JWT."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["partner"] = "partner"
    system: str


ReporterPrincipal = Reporter | ReportBearer | Partner
Principal = Staff | Reporter | ReportBearer | Partner


class InvalidTokenError(Exception):
    """The token is malformed, forged, expired, or of a key that may not sign for its holder."""


class AccessToken(NamedTuple):
    """A token that is valid in itself; `shared.http.auth` checks whether its session still goes
    on."""

    principal: Staff | Reporter | ReportBearer
    session_id: UUID


class Device(NamedTuple):
    """A browser that signed in before, identified by its mark."""

    id: str
    subject: str
    account: int | None
    mark: str


class Tokens:
    """Issues and reads access tokens (JWT, EdDSA).

    A key is valid only for its issuer: a key of intake cannot make a token for staff, whatever the
    token claims.
    """

    def __init__(self, *, staff: KeyRing, reporters: KeyRing) -> None:
        if staff.verifying.keys() & reporters.verifying.keys():
            raise KeyRefused("LAPOR_STAFF_PUBLIC_KEYS and LAPOR_REPORTER_PUBLIC_KEYS share a key")
        self._staff = _Issuer("lapor:routing", staff, (Staff,))
        self._reporters = _Issuer("lapor:intake", reporters, (Reporter, ReportBearer))

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The tokens with the keys of these settings. Raises `KeyRefused`."""
        return cls(
            staff=KeyRing(
                public=settings.staff_public_keys,
                signing=settings.staff_signing_key,
                setting="LAPOR_STAFF_PUBLIC_KEYS",
                signing_setting="LAPOR_STAFF_SIGNING_KEY",
            ),
            reporters=KeyRing(
                public=settings.reporter_public_keys,
                signing=settings.reporter_signing_key,
                setting="LAPOR_REPORTER_PUBLIC_KEYS",
                signing_setting="LAPOR_REPORTER_SIGNING_KEY",
            ),
        )

    def issue(
        self,
        principal: Staff | Reporter | ReportBearer,
        ttl: timedelta = ACCESS_TTL,
        session_id: UUID | None = None,
    ) -> str:
        """A token valid for `ttl` from now, for this session (by default a new one of its own).

        Raises `KeyRefused` if this process may not sign for the principal.
        """
        issuer = self._staff if isinstance(principal, Staff) else self._reporters
        if issuer.keys.signing is None:
            raise KeyRefused(f"this process has no key to sign for {principal.kind}")
        key_id, key = issuer.keys.signing
        now = clock.now()
        claims: dict[str, Any] = {
            **principal.model_dump(mode="json"),
            "iss": issuer.name,
            "aud": _AUDIENCE,
            "sid": str(session_id or uuid4()),
            "iat": now,
            "exp": now + ttl,
        }
        return jwt.encode(claims, key, _ALGORITHM, headers={"kid": key_id})

    def issue_device(
        self,
        owner: TokenOwner,
        subject: str,
        ttl: timedelta,
        known_as: str | None,
        account: int | None = None,
    ) -> str:
        """A mark for a browser that signed in as `subject`.

        `account` is given if a subject has several; `known_as` is the browser's former id, if it
        was known.
        """
        issuer = self._issuer(owner)
        if issuer.keys.signing is None:
            raise KeyRefused(f"this process has no key to sign for {owner}")
        key_id, key = issuer.keys.signing
        claims: dict[str, Any] = {
            "iss": issuer.name,
            "aud": _DEVICES,
            "sub": subject,
            "jti": known_as or str(uuid4()),
            "exp": clock.now() + ttl,
        }
        if account is not None:
            claims["account"] = account
        return jwt.encode(claims, key, _ALGORITHM, headers={"kid": key_id})

    def devices_of(self, owner: TokenOwner, marks: Sequence[str]) -> list[Device]:
        """The devices that a browser with these marks is known as; values that are no marks are
        skipped."""
        devices = []
        for mark in marks:
            try:
                issuer, claims = self._claims(mark, _DEVICES, ["exp", "sub", "jti"])
            except InvalidTokenError:
                continue
            account = claims.get("account")
            if issuer is self._issuer(owner) and (account is None or isinstance(account, int)):
                devices.append(Device(str(claims["jti"]), str(claims["sub"]), account, mark))
        return devices

    def read(self, token: str) -> AccessToken:
        """The holder of the token. Raises `InvalidTokenError`.

        These are only claims: `shared.http.auth` checks whether they still hold.
        """
        issuer, claims = self._claims(token, _AUDIENCE, ["exp", "kind", "sid"])
        try:
            principal = _BEARERS.validate_python(claims)
            session_id = UUID(str(claims["sid"]))
        except (ValidationError, ValueError) as error:
            raise InvalidTokenError from error
        if not isinstance(principal, issuer.speaks_for):
            raise InvalidTokenError
        return AccessToken(principal, session_id)

    def _issuer(self, owner: TokenOwner) -> "_Issuer":
        return self._staff if owner == "staff" else self._reporters

    def _claims(
        self, token: str, audience: str, required: list[str]
    ) -> tuple["_Issuer", dict[str, Any]]:
        try:
            key_id = str(jwt.get_unverified_header(token).get("kid"))
            issuer = next(
                issuer
                for issuer in (self._staff, self._reporters)
                if key_id in issuer.keys.verifying
            )
            return issuer, jwt.decode(
                token,
                issuer.keys.verifying[key_id],
                [_ALGORITHM],
                audience=audience,
                issuer=issuer.name,
                # A token issued "in the future" comes from a machine whose clock is ahead.
                options={"require": ["aud", "iss", *required], "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError, StopIteration) as error:
            raise InvalidTokenError from error


class _Issuer(NamedTuple):
    name: str
    keys: KeyRing
    speaks_for: tuple[type, ...]


_ALGORITHM = "EdDSA"
_AUDIENCE = "lapor"
_DEVICES = "lapor-device"
_BEARERS: TypeAdapter[Staff | Reporter | ReportBearer] = TypeAdapter(
    Annotated[Staff | Reporter | ReportBearer, Field(discriminator="kind")]
)
