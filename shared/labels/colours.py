"""A colour for every tab and status: Okabe and Ito's palette, lightened and darkened per status.

The hues differ for people with any kind of colour-blindness (Okabe & Ito 2008); the statuses of
one tab differ in lightness. A colour never stands alone: the label is always beside it.
"""

from dataclasses import dataclass

_BLACK = "#000000"
_WHITE = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Colour:
    """A background and the text colour readable on it (WCAG 2.2 AA: contrast of 4.5 or more)."""

    background: str
    text: str


TAB_COLOURS: dict[str, Colour] = {
    "unverified": Colour("#D55E00", _BLACK),
    "deferred": Colour("#F0E442", _BLACK),
    "archived": Colour("#999999", _BLACK),
    "awaiting_follow_up": Colour("#E69F00", _BLACK),
    "in_process": Colour("#0072B2", _WHITE),
    "closed": Colour("#009E73", _BLACK),
    "requests": Colour("#CC79A7", _BLACK),
    "thrown": Colour("#56B4E9", _BLACK),
    "disposed": Colour("#332288", _WHITE),
    "copies": Colour("#DDDDDD", _BLACK),
    "all": Colour("#FFFFFF", _BLACK),
}

STATUS_COLOURS: dict[str, Colour] = {
    "UNVERIFIED": TAB_COLOURS["unverified"],
    "AGENCY_NOT_CONNECTED": TAB_COLOURS["deferred"],
    "AWAITING_INFORMATION": Colour("#B3A81D", _BLACK),
    "INFORMATION_TO_EVALUATE": Colour("#6B6400", _WHITE),
    "ARCHIVED_BY_ADMIN": TAB_COLOURS["archived"],
    "ARCHIVED_BY_REPORTER": Colour("#5A5A5A", _WHITE),
    "VERIFIED": TAB_COLOURS["awaiting_follow_up"],
    "FOLLOWED_UP": TAB_COLOURS["in_process"],
    "REPLIED_BY_REPORTER": Colour("#7DBEF0", _BLACK),
    "CLOSED_BY_SYSTEM": TAB_COLOURS["closed"],
    "CLOSED_BY_ADMIN": Colour("#005C43", _WHITE),
    "CLOSED_BY_REPORTER": Colour("#8ED8C0", _BLACK),
}
