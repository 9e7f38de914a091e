"""The figures of a download's rows, for the second sheet of the workbook and for *Unduh Grafik*."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.reporting.files.columns import Context
from services.reporting.files.selection import DownloadTab
from shared.labels import label, labels

DAYS_SHOWN = 62
"""A period up to this long is shown by the day, a longer one by the month."""
TOP = 12
"""How many categories and agencies are shown by name; the rest are one figure."""


@dataclass(frozen=True)
class Table:
    """The number of rows in each group. `codes` are the codes of the groups, if they have any; they
    decide the colours."""

    key: str
    title: str
    groups: tuple[tuple[str, int], ...]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Durations:
    """How long something took, in working days."""

    key: str
    title: str
    measured: int
    median: float | None
    p90: float | None
    histogram: tuple[tuple[str, int], ...]


@dataclass
class Summary:
    """Counts rows as they are added. Its size does not depend on their number."""

    tab: DownloadTab
    context: Context
    rows: int = 0
    _counts: dict[str, Counter[Any]] = field(default_factory=dict)
    _days: dict[str, Counter[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._users = self.tab is DownloadTab.USERS
        keys = _OF_USERS if self._users else _OF_REPORTS
        self._counts = {key: Counter() for key in (*keys, "day")}
        self._days = {key: Counter() for key in ("verification", "follow_up")}

    def add(self, row: Any) -> None:
        self.rows += 1
        counts, context = self._counts, self.context
        counts["agency"][row.handler_id] += 1
        if self._users:
            counts["role"][row.role] += 1
            counts["active"][row.active] += 1
            return
        counts["status"][row.status] += 1
        counts["classification"][row.classification] += 1
        counts["category"][row.category_id] += 1
        counts["channel"][row.channel] += 1
        counts["day"][row.submitted_at.astimezone(context.zone.offset).date()] += 1
        verification = context.working_days(row.submitted_at, row.verified_at)
        if verification is not None:
            self._days["verification"][verification] += 1
            follow_up = context.working_days(row.verified_at, row.first_follow_up_at)
            if follow_up is not None:
                self._days["follow_up"][follow_up] += 1

    def figures(self) -> dict[str, list[tuple[Any, int]]]:
        """Return all counts in a form that can be stored and given to `take`."""
        counted = {**self._counts, **self._days}
        figures = {name: list(counts.items()) for name, counts in counted.items()}
        figures["day"] = [(day.toordinal(), count) for day, count in self._counts["day"].items()]
        return {**figures, "rows": [(None, self.rows)]}

    def take(self, figures: dict[str, list[tuple[Any, int]]]) -> None:
        """Add the counts of another summary."""
        for name, counts in figures.items():
            for key, count in counts:
                if name == "rows":
                    self.rows += count
                elif name in self._days:
                    self._days[name][key] += count
                else:
                    self._counts[name][date.fromordinal(key) if name == "day" else key] += count

    def over_time(self) -> Table | None:
        """Return the counts by day or by month, including days and months without a report."""
        days = self._counts["day"]
        if not days:
            return None
        first, last = min(days), max(days)
        if (last - first).days < DAYS_SHOWN:
            ordinals = range(first.toordinal(), last.toordinal() + 1)
            groups = [(d.isoformat(), days[d]) for d in map(date.fromordinal, ordinals)]
            return Table("day", label("chart", "per_day"), tuple(groups))
        months: Counter[str] = Counter()
        for day, count in days.items():
            months[f"{day:%Y-%m}"] += count
        steps = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        names = [f"{step // 12}-{step % 12 + 1:02}" for step in steps]
        return Table("month", label("chart", "per_month"), tuple((n, months[n]) for n in names))

    def tables(self) -> list[Table]:
        """Return the counts by group. The groups of each table add up to all rows."""
        if self._users:
            yes_no = {True: label("download_words", "yes"), False: label("download_words", "no")}
            return [self._coded("role"), self._named("agency"), self._ranked("active", yes_no)]
        return [
            self._coded("status"),
            self._coded("classification"),
            self._named("category"),
            self._named("agency"),
            self._coded("channel"),
        ]

    def durations(self) -> list[Durations]:
        """Return the durations of verification (from submission) and follow-up (from
        verification)."""
        if self._users:
            return []
        return [_durations(key, counted) for key, counted in self._days.items()]

    def _coded(self, kind: str) -> Table:
        """Return all codes that occur: statuses in their usual order, others by size."""
        counted, words = self._counts[kind], labels(kind)
        codes = [code for code in words if counted[code]]
        codes += [code for code in counted if code is not None and code not in words]
        if kind != "status":
            codes.sort(key=lambda code: -counted[code])
        groups = [(words.get(code, code), counted[code]) for code in codes]
        if counted[None]:
            groups.append((_unknown(), counted[None]))
        return Table(kind, label("chart", kind), tuple(groups), tuple(codes))

    def _named(self, kind: str) -> Table:
        names = self.context.names
        return self._ranked(kind, names.agencies if kind == "agency" else names.categories)

    def _ranked(self, kind: str, names: dict[Any, str]) -> Table:
        ranked = self._counts[kind].most_common()
        groups = [(names.get(key, _unknown()), count) for key, count in ranked[:TOP]]
        if rest := sum(count for _, count in ranked[TOP:]):
            groups.append((label("download_words", "others"), rest))
        return Table(kind, label("chart", kind), tuple(groups))


_OF_USERS = ("role", "agency", "active")
_OF_REPORTS = ("status", "classification", "category", "agency", "channel")
_STEPS = ((1, "≤ 1"), (2, "1–2"), (3, "2–3"), (5, "3–5"), (10, "5–10"), (20, "10–20"))
_LONGER = "> 20"


def _unknown() -> str:
    return label("download_words", "unknown")


def _durations(key: str, counted: Counter[float]) -> Durations:
    histogram = dict.fromkeys([*(name for _, name in _STEPS), _LONGER], 0)
    for days, count in counted.items():
        histogram[next((name for most, name in _STEPS if days <= most), _LONGER)] += count
    return Durations(
        key,
        label("chart", key),
        counted.total(),
        _quantile(counted, 0.5),
        _quantile(counted, 0.9),
        tuple(histogram.items()),
    )


def _quantile(counted: Counter[float], share: float) -> float | None:
    """Return the smallest value that at least this share of all values does not exceed."""
    needed, seen = share * counted.total(), 0
    for value in sorted(counted):
        seen += counted[value]
        if seen >= needed:
            return value
    return None
