"""Where and when it happened, as exactly as the reader may know it."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypedDict

from services.routing.reading.view import Place
from shared import regions
from shared.publication import as_public


class WhereAndWhen(TypedDict):
    """The fields of a `ReportView` that say it."""

    happened_at: str | None
    place: Place


async def where_and_when(row: Mapping[str, Any], *, by_copy: bool, anonymous: bool) -> WhereAndWhen:
    """Who reads a copy reads what the public may, and of a report that nobody has corrected yet
    the region alone: a house, or the words for it, can name its people."""
    told = as_public(row, anonymous) if by_copy else dict(row)
    if by_copy and row["title"] is None:
        told |= dict.fromkeys(("place", "latitude", "longitude"))
    code = told["region_code"]
    region = await asyncio.to_thread(regions.find, code) if code else None
    place = Place(
        region_code=code,
        region=region.path if region else None,
        text=told["place"],
        latitude=told["latitude"],
        longitude=told["longitude"],
    )
    return WhereAndWhen(happened_at=told["happened_at"], place=place)
