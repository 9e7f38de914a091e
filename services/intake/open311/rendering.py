"""Answers of GeoReport v2: the same content as JSON or XML, with errors as the standard
requires."""

import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from shared.http.language import pick_language
from shared.http.messages import field_message
from shared.http.problems import FieldError, Problem, not_found, validation

JSON, XML = "application/json", "text/xml"


class Format(StrEnum):
    """The ending of the address, which selects the format of the answer."""

    JSON = "json"
    XML = "xml"


def rendered(root: str, content: Any, format: Format, status: int = 200) -> Response:
    """Render the content in this format. `root` is the outer element in XML; JSON has none.

    Times are W3C (ISO 8601) in UTC; null is an empty element.
    """
    if format is Format.XML:
        element = _element(root, content)
        document = ElementTree.tostring(element, encoding="UTF-8", xml_declaration=True)
        return Response(document, status, media_type=f"{XML}; charset=utf-8")
    body = orjson.dumps(
        content, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
    )
    return Response(body, status, media_type=f"{JSON}; charset=utf-8")


class SpecRoute(APIRoute):
    """A route that answers refusals as `errors` of GeoReport v2: code and description."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                check_jurisdiction(request, request.query_params.get("jurisdiction_id"))
                return await handle(request)
            except Problem as problem:
                return _refusal(request, problem)
            except RequestValidationError as error:
                return _refusal(request, _of_parameters(error))
            except HTTPException as error:
                return _refusal(request, Problem(error.status_code, "bad_request"))
            except DataError:  # a number out of range, a NUL in a text
                return _refusal(request, validation())

        return handled


def check_jurisdiction(request: Request, jurisdiction: str | None) -> None:
    """Check the jurisdiction, which may be left out. Raises 404 if it is another than ours."""
    if jurisdiction and jurisdiction != request.app.state.settings.open311_jurisdiction:
        raise not_found("jurisdiction_unknown")


def content_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """For `responses=`: both content types, JSON with its schema."""
    return {JSON: {"schema": dict(schema)}, XML: {"schema": {"type": "string"}}}


ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Refused; says why",
        "content": content_of(
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "description"],
                    "properties": {
                        "code": {"type": "integer"},
                        "description": {"type": "string"},
                    },
                },
            }
        ),
    }
}


def _refusal(request: Request, problem: Problem) -> Response:
    language = pick_language(request.headers.get("accept-language"))
    # GeoReport v2 has no 422: missing or wrong values are a 400.
    status = 400 if problem.status == 422 else problem.status
    body = problem.body(language, getattr(request.state, "request_id", None))
    messages = [
        f"{e.field}: {field_message(e.code, language, e.params, e.fallback)}"
        for e in problem.errors
    ] or [body["detail"]]
    format = Format.XML if request.url.path.endswith(".xml") else Format.JSON
    content = [{"code": status, "description": words} for words in messages]
    response = rendered("errors", content, format, status)
    response.headers.update({**problem.headers, "Content-Language": language})
    return response


def _of_parameters(error: RequestValidationError) -> Problem:
    errors = error.errors()
    if any(e["loc"][-1] == "format" for e in errors):
        return not_found()
    return validation(
        *(
            FieldError(str(e["loc"][-1]), e["type"], e.get("ctx") or {}, e.get("msg", ""))
            for e in errors
        )
    )


def _element(name: str, content: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(content, Mapping):
        element.extend(_element(key, value) for key, value in content.items())
    elif isinstance(content, list):
        element.extend(_element(_EACH[name], value) for value in content)
    elif content is not None:
        element.text = _text(content)
    return element


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _NOT_XML.sub("", str(value))


_EACH = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
"""The XML element of an entry in each list."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
