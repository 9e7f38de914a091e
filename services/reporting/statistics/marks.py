"""Marks: what a report counts as. A figure is the number of reports that bear a mark.

A mark is a code, or a kind and a value: `received`, `status:VERIFIED`, `place:32.73`. To list the
reports behind a figure, one asks for those that bear its mark.
"""

from collections.abc import Iterable
from typing import Final

from shared.lifecycle.actions import Action

NONE: Final = "none"
"""The value of a kind for reports that have no value."""

DURATIONS: Final = ("verification", "follow_up", "settlement")
"""The clocks that are measured. At each agency that held one, itself or through an agency below, a
report counts as `<clock>_measured`, `<clock>_within` (it did not run out there) and
`<clock>:<tenths of a day>`, rounded up (see `holdings.py`)."""

TOTALS: Final = (*DURATIONS, "answer")
"""The times from one step to another, whichever agencies held the report: `<name>_total_measured`
and `<name>_total:<tenths of a day>`, counted where the report is now."""

OF_HOLDERS: Final = frozenset(
    f"{clock}_{what}" for clock in DURATIONS for what in ("measured", "within")
)
"""Marks that a report bears at the agencies that held the clock, wherever the report is now."""

OFTEN: Final = 4
"""The highest value of `handed_over:<times>`: it means this often or more."""

MARK_OF: Final[dict[Action, str]] = {
    Action.THROW: "thrown",
    Action.DEFER: "deferred",
    Action.FORWARD: "forwarded",
    Action.HOLD: "held",
    Action.REOPEN: "reopened",
    Action.REPLY: "replied",
    Action.OBJECT: "objected",
    Action.REQUEST_NOT_AUTHORITY: "not_authority_asked",
}
"""The mark of every report to which the action was ever done."""

OBJECTIONS: Final = ("objection_waiting", "objection_granted", "objection_refused")
"""The state of the last objection."""

CLOSED_UNANSWERED: Final = "closed_unanswered"
"""Closed by the system, and the reporter has neither replied nor rated."""

OF_MANY_ALONE: Final = frozenset({"rated", "rating", "solved", "answered"})
"""Kinds whose reports are not listed: a reporter's opinion of a closing is only shown in a figure
of many. `answered:<status>` is borne by a closed report whose reporter has rated the present
closing."""

USAGE: Final = frozenset(
    {"channel", "classification", "category", "tag", "programme", "place", "hour", "weekday"}
    | {"flag"}
)
"""The kinds of *Pemanfaatan Data*; all others are *Pengelolaan Laporan*."""

VERIFIED_BY: Final = "verified_by"
ANSWERED_BY: Final = "answered_by"
"""The marks of the first verification and the first follow-up: `verified_by:<agency>:<member of
staff>`."""

_OF_STAFF: Final = {VERIFIED_BY: "verification", ANSWERED_BY: "follow_up"}
_PLACES_TALLIED: Final = len("place:32.73")


def kind_of(mark: str) -> str:
    """Return the part before the colon, or the whole mark if it has none."""
    return mark.partition(":")[0]


def tallied(mark: str) -> bool:
    """Return whether the mark is counted in the tallies of reports. Districts and villages are too
    many; who did something is counted at that person's agency (see `of_staff`)."""
    if kind_of(mark) == "place":
        return len(mark) <= _PLACES_TALLIED
    return kind_of(mark) not in _OF_STAFF


def of_staff(marks: Iterable[str]) -> dict[int, list[tuple[int, str, str]]]:
    """Return, by agency, who was the first of its people to do what: the person, the kind of mark,
    and the clock that the step ended."""
    by_agency: dict[int, list[tuple[int, str, str]]] = {}
    for mark in marks:
        kind = kind_of(mark)
        if kind in _OF_STAFF:
            _, agency_id, staff_id = mark.split(":")
            did = (int(staff_id), kind, _OF_STAFF[kind])
            by_agency.setdefault(int(agency_id), []).append(did)
    return by_agency


def of_whoever_held(mark: str) -> bool:
    """Return whether the mark counts where a clock was held or somebody acted, wherever the report
    is now."""
    return mark in OF_HOLDERS or kind_of(mark) in _OF_STAFF
