"""The errors while Postgres is away, restarting or too busy: passing trouble, not a defect."""

from typing import Final

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DATABASE_AWAY: Final = (
    OperationalError,
    InterfaceError,
    PendingRollbackError,  # a second statement after the connection broke
    PoolTimeout,
    # The same where a statement went to the driver itself (`raw`).
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
