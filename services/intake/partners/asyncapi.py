"""The contract of the bus with partner systems, served beside the OpenAPI document."""

from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Response

DOCUMENT: Final = files("services.intake") / "asyncapi.json"
"""Generated: `make docs`."""

router = APIRouter(include_in_schema=False)


@router.get("/asyncapi.json")
async def read_asyncapi() -> Response:
    return Response(_document(), media_type="application/vnd.aai.asyncapi+json;version=3.0.0")


@cache
def _document() -> bytes:
    return DOCUMENT.read_bytes()
