"""The shapes of figures that several pages of the statistics show."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, Field

from services.reporting.statistics.period import Period
from services.reporting.statistics.tallies import Tally
from shared.command_requests.directory import Agency
from shared.labels import label


class Figure(BaseModel):
    """A number of reports. `GET /statistics/reports` with this `mark` lists just these."""

    mark: str
    label: str
    count: int


class Elapsed(BaseModel):
    """From one step to another, whoever held the report meanwhile, of the reports in scope."""

    measured: Figure
    median_days: float | None = Field(description="Of 24 hours, to a tenth")
    p90_days: float | None = Field(description="Nine of ten took no longer")


class Duration(BaseModel):
    """How long a clock ran with the agency or one below, in days of 24 hours, to a tenth; null
    where none was measured. Also of reports that another agency handles now: their list shows
    those that one may read."""

    measured: Figure = Field(description="Whose clock ran here and waits here no more")
    within: Figure = Field(description="Those whose process clock did not run out here")
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


def duration(held: Tally, name: str) -> Duration:
    """One of `DURATIONS`, of a tally of column `held` or of a person's."""
    measured, within = figure(held, f"{name}_measured"), figure(held, f"{name}_within")
    return Duration(
        measured=measured,
        within=within,
        within_share=round(within.count / measured.count, 3) if measured.count else None,
        median_days=held.quantile(name, 0.5),
        p90_days=held.quantile(name, 0.9),
    )


def elapsed(tally: Tally, name: str) -> Elapsed:
    """One of `TOTALS`."""
    return Elapsed(
        measured=figure(tally, f"{name}_total_measured"),
        median_days=tally.quantile(f"{name}_total", 0.5),
        p90_days=tally.quantile(f"{name}_total", 0.9),
    )
