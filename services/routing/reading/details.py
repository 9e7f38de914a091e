"""When and where the matter of a report happened, as exactly as the reader may know."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from shared.privacy.publication import as_public
from shared.values import regions


class Place(BaseModel):
    """Where it happened. `region` names the region of the code and those above it."""

    region_code: str | None
    region: str | None
    text: str | None
    latitude: float | None
    longitude: float | None


class ShownDetails(BaseModel):
    happened_at: str | None
    place: Place


async def details_of(row: Mapping[str, Any], *, by_copy: bool, anonymous: bool) -> ShownDetails:
    """When and where it happened. Staff who read a copy see what the public may see, and only the
    region while nobody has corrected the report: a house, or its description, can identify
    people."""
    shown: Mapping[str, Any] = as_public(row, anonymous) if by_copy else row
    if by_copy and row["title"] is None:
        shown = {"region_code": shown["region_code"]}
    code = shown["region_code"]
    region = await asyncio.to_thread(regions.find, code) if code else None
    place = Place(
        region_code=code,
        region=region.path if region else None,
        text=shown.get("place"),
        latitude=shown.get("latitude"),
        longitude=shown.get("longitude"),
    )
    return ShownDetails(happened_at=shown.get("happened_at"), place=place)
