"""Codes and ids as people read them: label and colour of a status, name of an agency."""

from pydantic import BaseModel

from shared.command_requests.directory import Agency
from shared.labels import label
from shared.labels.colours import STATUS_COLOURS, TAB_COLOURS, Colour
from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import TAB_OF, Status, Tab


class ShownColour(BaseModel):
    """A background and the text colour readable on it, as #RRGGBB."""

    background: str
    text: str


class ShownStatus(BaseModel):
    code: Status
    label: str
    tab: Tab
    tab_label: str
    colour: ShownColour


class ShownAgency(BaseModel):
    id: int
    code: str
    name: str


class ShownAction(BaseModel):
    code: Action
    label: str


def shown_status(status: Status) -> ShownStatus:
    tab = TAB_OF[status]
    return ShownStatus(
        code=status,
        label=label("status", status),
        tab=tab,
        tab_label=label("tab", tab),
        colour=shown_colour(STATUS_COLOURS[status]),
    )


def tab_colour(tab: str) -> ShownColour:
    return shown_colour(TAB_COLOURS[tab])


def shown_colour(colour: Colour) -> ShownColour:
    return ShownColour(background=colour.background, text=colour.text)


def shown_agency(agency: Agency) -> ShownAgency:
    return ShownAgency(id=agency.id, code=agency.code, name=agency.name)


def shown_action(action: Action) -> ShownAction:
    return ShownAction(code=action, label=label("action", action))
