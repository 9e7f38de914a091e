"""Marks: what a report counts as. A figure is the number of reports that bear a mark.

A mark is a code, or a kind and a value: `received`, `status:VERIFIED`, `place:32.73`. Whoever
asks which reports are behind a figure asks for those that bear its mark.
"""

from collections.abc import Iterable
from typing import Final

from shared.lifecycle.actions import Action

NONE: Final = "none"
"""The value of a kind for reports that have none."""

DURATIONS: Final = ("verification", "follow_up", "settlement")
"""The clocks that are measured. At each agency whose own or those below held one, a report counts
as `<clock>_measured`, `<clock>_within` (it did not run out there) and `<clock>:<tenths of a day>`,
begun ones counting (see `holdings.py`)."""

TOTALS: Final = (*DURATIONS, "answer")
"""The time from one step to another, whoever held the report: `<it>_total_measured` and
`<it>_total:<tenths of a day>`, where the report is now."""

OF_HOLDERS: Final = frozenset(
    f"{clock}_{what}" for clock in DURATIONS for what in ("measured", "within")
)
"""Marks that a report bears at the agencies that held the clock, wherever it is now."""

OFTEN: Final = 4
"""`handed_over:<times>` says at most this: so often or oftener."""

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
"""Borne by every report to which it was ever done."""

OBJECTIONS: Final = ("objection_waiting", "objection_granted", "objection_refused")
"""How the last objection stands."""

CLOSED_UNANSWERED: Final = "closed_unanswered"
"""Closed by the system, and the reporter has neither replied nor rated."""

OF_MANY_ALONE: Final = frozenset({"rated", "rating", "solved", "answered"})
"""Kinds whose reports are not listed: what a reporter says of a closing is a figure of many.
`answered:<status>` is borne by a closed report whose present closing its reporter has rated."""

USAGE: Final = frozenset(
    {"channel", "classification", "category", "tag", "programme", "place", "hour", "weekday"}
    | {"flag"}
)
"""The kinds of *Pemanfaatan Data*; all others are *Pengelolaan Laporan*."""

VERIFIED_BY: Final = "verified_by"
ANSWERED_BY: Final = "answered_by"
"""Of the first verification and the first follow-up: `verified_by:<agency>:<member of staff>`."""

_OF_STAFF: Final = {VERIFIED_BY: "verification", ANSWERED_BY: "follow_up"}
_PLACES_TALLIED: Final = len("place:32.73")


def kind_of(mark: str) -> str:
    """What stands before the colon, or the whole mark."""
    return mark.partition(":")[0]


def tallied(mark: str) -> bool:
    """Whether it is counted beforehand. Districts and villages are too many, who did it is
    counted at that person's agency (see `of_staff`)."""
    if kind_of(mark) == "place":
        return len(mark) <= _PLACES_TALLIED
    return kind_of(mark) not in _OF_STAFF


def of_staff(marks: Iterable[str]) -> dict[int, list[tuple[int, str, str]]]:
    """By the agency acted for: who did what first, and the clock that ended by it."""
    by_agency: dict[int, list[tuple[int, str, str]]] = {}
    for mark in marks:
        kind = kind_of(mark)
        if kind in _OF_STAFF:
            _, agency_id, staff_id = mark.split(":")
            did = (int(staff_id), kind, _OF_STAFF[kind])
            by_agency.setdefault(int(agency_id), []).append(did)
    return by_agency


def of_whoever_held(mark: str) -> bool:
    """Whether it counts where a clock was held or somebody acted, wherever the report is now."""
    return mark in OF_HOLDERS or kind_of(mark) in _OF_STAFF
