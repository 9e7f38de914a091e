"""Who is asking, and the signed tokens that say so."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import jwt
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

ACCESS_TTL = timedelta(minutes=15)

Use = Literal["access", "refresh"]


class Staff(BaseModel):
    """A person of an agency. `agency_path` goes from the root (pusat) to the own agency.
    `token_version` rises when role, agency or password change: older tokens end at once."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["staff"] = "staff"
    id: int
    role: str
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


class Partner(BaseModel):
    """Another government system. Its HTTP token is opaque, never a JWT."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["partner"] = "partner"
    system: str


ReporterPrincipal = Reporter | ReportBearer | Partner
Principal = Staff | Reporter | ReportBearer | Partner


class InvalidTokenError(Exception):
    """The token is malformed, forged, expired, or for another use."""


class Tokens:
    """Issues and reads tokens (JWT, HS256)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def issue(
        self,
        principal: Staff | Reporter | ReportBearer,
        ttl: timedelta = ACCESS_TTL,
        use: Use = "access",
    ) -> str:
        """A token valid for `ttl` from now. A `refresh` token does not open endpoints: it is
        read with `read(token, "refresh")` where access tokens are renewed."""
        claims: dict[str, Any] = principal.model_dump(mode="json")
        now = datetime.now(UTC)
        return jwt.encode(
            {**claims, "aud": use, "iat": now, "exp": now + ttl}, self._secret, _ALGORITHM
        )

    def read(self, token: str, use: Use = "access") -> Staff | Reporter | ReportBearer:
        """Who the token was issued to. Raises InvalidTokenError. For staff these are claims
        only: `shared.http.auth` asks the directory whether they still hold."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                [_ALGORITHM],
                audience=use,
                options={"require": ["exp", "aud", "kind"]},
            )
            return _BEARERS.validate_python(claims)
        except (jwt.PyJWTError, ValidationError) as error:
            raise InvalidTokenError from error


_ALGORITHM = "HS256"
_BEARERS: TypeAdapter[Staff | Reporter | ReportBearer] = TypeAdapter(
    Annotated[Staff | Reporter | ReportBearer, Field(discriminator="kind")]
)
