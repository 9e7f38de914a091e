"""A selection as SQL: what the reader may see, and what was asked for of it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from services.reporting.files.selection import STATUSES, DownloadTab, Selection
from shared.lifecycle.calendar import Zone


@dataclass(frozen=True)
class Where:
    """A condition with psycopg's named parameters. It speaks of `lifecycle.report r`, or of
    `routing.published_staff s` where people are asked for."""

    condition: str
    parameters: dict[str, Any]


def where(selection: Selection, agency_id: int, reader_agency_id: int, zone: Zone) -> Where:
    """The reports of a selection: always within the reader's own subtree by their present
    handler, so that copies, and reports that went elsewhere, are never among them."""
    parameters: dict[str, Any] = {"agency": agency_id, "reader": reader_agency_id}
    if selection.tab is DownloadTab.USERS:
        parts = [_IN_SUBTREE.format(column="s.agency_id", agency="reader")]
        parts.append(
            "s.agency_id = %(agency)s"
            if selection.scope == "own"
            else _IN_SUBTREE.format(column="s.agency_id", agency="agency")
        )
    else:
        parts = [_IN_SUBTREE.format(column="r.handler_id", agency="reader")]
        parts.append(_concerns(selection))
        parts.append("r.status = ANY(%(statuses)s)")
        parameters["statuses"] = [*map(str, selection.status or STATUSES[selection.tab])]
    for name, value in selection.filters().items():
        if name in _FILTERS:
            parts.append(_FILTERS[name])
            parameters[name] = [*value] if isinstance(value, tuple) else value
    if selection.submitted_from:
        parts.append("r.submitted_at >= %(from)s")
        parameters["from"] = _midnight(selection.submitted_from, zone)
    if selection.submitted_to:
        parts.append("r.submitted_at < %(before)s")
        parameters["before"] = _midnight(selection.submitted_to + timedelta(days=1), zone)
    return Where(" AND ".join(parts), parameters)


def _concerns(selection: Selection) -> str:
    """Which reports concern the agency: those it or one below handles; for the agency alone,
    those that came to it, also where it has handed them on."""
    thrown = selection.tab is DownloadTab.THROWN
    if selection.scope == "own":
        came = "r.chain @> ARRAY[%(agency)s]::bigint[]"
        return f"{came} AND r.handler_id <> %(agency)s" if thrown else came
    column = "r.chain[cardinality(r.chain) - 1]" if thrown else "r.handler_id"
    return _IN_SUBTREE.format(column=column, agency="agency")


def _midnight(day: Any, zone: Zone) -> datetime:
    return datetime.combine(day, time(), zone.offset)


_IN_SUBTREE = (
    "{column} IN (SELECT id FROM routing.agency_directory"
    " WHERE path @> ARRAY[%({agency})s]::bigint[])"
)
_FILTERS = {
    "category": "r.category_id IN (SELECT id FROM routing.published_category"
    " WHERE id = ANY(%(category)s) OR parent_id = ANY(%(category)s))",
    "classification": "r.classification = ANY(%(classification)s)",
    "channel": "r.channel = ANY(%(channel)s)",
    "anonymous": "r.anonymous = %(anonymous)s",
    "secret": "r.secret = %(secret)s",
    "priority": "r.priority = %(priority)s",
    "held": "r.held = %(held)s",
    "overdue": "r.overdue = %(overdue)s",
    "linked": "(r.main_number IS NOT NULL) = %(linked)s",
    "region": "(r.region_code = %(region)s OR r.region_code LIKE %(region)s || '.%%')",
    "role": "s.role = ANY(%(role)s)",
    "active": "s.active = %(active)s",
}
