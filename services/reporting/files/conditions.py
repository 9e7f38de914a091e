"""A selection as SQL: the rows that the reader may see and has asked for."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from services.reporting.files.selection import STATUSES, DownloadTab, Selection
from shared.lifecycle.calendar import Zone


@dataclass(frozen=True)
class Where:
    """A condition with psycopg's named parameters. It refers to `lifecycle.report r`, or to
    `routing.published_staff s` if the selection is of people."""

    condition: str
    parameters: dict[str, Any]


def where(selection: Selection, agency_id: int, reader_agency_id: int, zone: Zone) -> Where:
    """Return the condition for the rows of a selection. Reports are always those that an agency in
    the reader's own subtree handles now, so copies and reports that went elsewhere are never
    included."""
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
    """Return the condition for the reports that concern the agency. With `below`, these are the
    reports that it or an agency below it handles; otherwise those that came to it, even if it has
    passed them on."""
    thrown = selection.tab is DownloadTab.THROWN
    if selection.scope == "own":
        came_to_agency = "r.chain @> ARRAY[%(agency)s]::bigint[]"
        return f"{came_to_agency} AND r.handler_id <> %(agency)s" if thrown else came_to_agency
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
