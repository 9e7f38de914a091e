"""The parts of an application with a database; an application without one does not load them."""

import logging

import psycopg
from fastapi import FastAPI, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import DataError

from shared.database.engine import Database
from shared.http.limits import RateLimits
from shared.http.nul import fields_with_nul
from shared.http.operations import Check
from shared.http.problems import FieldError, answer, unavailable, validation
from shared.resilience.away import DATABASE_AWAY
from shared.settings import Settings


def attach(app: FastAPI, database: Database, name: str, settings: Settings) -> Check:
    """Put the database and its limits on `app.state`, and turn its errors into problems.

    Returns the check for /readyz.
    """
    app.state.database = database
    app.state.rate_limits = RateLimits(database, name, settings.blind_index_key)

    # A value that the database cannot hold (NUL in a text, a number too large) is the caller's
    # error. Fields with a NUL are named; normalised texts have lost theirs before.
    @app.exception_handler(DataError)
    @app.exception_handler(psycopg.DataError)
    async def not_storable(request: Request, error: DataError) -> Response:
        _log.warning("not storable", exc_info=error)
        wrong = (FieldError(name, "nul") for name in await fields_with_nul(request))
        return await answer(request, validation(*wrong))

    # An absent database is passing trouble, not a defect.
    async def away(request: Request, error: Exception) -> Response:
        return await answer(request, unavailable())

    for kind in DATABASE_AWAY:
        app.add_exception_handler(kind, away)

    async def ask() -> None:
        async with database.autocommit() as connection:
            await connection.execute(text("SELECT 1"))

    return ask


_log = logging.getLogger("lapor.http")
