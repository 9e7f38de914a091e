"""The contract of the bus with partner systems, served beside the OpenAPI document."""

from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Response

from services.intake.resources import Intake

DOCUMENT: Final = files("services.intake") / "asyncapi.json"
"""Generated: `make docs`. The server's address in it is an example."""

router = APIRouter(include_in_schema=False)


@router.get("/asyncapi.json")
async def read_asyncapi(intake: Intake) -> Response:
    return Response(
        _document(intake.settings.partner_nats_url),
        media_type="application/vnd.aai.asyncapi+json;version=3.0.0",
    )


@cache
def _document(nats_url: str) -> bytes:
    """As partners need it: with the address at which they reach NATS."""
    document, address = orjson.loads(DOCUMENT.read_bytes()), urlsplit(nats_url)
    document["servers"]["nats"] |= {"host": address.netloc, "protocol": address.scheme}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)
