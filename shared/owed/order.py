"""The order of owed steps: late ones first, then by due day, priority first on each day.

Within a day and priority they are ordered by deadline.
"""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.calendar import SPREAD, Zone
from shared.values.fields import Instant


class OwedPlace(BaseModel):
    """The last item of a page.

    It holds the time at which the first page was asked for, and the item's priority, deadline,
    number and request, if it is one.
    """

    model_config = ConfigDict(extra="forbid")

    t: Instant
    p: bool
    d: Instant
    n: int
    r: str


class OwedOrder(NamedTuple):
    """The order of a listing, and where its page starts.

    `by` is the ORDER BY over `priority`, `due_at`, `number`, `ref`. The rows after the start are,
    for each priority, those of one condition over `{0}.due_at`, `{0}.number` (and for requests
    `{0}.ref`), so that an index finds them as one range.
    """

    by: str
    urgent: str
    others: str
    urgent_requests: str
    other_requests: str
    parameters: dict[str, Any]


def owed_order(place: OwedPlace | None, zone: Zone, as_of: datetime) -> OwedOrder:
    """The order at `as_of`, after `place`, by days of this zone."""
    late_from = place.t if place else as_of
    parameters: dict[str, Any] = {
        "late_until": late_from,
        "to_the_day": zone.offset.utcoffset(None) - SPREAD,
    }
    if place is None:
        return OwedOrder(_BY, "true", "true", "true", "true", parameters)
    begins, ends = _day(place.d, zone)
    late = place.d <= late_from
    if place.p:
        # Other items of the same day are still to come.
        from_then = begins if late else max(begins, late_from)
        alike = ">=" if from_then == begins and (late or begins > late_from) else ">"
    else:
        from_then = min(ends, late_from) if late else ends
        alike = ">" if late and late_from < ends else ">="
    parameters |= {"d": place.d, "n": place.n, "r": place.r, "from_then": from_then}
    behind, other = _BEHIND, f"{{0}}.due_at {alike} :from_then"
    behind_request = _BEHIND_REQUEST
    if place.p:
        return OwedOrder(_BY, behind, other, behind_request, other, parameters)
    return OwedOrder(_BY, other, behind, other, behind_request, parameters)


def _day(due_at: datetime, zone: Zone) -> tuple[datetime, datetime]:
    """The beginning and end of the day in which a deadline lies, or which it ends.

    The deadlines of one midnight are spread over the first minutes after it.
    """
    day = (due_at.astimezone(zone.offset) - SPREAD).date()
    begins = datetime.combine(day, time(), zone.offset) + SPREAD
    return begins, begins + timedelta(days=1)


_BEHIND = "({0}.due_at, {0}.number) > (CAST(:d AS timestamptz), :n)"
_BEHIND_REQUEST = "({0}.due_at, {0}.number, {0}.ref) > (CAST(:d AS timestamptz), :n, :r)"
_BY = (
    "due_at > :late_until,"
    " CAST(due_at AT TIME ZONE 'UTC' + CAST(:to_the_day AS interval) AS date),"
    " priority DESC, due_at, number, ref"
)
