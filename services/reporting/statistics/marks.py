"""Marks: what a report counts as. A figure is the number of reports that bear a mark.

A mark is a code, or a kind and a value: `received`, `status:VERIFIED`, `place:32.73`. Whoever
asks which reports are behind a figure asks for those that bear its mark.
"""

from typing import Final

from shared.lifecycle.actions import Action

NONE: Final = "none"
"""The value of a kind for reports that have none."""

DURATIONS: Final = ("verification", "follow_up", "settlement")
"""What is measured. Each gives three marks: `<it>_measured`, `<it>_within` (its process clock did
not run out) and `<it>:<tenths of a day>`, begun ones counting."""

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


def of_staff(marks: tuple[str, ...] | list[str]) -> dict[int, list[str]]:
    """By agency, what counts there for a person who acted for it: `<staff>:verified_by` and
    `<staff>:` before each mark of the duration that the person answers for."""
    by_person: dict[int, list[str]] = {}
    for mark in marks:
        kind = kind_of(mark)
        if kind in _OF_STAFF:
            _, agency_id, staff_id = mark.split(":")
            own = by_person.setdefault(int(agency_id), [])
            own.append(f"{staff_id}:{kind}")
            own += [f"{staff_id}:{m}" for m in marks if _measures(m, _OF_STAFF[kind])]
    return by_person


def _measures(mark: str, duration: str) -> bool:
    return mark.startswith((f"{duration}:", f"{duration}_"))
