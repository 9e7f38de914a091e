"""Makes OpenAPI complete enough for a generated client: problems, security, stable names."""

from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from shared.http.problems import MEDIA_TYPE

# A scheme with this name means "any of the others, or none" and is replaced below.
OPTIONAL_SCHEME = "Optional"


class FieldProblem(BaseModel):
    """One thing wrong with one field."""

    field: str = Field(description="Dotted path, as in the request")
    code: str = Field(description="A stable code, for programs")
    message: str = Field(description="A text for people, in the requested language")
    pointer: str | None = Field(
        None, description="For a file: JSON pointer over the form's parts, `#/attachments/2`"
    )


class ProblemDocument(BaseModel):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="A stable code, for programs")
    instance: str | None = Field(None, description="Identifies this request")
    errors: list[FieldProblem] | None = None


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a router or endpoint may answer with, for its `responses=`."""
    return {status: _response(status) for status in statuses}


def operation_id(route: APIRoute) -> str:
    """The endpoint's function name, by which a generated client names the method."""
    return route.name


def raw_body(model: type[BaseModel]) -> dict[str, Any]:
    """The `openapi_extra=` of an endpoint that reads this model from the raw body as JSON."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    content = {"application/json": {"schema": _inlined(schema, definitions)}}
    return {"requestBody": {"required": True, "content": content}}


def install(app: FastAPI) -> None:
    """Complete the document that FastAPI makes, and show it at /docs without the internet."""
    app.include_router(_pages(app.title))
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(generate())
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def _pages(title: str) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    # The package is only used for its browser files.
    assets = files("fastapi_offline") / "static"

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="openapi.json",
            title=title,
            swagger_js_url="docs/swagger-ui-bundle.js",
            swagger_css_url="docs/swagger-ui.css",
            swagger_favicon_url="data:,",
        )
        page.headers["Content-Security-Policy"] = _DOCS_CONTENT_SECURITY
        return page

    @router.get("/docs/swagger-ui-bundle.js")
    async def script() -> FileResponse:
        return FileResponse(str(assets / "swagger-ui-bundle.js"))

    @router.get("/docs/swagger-ui.css")
    async def style() -> FileResponse:
        return FileResponse(str(assets / "swagger-ui.css"))

    return router


_DOCS_CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)
_DESCRIPTIONS = {
    400: "The request cannot be read",
    401: "Not signed in, or the session is not valid any more",
    403: "Not allowed",
    404: "Not there, or not for the caller to know",
    409: "The present state does not allow it; `code` says why",
    412: "Changed since the version given in If-Match",
    413: "Too large",
    415: "Unsupported type of content",
    422: "Invalid input; `errors` names the fields",
    429: "Too many requests; see Retry-After",
    503: "Passing trouble; see Retry-After",
}


def _response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _DESCRIPTIONS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with each reference replaced by its definition."""
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(value, definitions) for name, value in schema.items()}


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    schemes = components.get("securitySchemes", {})
    schemes.pop(OPTIONAL_SCHEME, None)
    for path in document.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict):
                _complete_operation(operation, schemes)


def _complete_operation(operation: dict[str, Any], schemes: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    if "422" in responses:
        responses["422"] = _response(422)
    if "requestBody" in operation and "4XX" not in responses:
        responses.setdefault("400", _response(400))
        responses.setdefault("413", _response(413))
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _never_null(parameter["schema"])
    if "security" in operation:
        responses.setdefault("401", _response(401))
        if {OPTIONAL_SCHEME: []} in operation["security"]:
            operation["security"] = [{}, *({name: []} for name in schemes)]


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter without null.

    It may be left out, but a null cannot be sent in a header, a query or a path, though generated
    clients would try.
    """
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if "anyOf" not in schema or len(kinds) == len(schema["anyOf"]):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}
