"""Reads `LAPOR_DATABASE_URL`, in one way for every connection; explains why connecting fails."""

from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shared.resilience.reasons import explained


def connection_string(database_url: str, application: str) -> str:
    """The psycopg string for `postgresql+psycopg://role:password@host:port/database`.

    `pg_stat_activity` shows the application's name. The address may name several servers, separated
    by commas: the one that is the primary at the moment is used. A machine that vanishes is noticed
    in half a minute. Raises `psycopg.ProgrammingError` for anything else.
    """
    address = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    host = str(conninfo_to_dict(address).get("host") or "")
    which = {"target_session_attrs": "read-write"} if "," in host else {}
    chosen = _PATIENCE | which | conninfo_to_dict(address) | {"application_name": application}
    return make_conninfo("", **chosen)


def connection_arguments(database_url: str, application: str) -> dict[str, str | int | None]:
    """The same as arguments that SQLAlchemy passes on."""
    return conninfo_to_dict(connection_string(database_url, application))


# In seconds, `tcp_user_timeout` in milliseconds; libpq's own are two hours and unlimited.
_PATIENCE: Final[dict[str, str | int | None]] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


@explained.register
def _of_postgres(error: psycopg.Error) -> str | None:
    message = str(error)
    if error.sqlstate in _WRONG_LOGIN or any(words in message for words in _LOGIN_FAILED):
        return "Postgres refuses the role or password"
    if error.sqlstate == "3D000" or ('database "' in message and '" does not exist' in message):
        return "Postgres has no such database"
    if error.sqlstate in _NOT_MIGRATED:
        return "the database is not migrated: run `lapor migrate`"
    return None


_WRONG_LOGIN = frozenset({"28P01", "28000"})
_LOGIN_FAILED = ("password authentication failed", "no pg_hba.conf entry")
_NOT_MIGRATED = frozenset({"42P01", "3F000", "42703"})
