"""Which reports or people a download holds: the sub-tabs of *Monitoring > Reporting*, and
filters."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.lifecycle.actions import Classification
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import Role
from shared.lifecycle.statuses import STATUSES_OF, Status, Tab
from shared.values.fields import Day, PlainNumbers
from shared.values.ids import AgencyId, CategoryId


class DownloadTab(StrEnum):
    """The sub-tabs (guide: *Unduh Data Laporan*)."""

    INCOMING = "incoming"
    """Every report that came to the agency, whatever its status."""
    DEFERRED = "deferred"
    THROWN = "thrown"
    """Handed down by the agency and not verified yet."""
    DISPOSED = "disposed"
    """Verified, from awaiting follow-up to closed."""
    ARCHIVED = "archived"
    USERS = "users"


STATUSES: dict[DownloadTab, tuple[Status, ...]] = {
    tab: tuple(status for status in Status if status in {s for t in tabs for s in STATUSES_OF[t]})
    for tab, tabs in {
        DownloadTab.INCOMING: tuple(Tab),
        DownloadTab.DEFERRED: (Tab.DEFERRED,),
        DownloadTab.THROWN: (Tab.UNVERIFIED, Tab.DEFERRED),
        DownloadTab.DISPOSED: (Tab.AWAITING_FOLLOW_UP, Tab.IN_PROCESS, Tab.CLOSED),
        DownloadTab.ARCHIVED: (Tab.ARCHIVED,),
    }.items()
}
"""The statuses a sub-tab can hold."""

_OF_ALL = ("agency", "scope")
_OF_REPORTS = (
    *_OF_ALL,
    "submitted_from",
    "submitted_to",
    "category",
    "classification",
    "channel",
    "status",
    "anonymous",
    "secret",
    "priority",
    "region",
    "linked",
)
FIELDS: dict[DownloadTab, tuple[str, ...]] = {
    DownloadTab.INCOMING: (*_OF_REPORTS, "held", "overdue"),
    DownloadTab.DEFERRED: (*_OF_REPORTS, "overdue"),
    DownloadTab.THROWN: (*_OF_REPORTS, "overdue"),
    DownloadTab.DISPOSED: (*_OF_REPORTS, "held", "overdue"),
    DownloadTab.ARCHIVED: _OF_REPORTS,
    DownloadTab.USERS: (*_OF_ALL, "role", "active"),
}
"""The fields by which each sub-tab can be filtered."""

_MANY = Field(max_length=50)


class Selection(PlainNumbers):
    """A sub-tab and its filters. A row must match all filters; it matches a filter with several
    values if it matches one of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tab: DownloadTab
    agency: Annotated[
        AgencyId | None, Field(description="The own agency (the default) or one below")
    ] = None
    scope: Annotated[
        Literal["own", "below"], Field(description="`below`: also all agencies below it")
    ] = "below"
    submitted_from: Annotated[
        Day | None, Field(description="First day, in the agency's time zone")
    ] = None
    submitted_to: Annotated[
        Day | None,
        Field(lt=date.max, description="Last day, in the agency's time zone"),
    ] = None
    category: Annotated[tuple[CategoryId, ...], _MANY] = ()
    """Includes the categories below."""
    classification: Annotated[tuple[Classification, ...], _MANY] = ()
    channel: Annotated[tuple[Channel, ...], _MANY] = ()
    status: Annotated[tuple[Status, ...], _MANY] = ()
    anonymous: bool | None = None
    secret: bool | None = None
    priority: bool | None = None
    held: bool | None = None
    overdue: bool | None = None
    linked: Annotated[
        bool | None, Field(description="Linked to a main report about the same thing")
    ] = None
    region: Annotated[
        str | None,
        Field(
            pattern=r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$",
            description="A region code; regions within it are included",
        ),
    ] = None
    role: Annotated[tuple[Role, ...], _MANY] = ()
    active: bool | None = None

    @field_validator("submitted_to")
    @classmethod
    def _ends_after_it_begins(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("submitted_from")
        if first and last and last < first:
            raise PydanticCustomError("period_backwards", "ends before it begins")
        return last

    @field_validator("status")
    @classmethod
    def _statuses_of_the_tab(
        cls, statuses: tuple[Status, ...], info: ValidationInfo
    ) -> tuple[Status, ...]:
        tab = info.data.get("tab")
        if tab in STATUSES and not set(statuses) <= set(STATUSES[tab]):
            raise PydanticCustomError("status_not_of_tab", "statuses that this tab does not have")
        return statuses

    @model_validator(mode="after")
    def _fields_of_the_tab(self) -> "Selection":
        strange = [name for name in self.filters() if name not in FIELDS[self.tab]]
        if strange:
            raise PydanticCustomError(
                "not_of_tab", "not of this tab: {names}", {"names": ", ".join(strange)}
            )
        return self

    def filters(self) -> dict[str, Any]:
        """Return the filters in use, except the tab, in the order of the form."""
        values = self.model_dump(exclude_defaults=True, exclude={"tab"})
        return {name: value for name, value in values.items() if value is not None}
