"""What the public may read of a report, and how exactly: one rule for all public data.

A time, a house or the words for a place can identify a person. So times of every report are rounded
to the hour and coordinates to some 100 metres. For an anonymous report coordinates are rounded to
some kilometre, and the time of the event to its day; the village, the words for the place and the
channel are left out (decision 19). Filters and orders use the same rounded values, because a search
could find out the exact ones.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping

from shared.values.regions import DISTRICT_CODE

Row = RowMapping | Mapping[str, Any]
Rule = Callable[[Any, bool], Any]

PUBLIC_TIME: Final = "date_trunc('hour', {0})"
PUBLIC_REGION: Final = (
    f"CASE WHEN {{0}}.anonymous THEN left({{0}}.region_code, {DISTRICT_CODE})"
    " ELSE {0}.region_code END"
)
PUBLIC_CHANNEL: Final = "CASE WHEN NOT {0}.anonymous THEN {0}.channel END"
"""The same in SQL: for a column, and for an alias of `lifecycle.report`."""
_UNVERIFIED: Final = "{0}.tab IN ('unverified', 'deferred')"
_SHOWS_ARRIVAL: Final = {
    "submitted_at": "true",
    "due_at": _UNVERIFIED,
    "last_step_at": _UNVERIFIED,
}
"""The times of a report, and whether each shows when it came."""


def as_public(row: Row, anonymous: bool) -> dict[str, Any]:
    """The public values of a report's row.

    A column without a rule in `PUBLIC` is left out: a new column is not public until somebody has
    decided about it.
    """
    return {
        name: rule(row[name], anonymous)
        for name, rule in PUBLIC.items()
        if rule is not None and name in row
    }


def staff_time(alias: str, name: str, *, with_arrivals: bool) -> str:
    """The SQL of a time of `lifecycle.report` as staff read it in lists and files.

    For an anonymous report it is rounded to the hour: seconds could identify the person who entered
    it or was seen at the counter. Without `with_arrivals` (`Role.reads_arrivals`) the time of
    arrival of every report is rounded too, because the reports before and after an anonymous one
    would show its time.
    """
    value = f"{alias}.{name}"
    arrival = None if with_arrivals else _SHOWS_ARRIVAL.get(name)
    hidden = " OR ".join(filter(None, (f"{alias}.anonymous", arrival and arrival.format(alias))))
    return f"CASE WHEN {hidden} THEN {PUBLIC_TIME.format(value)} ELSE {value} END"


def public_time(at: datetime) -> datetime:
    """The time rounded down to the hour; Indonesia's zones are whole hours apart from UTC."""
    return at.replace(minute=0, second=0, microsecond=0)


def public_region(code: str | None, anonymous: bool) -> str | None:
    """A region's dotted code; for an anonymous report down to the district."""
    return code[:DISTRICT_CODE] if code and anonymous else code


def public_place(words: str | None, anonymous: bool) -> str | None:
    """The words for the place; None for an anonymous report."""
    return None if anonymous else words


def public_channel(channel: str, anonymous: bool) -> str | None:
    """The channel; None for an anonymous report.

    A post on X can be found by the report's words, and somebody at the counter may have been seen.
    """
    return None if anonymous else channel


def public_degrees(degrees: float | None, anonymous: bool) -> float | None:
    """Latitude or longitude, rounded."""
    return None if degrees is None else round(degrees, 2 if anonymous else 3)


def public_happened(at: str | None, anonymous: bool) -> str | None:
    """When the event happened, as an ISO 8601 day or instant.

    It is rounded to the hour; for an anonymous report to the day in the zone in which it was given.
    """
    if at is None or "T" not in at:
        return at
    return at[:10] if anonymous else public_time(datetime.fromisoformat(at)).isoformat()


def _as_kept(value: Any, _: bool) -> Any:
    """The value as it is: codes, names of agencies, and words that their verifier corrected."""
    return value


def _time(at: datetime | None, _: bool) -> datetime | None:
    return at and public_time(at)


def _rules(rule: Rule | None, *names: str) -> dict[str, Rule | None]:
    return dict.fromkeys(names, rule)


PUBLIC: Final[Mapping[str, Rule | None]] = {
    "region_code": public_region,
    "place": public_place,
    "latitude": public_degrees,
    "longitude": public_degrees,
    "happened_at": public_happened,
    "channel": public_channel,
    **_rules(_as_kept, "number", "status", "tab", "anonymous", "classification", "title", "body"),
    **_rules(_time, "submitted_at", "verified_at", "due_at", "ended_at"),
    # What readings join to the row.
    **_rules(_as_kept, "category", "category_code", "category_group"),
    **_rules(_as_kept, "handler", "handler_code", "parent_agency"),
    **_rules(_time, "first_follow_up_at", "changed_at"),
    # Shown only to staff and the reporter: original words, people, the agencies' internal affairs.
    **_rules(None, "original_title", "original_body", "search"),
    **_rules(None, "identity", "version", "state", "system", "external_id", "linked_number"),
    **_rules(None, "main_number"),
    **_rules(None, "handler_id", "chain", "suggested_agency_id", "awaited_agency_id"),
    **_rules(None, "assignee_id", "category_id", "tag_ids", "programme_id", "secret", "priority"),
    **_rules(None, "held", "overdue", "auto_close_at", "last_step_at", "launched_at"),
}
"""How the public sees each column, by the name that it has everywhere: a function of the value
and whether the report is anonymous; None: not at all. Every column of a report and its words is
here."""
