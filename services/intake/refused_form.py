"""Lists all problems of a refused form at once. Checks that need several fields (title, contact,
coordinates) normally run only if each field is valid; here their problems are added."""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from services.intake.details import nothing
from services.intake.report_form import ReporterForm, unreachable
from services.intake.submission_form import SubmissionForm
from shared.http.auth import OptionalPrincipal
from shared.http.problems import FieldError, Problem, field_error, validation
from shared.http.tokens import Principal, Reporter
from shared.http.uploads import read_form

REPORTER = ("reporter.", "reporter")
"""Where the reporter is in the form: the prefix of the fields, and the field itself."""
_REACHED_BY = ("name", "phone", "email")


async def remember_caller(request: Request, principal: OptionalPrincipal) -> None:
    """A dependency of `listing_all_problems`: callers with an account need no contact."""
    request.state.asks = principal


def listing_all_problems(route: type[APIRoute]) -> type[APIRoute]:
    """A subclass of `route` whose refusal of a `SubmissionForm` lists all problems."""

    class ListingAllProblems(route):  # type: ignore[valid-type,misc]
        def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:
            ordinary: Callable[[Request], Awaitable[Response]] = super().get_route_handler()

            async def handle(request: Request) -> Response:
                try:
                    return await ordinary(request)
                except RequestValidationError as error:
                    if not isinstance(error.body, dict):
                        raise
                    errors_found = [field_error(detail) for detail in error.errors()]
                    raise _all_problems(errors_found, error.body, request.state.asks) from None

            return handle

    return ListingAllProblems


def read_listing_all_problems(report: str, principal: Principal | None) -> SubmissionForm:
    """Read the form from a part of a multipart request. Raises the 422 problem with all
    problems."""
    try:
        return read_form(SubmissionForm, report)
    except Problem as refused:
        try:
            raw = json.loads(report)
        except (ValueError, RecursionError):
            raise refused from None
        if not isinstance(raw, dict):
            raise
        raise _all_problems(refused.errors, raw, principal) from None


def _all_problems(
    errors_found: Iterable[FieldError], raw: dict[str, Any], principal: Principal | None
) -> Problem:
    errors = list(errors_found)
    fields = {error.field for error in errors}
    return validation(
        *errors, *(error for error in _missing_fields(raw, principal) if error.field not in fields)
    )


def _missing_fields(raw: dict[str, Any], principal: Principal | None) -> Iterable[FieldError]:
    if raw.get("channel", "website") == "website" and nothing(raw.get("title")) is None:
        yield FieldError("title", "missing")
    if (raw.get("latitude") is None) is not (raw.get("longitude") is None):
        yield FieldError("", "coordinates_incomplete")
    if not isinstance(principal, Reporter):
        sent = raw.get("reporter")
        reporter = None
        if isinstance(sent, dict):
            contacts: Any = {field: nothing(sent.get(field)) for field in _REACHED_BY}
            reporter = ReporterForm.model_construct(None, **contacts)
        yield from unreachable(reporter, *REPORTER)
