"""The models of figures that several pages of the statistics show."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, Field

from services.reporting.statistics.period import Period
from services.reporting.statistics.tallies import Tally
from shared.command_requests.directory import Agency
from shared.labels import label


class Figure(BaseModel):
    """A number of reports. `GET /statistics/reports` with this `mark` lists exactly these
    reports."""

    mark: str
    label: str
    count: int


class Elapsed(BaseModel):
    """The time from one step to another for the reports in scope, whichever agencies held them."""

    measured: Figure
    median_days: float | None = Field(description="In days of 24 hours, to a tenth")
    p90_days: float | None = Field(description="Nine of ten reports took no longer than this")


class Duration(BaseModel):
    """How long a clock ran at the agency or one below, in days of 24 hours, to one decimal; null if
    none was measured. Reports that another agency handles now are included, but their list shows
    only those that the caller may read."""

    measured: Figure = Field(description="Reports whose clock ran here and has ended here")
    within: Figure = Field(description="Reports whose process clock did not run out here")
    within_share: float | None
    median_days: float | None
    p90_days: float | None = Field(description="Nine of ten reports took no longer than this")


class Scope(BaseModel):
    """The reports counted: those that the agency or one below handles now, by day of submission."""

    agency_id: int
    agency: str
    first: date
    last: date

    @classmethod
    def of(cls, agency: Agency, period: Period) -> "Scope":
        return cls(agency_id=agency.id, agency=agency.name, first=period.first, last=period.last)


def figure(tally: Tally, mark: str) -> Figure:
    """Return the figure of a mark that has no kind."""
    return Figure(mark=mark, label=label("figure", mark), count=tally.total[mark])


def figures(tally: Tally, kind: str, codes: Iterable[str], labels_of: str) -> list[Figure]:
    """Return a figure for each value of a kind, with the labels of `labels_of`."""
    return [
        Figure(
            mark=f"{kind}:{code}", label=label(labels_of, code), count=tally.total[f"{kind}:{code}"]
        )
        for code in codes
    ]


def duration(held: Tally, name: str) -> Duration:
    """Return one of `DURATIONS` from a tally of column `held`, or from a person's tally."""
    measured, within = figure(held, f"{name}_measured"), figure(held, f"{name}_within")
    return Duration(
        measured=measured,
        within=within,
        within_share=round(within.count / measured.count, 3) if measured.count else None,
        median_days=held.quantile(name, 0.5),
        p90_days=held.quantile(name, 0.9),
    )


def elapsed(tally: Tally, name: str) -> Elapsed:
    """Return one of `TOTALS`."""
    return Elapsed(
        measured=figure(tally, f"{name}_total_measured"),
        median_days=tally.quantile(f"{name}_total", 0.5),
        p90_days=tally.quantile(f"{name}_total", 0.9),
    )
