"""The shapes of figures that several pages of the statistics show."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, Field

from services.reporting.statistics.marks import DURATIONS
from services.reporting.statistics.period import Period
from services.reporting.statistics.tallies import Tally
from shared.command_requests.directory import Agency
from shared.labels import label


class Figure(BaseModel):
    """A number of reports. `GET /statistics/reports` with this `mark` lists just these."""

    mark: str
    label: str
    count: int


class Duration(BaseModel):
    """How long something took, in days of 24 hours, to a tenth; null where none was measured."""

    measured: Figure
    within: Figure = Field(description="Those whose process clock did not run out before")
    within_share: float | None
    median_days: float | None
    p90_days: float | None = Field(description="Nine of ten took no longer")


class Scope(BaseModel):
    """Which reports: those that the agency or one below handles now, by day of submission."""

    agency_id: int
    agency: str
    first: date
    last: date

    @classmethod
    def of(cls, agency: Agency, period: Period) -> "Scope":
        return cls(agency_id=agency.id, agency=agency.name, first=period.first, last=period.last)


def figure(tally: Tally, mark: str) -> Figure:
    """The figure of a mark that is a code of its own."""
    return Figure(mark=mark, label=label("figure", mark), count=tally.total[mark])


def figures(tally: Tally, kind: str, codes: Iterable[str], labels_of: str) -> list[Figure]:
    """A figure for each value of a kind, named by these labels."""
    return [
        Figure(
            mark=f"{kind}:{code}", label=label(labels_of, code), count=tally.total[f"{kind}:{code}"]
        )
        for code in codes
    ]


def duration(tally: Tally, name: str) -> Duration:
    """One of `DURATIONS`."""
    measured, within = figure(tally, f"{name}_measured"), figure(tally, f"{name}_within")
    return Duration(
        measured=measured,
        within=within,
        within_share=round(within.count / measured.count, 3) if measured.count else None,
        median_days=tally.quantile(name, 0.5),
        p90_days=tally.quantile(name, 0.9),
    )


def durations(tally: Tally) -> dict[str, Duration]:
    return {name: duration(tally, name) for name in DURATIONS}
