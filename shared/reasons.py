"""Why a server did not do as asked, in words for logs and /readyz: *away* is not *refused*.

Only what servers say of us and of themselves, never what people wrote.
"""

import psycopg
from temporalio.service import RPCError, RPCStatusCode

from shared.bus.connection import BusUserUnknown
from shared.temporal.names import SEARCH_ATTRIBUTES


def reason(error: BaseException) -> str:
    """The words, or the kind of error where there are none."""
    return known_reason(error) or type(error).__name__


def known_reason(error: BaseException) -> str | None:
    """What somebody has to mend; None where the server is merely away, or it is something else."""
    error = getattr(error, "orig", None) or error  # SQLAlchemy's wraps the driver's
    if isinstance(error, BusUserUnknown):
        return "NATS refuses the user or password"
    if isinstance(error, psycopg.Error):
        return _of_postgres(error)
    if isinstance(error, RPCError):
        return _of_temporal(error)
    if isinstance(error, RuntimeError) and any(word in str(error) for word in _DENIED):
        return _TEMPORAL_REFUSES  # what the SDK raises when it connects
    return None


def missing_search_attributes(message: str) -> list[str]:
    """Those of ours that a message of Temporal's names."""
    return [name for name in SEARCH_ATTRIBUTES if name in message]


def _of_postgres(error: psycopg.Error) -> str | None:
    message = str(error)
    if error.sqlstate in _WRONG_LOGIN or any(words in message for words in _LOGIN_FAILED):
        return "Postgres refuses the role or password"
    if error.sqlstate == "3D000" or ('database "' in message and '" does not exist' in message):
        return "Postgres has no such database"
    if error.sqlstate in _NOT_MIGRATED:
        return "the database is not migrated: run `lapor migrate`"
    return None


def _of_temporal(error: RPCError) -> str | None:
    if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
        return _TEMPORAL_REFUSES
    if error.status is RPCStatusCode.NOT_FOUND and "namespace" in error.message.lower():
        return "Temporal has no such namespace (LAPOR_TEMPORAL_NAMESPACE)"
    if error.status is RPCStatusCode.INVALID_ARGUMENT:
        if missing := missing_search_attributes(error.message):
            return f"Temporal lacks search attributes ({', '.join(missing)}): run `lapor migrate`"
        return f"Temporal: {error.message}"
    return None


_DENIED = ("PermissionDenied", "Unauthenticated")
_TEMPORAL_REFUSES = "Temporal refuses the API key or certificate"
_WRONG_LOGIN = frozenset({"28P01", "28000"})
_LOGIN_FAILED = ("password authentication failed", "no pg_hba.conf entry")
_NOT_MIGRATED = frozenset({"42P01", "3F000", "42703"})
