"""Errors in the interface's form: RFC 9457 problems with a stable code."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.http.language import pick_language
from shared.http.messages import field_message, words_for
from shared.labels.catalogue import Language
from shared.resilience.busy import Busy

MEDIA_TYPE = "application/problem+json"


class FieldError(NamedTuple):
    """One error in one field.

    `field` is a dotted path (`reporter.phone`), `code` one of the catalogue's field codes, `params`
    the values for its template. `pointer` says where the field is in a form that is not JSON, as a
    JSON pointer over the form's parts (RFC 9457, example 3).
    """

    field: str
    code: str
    params: Mapping[str, Any] = {}
    fallback: str = ""
    pointer: str = ""


class Problem(Exception):
    """A refusal: its HTTP status, its code in the catalogue, and what the words need.

    `members` are extra members of the answer (RFC 9457 §3.2), for programs to read; keep
    personal data out of them.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        params: Mapping[str, Any] | None = None,
        members: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = dict(params or {})
        self.members = dict(members or {})
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def body(self, language: Language, request_id: str | None = None) -> dict[str, Any]:
        """The problem as a JSON object, in the reader's language."""
        words = words_for(self.code, language, {"request_id": request_id, **self.params})
        body: dict[str, Any] = {
            **self.members,
            "type": f"urn:lapor:problem:{self.code}",
            "title": words.title,
            "status": self.status,
            "detail": words.detail,
            "code": self.code,
        }
        if request_id:
            body["instance"] = f"urn:lapor:request:{request_id}"
        if self.errors:
            body["errors"] = [
                {
                    "field": e.field,
                    "code": e.code,
                    "message": field_message(e.code, language, e.params, e.fallback),
                    **({"pointer": e.pointer} if e.pointer else {}),
                }
                for e in self.errors
            ]
        return body


def validation(*errors: FieldError) -> Problem:
    return Problem(422, "validation", errors=errors)


def unauthorized(code: str = "unauthorized") -> Problem:
    return Problem(401, code, headers={"WWW-Authenticate": "Bearer"})


def forbidden(code: str = "forbidden", **params: Any) -> Problem:
    return Problem(403, code, params=params)


def not_found(code: str = "not_found", **params: Any) -> Problem:
    """The problem for something that does not exist, or that the caller may not know about."""
    return Problem(404, code, params=params)


def conflict(
    code: str = "conflict", *, members: Mapping[str, Any] | None = None, **params: Any
) -> Problem:
    return Problem(409, code, params=params, members=members)


def precondition(current_version: int) -> Problem:
    """The problem if the If-Match version is not the present one, which the answer names."""
    return Problem(412, "precondition_failed", members={"version": current_version})


def too_large(code: str = "too_large", **params: Any) -> Problem:
    return Problem(413, code, params=params)


def unsupported_media(code: str = "unsupported_media", **params: Any) -> Problem:
    return Problem(415, code, params=params)


def too_many(seconds: int, code: str = "too_many") -> Problem:
    """The problem for too many tries; another try makes sense after `seconds`."""
    return Problem(429, code, params={"seconds": seconds}, headers={"Retry-After": str(seconds)})


def unavailable(code: str = "unavailable", *, seconds: int = 5, **params: Any) -> Problem:
    return Problem(503, code, params=params, headers={"Retry-After": str(seconds)})


def internal() -> Problem:
    return Problem(500, "internal")


def render(request: Request, problem: Problem) -> Response:
    """The answer to a request, in the language it asked for."""
    language = pick_language(request.headers.get("accept-language"))
    body = problem.body(language, getattr(request.state, "request_id", None))
    headers = {**problem.headers, "Content-Language": language, "Vary": "Accept-Language"}
    return Response(
        orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS),
        problem.status,
        headers,
        media_type=MEDIA_TYPE,
    )


async def answer(request: Request, problem: Problem) -> Response:
    """The application's answer to a problem.

    It is `render`, unless the application has its own handler for `Problem` (the portal shows a
    page).
    """
    handler = request.app.exception_handlers[Problem]
    response: Response = await handler(request, problem)
    return response


def json_response(content: Any, status: int = 200) -> Response:
    """An answer with any JSON content, without a model."""
    return Response(orjson.dumps(content), status, media_type="application/json")


def install(app: FastAPI) -> None:
    """Make every error of the application a problem.

    `shared.http.with_database` does so for errors of a database. An unforeseen error becomes a 500
    in `shared.http.observation`, which logs it first.
    """

    @app.exception_handler(Problem)
    async def refused(request: Request, problem: Problem) -> Response:
        return render(request, problem)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if isinstance(error.body, bytes) and any(e["loc"] == ("body",) for e in error.errors()):
            return await answer(request, unsupported_media())  # only what is called JSON is parsed
        return await answer(request, validation(*map(field_error, error.errors())))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        code = _HTTP_CODES.get(
            error.status_code, "bad_request" if error.status_code < 500 else "unavailable"
        )
        return await answer(request, Problem(error.status_code, code, headers=error.headers))

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> Response:
        return await answer(request, unavailable())


_HTTP_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media",
}
_PARTS_OF_A_REQUEST = {"body", "query", "path", "header", "cookie"}


def params_of(error: Mapping[str, Any]) -> dict[str, Any]:
    """The values for the text of a pydantic error; choices by their codes only."""
    params: dict[str, Any] = dict(error.get("ctx") or {})
    if "expected" in params:
        params["expected"] = _MEMBER.sub(r"\1", str(params["expected"]))
    return params


def field_error(error: Mapping[str, Any]) -> FieldError:
    """The field error for one of the errors of a request that FastAPI refused."""
    loc = error["loc"]
    if error["type"] == "json_invalid":  # its location is an offset, of no use to a person
        return FieldError("", "json_invalid")
    if loc and loc[0] in _PARTS_OF_A_REQUEST:
        loc = loc[1:]
    return FieldError(field_of(loc), error["type"], params_of(error), error["msg"])


def field_of(location: Sequence[str | int]) -> str:
    """The dotted path of a pydantic location.

    It leaves out pydantic's names for the choices of a union (`int`, `function-after[…]`), which
    nobody sent.
    """
    return ".".join(
        str(part)
        for position, part in enumerate(location)
        if isinstance(part, int) or position == 0 or not _CHOICE_OF_UNION.fullmatch(part)
    )


_CHOICE_OF_UNION = re.compile(
    r".*\[.*|.*-.*|str|int|float|bool|date|datetime|time|uuid|none|enum|literal|list|dict"
)


_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""The name that pydantic gives to a choice that is a member of an enumeration."""
