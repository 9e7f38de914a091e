"""The ids that services know things by, for the codes and names of the demo."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.demo.driver.api import Api
from deploy.demo.reference import PRIORITY_PROGRAMS

_PAGE = 100


@dataclass(frozen=True)
class Directory:
    """As routing offers it to staff."""

    agencies: dict[str, int]
    categories: dict[str, int]
    tags: dict[tuple[int, str], int]
    programmes: dict[str, int]

    def tag_ids(self, category: str, names: Sequence[str]) -> list[int]:
        return [self.tags[self.categories[category], name] for name in names]

    def programme_id(self, code: str | None) -> int | None:
        names = {one.code: one.name for one in PRIORITY_PROGRAMS}
        return self.programmes[names[code]] if code else None


async def read_directory(routing: Api, token: str) -> Directory:
    """Asks routing for everything its forms offer."""

    async def choices(path: str) -> list[dict[str, Any]]:
        return list((await routing.get(path, token))["items"])

    agencies, categories, tags, programmes = await asyncio.gather(
        _agencies(routing, token), choices("/categories"), choices("/tags"), choices("/programmes")
    )
    return Directory(
        agencies,
        {one["code"]: one["id"] for one in categories},
        {(one["category_id"], one["name"]): one["id"] for one in tags},
        {one["name"]: one["id"] for one in programmes},
    )


async def _agencies(routing: Api, token: str) -> dict[str, int]:
    found: dict[str, int] = {}
    cursor: dict[str, str] = {}
    while True:
        page = await routing.get("/agencies", token, limit=_PAGE, **cursor)
        found |= {one["code"]: one["id"] for one in page["items"]}
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}
