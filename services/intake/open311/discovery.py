"""`GET discovery`: the endpoints and their formats."""

from fastapi import APIRouter, Response

from services.intake.open311.rendering import (
    ERRORS,
    JSON,
    XML,
    Format,
    SpecRoute,
    content_of,
    rendered,
)
from services.intake.resources import Intake

CHANGED = "2026-01-01T00:00:00Z"
"""When the interface last changed in a way that matters to clients."""

router = APIRouter(prefix="/open311", tags=["Open311"], route_class=SpecRoute)

_ANSWER: dict[int | str, dict[str, object]] = {
    200: {"description": "The endpoints", "content": content_of({"type": "object"})},
    **ERRORS,
}


@router.get("/discovery.{format}", response_class=Response, responses=_ANSWER)
async def open311_discovery(format: Format, intake: Intake) -> Response:
    """Read the service discovery document."""
    return _discovery(format, intake.settings.intake_url)


@router.get("/v2/discovery.{format}", response_class=Response, responses=_ANSWER)
async def open311_discovery_at_endpoint(format: Format, intake: Intake) -> Response:
    """The same document, for clients that know only the endpoint."""
    return _discovery(format, intake.settings.intake_url)


def _discovery(format: Format, address: str) -> Response:
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{address}/open311/v2",
        "changeset": CHANGED,
        "type": "production",
        "formats": [XML, JSON],
    }
    content = {
        "changeset": CHANGED,
        "contact": "LAPOR!",
        "key_service": "api_key is optional: partner systems send their HTTP token",
        "endpoints": [endpoint],
    }
    return rendered("discovery", content, format)
