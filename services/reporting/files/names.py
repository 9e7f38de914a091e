"""The names for the ids in rows: agencies, categories, tags, programmes and regions."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg

from shared.lifecycle.calendar import WorkingCalendar
from shared.values import regions


@dataclass(frozen=True)
class Names:
    """All names, read once for each download: at most some ten thousand short texts."""

    agencies: dict[int, str]
    parents: dict[int, int]
    categories: dict[int, str]
    tags: dict[int, str]
    programmes: dict[int, str]
    archive_reasons: dict[str, str]
    calendar: WorkingCalendar

    def parent_agency(self, agency_id: int) -> str | None:
        """Return *Instansi Induk*: the name of the agency above, or of the agency itself at the
        root."""
        return self.agencies.get(self.parents.get(agency_id, agency_id))

    def has_below(self, agency_id: int) -> bool:
        """Return whether any agency is below this one."""
        return agency_id in self.parents.values()


def read_names(connection: psycopg.Connection[Any]) -> Names:
    """Return the names as they are in the snapshot."""

    def pairs(query: str) -> dict[Any, Any]:
        return dict(connection.execute(query.encode()).fetchall())

    days = connection.execute("SELECT day FROM routing.published_closed_day").fetchall()
    agencies = connection.execute(
        "SELECT id, name, parent_id FROM routing.agency_directory"
    ).fetchall()
    return Names(
        agencies={agency_id: name for agency_id, name, _ in agencies},
        parents={agency_id: parent for agency_id, _, parent in agencies if parent is not None},
        categories=pairs("SELECT id, name FROM routing.published_category"),
        tags=pairs("SELECT id, name FROM routing.published_tag"),
        programmes=pairs("SELECT id, name FROM routing.published_programme"),
        archive_reasons=pairs("SELECT code, name FROM routing.published_archive_reason"),
        calendar=WorkingCalendar(frozenset(day for (day,) in days)),
    )


_NO_REGION = (None, None, None, None)


@lru_cache(maxsize=10_000)
def region_names(code: str | None) -> tuple[str | None, ...]:
    """Return the names of the province, city or regency, district and village of a region code.
    Levels below that of the code are None."""
    if code is None:
        return _NO_REGION
    names = tuple(region.name for region in regions.ancestry(code))
    return (names + _NO_REGION)[:4]
