"""Why a server did not do as asked, in words for logs and /readyz: *away* is not *refused*.

Only what servers say of us and of themselves, never what people wrote. What a driver raises is
explained beside the connection that it serves: registered with `explained`.
"""

from functools import singledispatch

import psycopg


def reason(error: BaseException) -> str:
    """The words, or the kind of error where there are none."""
    return known_reason(error) or type(error).__name__


def known_reason(error: BaseException) -> str | None:
    """What somebody has to mend; None where the server is merely away, or it is something else."""
    return explained(getattr(error, "orig", None) or error)  # SQLAlchemy's wraps the driver's


@singledispatch
def explained(_: BaseException) -> str | None:
    """As `known_reason`, by the kind of error."""
    return None


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
