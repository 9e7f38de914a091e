"""Figures: what is measured, beside which floor, and whether the aim is reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from platform import machine, system

from pydantic import BaseModel


@dataclass(frozen=True)
class Aim:
    """A limit for a score, in `unit` (none: a ratio). Made by `at_least` and `at_most`."""

    sign: str
    limit: float
    unit: str

    def met_by(self, score: float) -> bool:
        return score >= self.limit if self.sign == "≥" else score <= self.limit

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g} {self.unit}".strip()


def at_least(limit: float, unit: str = "") -> Aim:
    return Aim("≥", limit, unit)


def at_most(limit: float, unit: str = "") -> Aim:
    return Aim("≤", limit, unit)


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ours` and `floor` are in `unit`; `score` is what the aim is about:
    as a rule ours divided by the floor, else ours itself; `floor_is` says what the floor is."""

    name: str
    unit: str
    ours: float
    score: float
    floor: float | None = None
    floor_is: str = ""
    aim: Aim | None = None

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached. None: there is none."""
        return None if self.aim is None else self.aim.met_by(self.score)


class Measured(BaseModel):
    """A figure as it stands in the file of a run."""

    part: str
    name: str
    unit: str
    ours: float
    floor: float | None
    floor_is: str
    score: float
    aim: str
    met: bool | None


class RunFile(BaseModel):
    """What `--json` writes: one run on one machine, also where some parts failed (`failed`)."""

    at: datetime
    machine: str
    size: str
    failed: list[str]
    figures: list[Measured]


def write(path: Path, size: str, parts: Mapping[str, Sequence[Figure]], failed: list[str]) -> None:
    """Write what has been measured so far."""
    run = RunFile(
        at=datetime.now(UTC),
        machine=f"{system()} {machine()}, {cpu_count()} cores, {_gibibytes():.0f} GiB",
        size=size,
        failed=failed,
        figures=[
            Measured(
                part=part,
                name=figure.name,
                unit=figure.unit,
                ours=figure.ours,
                floor=figure.floor,
                floor_is=figure.floor_is,
                score=figure.score,
                aim="" if figure.aim is None else str(figure.aim),
                met=figure.met,
            )
            for part, figures in parts.items()
            for figure in figures
        ],
    )
    path.write_text(run.model_dump_json(indent=1) + "\n")


def shown(value: float) -> str:
    """A number as tables show it: three digits at least, none that say nothing."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}".removesuffix(".00")


def _gibibytes() -> float:
    total = Path("/proc/meminfo").read_text().split("\n", 1)[0].split()[1]
    return int(total) / 1024**2
