"""Sign-in for endpoints: dependencies that return the principal or refuse the request."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select, text
from sqlmodel import col

from shared.database.engine import Database
from shared.database.views import PartnerEntry
from shared.http.documentation import OPTIONAL_SCHEME
from shared.http.problems import Problem, forbidden, unauthorized
from shared.http.secret_tokens import new_token, token_hash
from shared.http.tokens import (
    InvalidTokenError,
    Partner,
    Principal,
    ReportBearer,
    ReporterPrincipal,
    Staff,
    Tokens,
)

PARTNER_PREFIX = "lapor_p_"


def new_partner_token() -> tuple[str, bytes]:
    """A new HTTP token for a partner, shown once, and the hash to store."""
    token = PARTNER_PREFIX + new_token()[0]
    return token, token_hash(token)


_staff_scheme = HTTPBearer(
    scheme_name="Staff", bearerFormat="JWT", auto_error=False, description="A staff access token"
)
_reporter_scheme = HTTPBearer(
    scheme_name="Reporter",
    auto_error=False,
    description="A reporter's access token, a token for one report, or a partner's HTTP token",
)
_optional_scheme = HTTPBearer(scheme_name=OPTIONAL_SCHEME, auto_error=False)

_Credentials = HTTPAuthorizationCredentials | None


async def current_reader(
    request: Request, credentials: Annotated[_Credentials, Depends(_staff_scheme)]
) -> Staff:
    """The member of staff who is signed in, as the directory has them now.

    401 without a valid token, 403 for other principals.
    """
    principal = await _principal(request, credentials)
    if principal is None:
        raise unauthorized()
    if not isinstance(principal, Staff):
        raise forbidden()
    return principal


async def current_staff(reader: Annotated[Staff, Depends(current_reader)]) -> Staff:
    """Like `current_reader`, but 403 for an overseer, who may only read.

    An overseer may use only endpoints that ask for a `CurrentReader`.
    """
    _refuse_overseers(reader)
    return reader


async def current_reporter(
    request: Request, credentials: Annotated[_Credentials, Depends(_reporter_scheme)]
) -> ReporterPrincipal:
    """A reporter, the bearer of one report's code, or a partner. 401 without a valid token,
    403 for staff."""
    principal = await _principal(request, credentials)
    if principal is None:
        raise unauthorized()
    if isinstance(principal, Staff):
        raise forbidden()
    return principal


async def current_principal(
    request: Request,
    staff: Annotated[_Credentials, Depends(_staff_scheme)],
    reporter: Annotated[_Credentials, Depends(_reporter_scheme)],
) -> Principal:
    """Anybody who is signed in. 401 without a valid token."""
    principal = await _principal(request, staff or reporter)
    if principal is None:
        raise unauthorized()
    _refuse_overseers(principal)
    return principal


async def optional_principal(
    request: Request, credentials: Annotated[_Credentials, Depends(_optional_scheme)]
) -> Principal | None:
    """The person who is signed in, None if nobody is; an invalid token still gives a 401."""
    return await _principal(request, credentials)


CurrentReader = Annotated[Staff, Depends(current_reader)]
CurrentStaff = Annotated[Staff, Depends(current_staff)]
CurrentReporter = Annotated[ReporterPrincipal, Depends(current_reporter)]
CurrentPrincipal = Annotated[Principal, Depends(current_principal)]
OptionalPrincipal = Annotated[Principal | None, Depends(optional_principal)]


def _refuse_overseers(principal: Principal) -> None:
    if isinstance(principal, Staff) and principal.role.only_reads:
        raise forbidden()


async def _principal(request: Request, credentials: _Credentials) -> Principal | None:
    if credentials is None:
        return None
    token = credentials.credentials
    database: Database = request.app.state.database
    if token.startswith(PARTNER_PREFIX):
        return await _partner(database, token)
    tokens: Tokens = request.app.state.tokens
    try:
        principal, session_id = tokens.read(token)
    except InvalidTokenError:
        raise unauthorized("token_invalid") from None
    request.state.session_id = session_id
    if isinstance(principal, Staff):
        return await staff_in_directory(database, principal, session_id)
    await _still_open(database, principal, session_id)
    return principal


async def _still_open(database: Database, principal: Principal, session_id: UUID) -> None:
    """Raise a 401 if the session has ended or the report has a new access code."""
    bearer = principal if isinstance(principal, ReportBearer) else None
    parameters = {"session_id": session_id, "number": bearer.number if bearer else None}
    async with database.autocommit() as connection:
        ended, code_version = (await connection.execute(_REPORTERS_ACCESS, parameters)).one()
    renewed = bearer is not None and code_version not in (None, bearer.code_version)
    if ended or renewed:
        raise unauthorized("token_invalid")


async def opens_report(request: Request, token: str, number: int) -> bool:
    """Whether this token was issued for the access code of this report and is still valid."""
    tokens: Tokens = request.app.state.tokens
    try:
        principal, session_id = tokens.read(token)
        if not isinstance(principal, ReportBearer) or principal.number != number:
            return False
        await _still_open(request.app.state.database, principal, session_id)
    except (InvalidTokenError, Problem):
        return False
    return True


def session_of(request: Request) -> UUID:
    """The session of the token sent with this request."""
    session_id: UUID = request.state.session_id
    return session_id


async def staff_in_directory(database: Database, claimed: Staff, session_id: UUID) -> Staff:
    """The directory's row for the claims of a token; its role, agency and path take precedence.

    401 if the person is not active any more, the token is older than the last change, or they have
    signed out.
    """
    parameters = {"id": claimed.id, "session_id": session_id}
    async with database.autocommit() as connection:
        row = (await connection.execute(_STAFF, parameters)).mappings().one_or_none()
    if row is None or row["token_version"] != claimed.token_version:
        raise unauthorized("token_invalid")
    return Staff.model_validate(dict(row))


async def _partner(database: Database, token: str) -> Partner:
    async with database.autocommit() as connection:
        by_token = col(PartnerEntry.http_token_hash) == token_hash(token)
        partners = select(col(PartnerEntry.system)).where(by_token, col(PartnerEntry.active))
        system = await connection.scalar(partners)
    if system is None:
        raise unauthorized("token_invalid")
    return Partner(system=system)


_STAFF = text(
    "SELECT id, role, agency_id, agency_path, name, token_version"
    " FROM routing.staff_directory WHERE id = :id AND active AND NOT EXISTS ("
    "  SELECT FROM routing.published_ended_session WHERE id = :session_id)"
)
_REPORTERS_ACCESS = text(
    "SELECT EXISTS (SELECT FROM intake.published_ended_session WHERE id = :session_id),"
    " (SELECT version FROM intake.published_access_code WHERE number = CAST(:number AS bigint))"
)
