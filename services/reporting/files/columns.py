"""The columns of a download: those of *Laporan Ringkas* that agencies know, then our own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from services.reporting.files.names import Names, region_names
from services.reporting.files.selection import DownloadTab
from shared.database.lifecycle import ReportDetails
from shared.labels import label, labels
from shared.lifecycle.calendar import Zone, ends_a_day

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Context:
    """What the values are made with: names, the time zone of all times, and the portal's
    address."""

    names: Names
    zone: Zone
    panel_url: str

    def local(self, at: datetime | None) -> datetime | None:
        """Return the instant in the agency's time zone, to the second."""
        return at and self.in_zone(at)

    def in_zone(self, at: datetime) -> datetime:
        return at.astimezone(self.zone.offset).replace(microsecond=0)

    def deadline(self, at: datetime | None) -> datetime | None:
        """Return the same as `local`, but show a deadline at the end of a day as the last minute of
        that day, not as the day after."""
        if at is None or not ends_a_day(at, self.zone):
            return self.local(at)
        return self.in_zone(at).replace(minute=0, second=0) - timedelta(minutes=1)

    def working_days(self, start: datetime | None, end: datetime | None) -> float | None:
        """Return the working days between two instants, to one decimal; None if one is missing."""
        if start is None or end is None:
            return None
        return round(self.names.calendar.between(start, end, self.zone) / _DAY, 1)


@dataclass(frozen=True)
class Column:
    """One column. `value` returns an id, a code, a number, an aware time or a text. `labelled`
    names the kind of label that is shown for a code, or for each code of a list. `width` is in
    characters."""

    key: str
    width: int
    value: Callable[[Any, Context], Any]
    labelled: str | None = None
    link: bool = False

    @property
    def title(self) -> str:
        return label("download_column", self.key)

    def shown(self) -> Callable[[Any, Context], Any]:
        """Return a function for the value as people read it: labels for codes, *Ya* and *Tidak*."""
        value = self.value
        if self.labelled is None:
            return value
        words = labels(self.labelled)

        def worded(row: Any, context: Context) -> Any:
            code = value(row, context)
            if isinstance(code, list):
                return "|".join(words[each] for each in code) or None
            return words.get(str(code), code) if code is not None else None

        return worded


def columns(tab: DownloadTab) -> tuple[Column, ...]:
    """Return the columns of a sub-tab, in order."""
    return _USERS if tab is DownloadTab.USERS else _REPORTS


def _flags(row: Any, _: Context) -> list[str]:
    return [name for name in ("anonymous", "secret") if getattr(row, name)]


def _reason(row: Any, context: Context) -> str | None:
    """Return *Alasan Tunda/Arsip*: the category and the note written with it."""
    details = row.reason_details or {}
    kind = None
    if code := details.get("archive_category"):
        kind = context.names.archive_reasons.get(code, code)
    elif code := details.get("deferral"):
        kind = labels("deferral").get(code, code)
    return ": ".join(part for part in (kind, row.reason_words) if part) or None


def _tags(row: Any, context: Context) -> str | None:
    names = (context.names.tags.get(tag) for tag in row.tag_ids or ())
    return ", ".join(name for name in names if name) or None


def _same(key: str, width: int, labelled: str | None = None) -> Column:
    return Column(key, width, lambda row, _: getattr(row, key), labelled)


def _width(name: str) -> int:
    return 11 if float in get_args(ReportDetails.model_fields[name].annotation) else 30


def _time(key: str) -> Column:
    return Column(key, 19, lambda row, context: context.local(getattr(row, key)))


def _deadline(key: str) -> Column:
    return Column(key, 19, lambda row, context: context.deadline(getattr(row, key)))


def _yes(key: str) -> Column:
    return Column(key, 10, lambda row, _: bool(getattr(row, key)))


def _region(key: str, level: int) -> Column:
    return Column(key, 20, lambda row, _: region_names(row.region_code)[level])


_HANDLER = (
    Column("parent_agency", 32, lambda r, c: c.names.parent_agency(r.handler_id)),
    _same("handler_id", 12),
    Column("handler", 32, lambda r, c: c.names.agencies.get(r.handler_id)),
)
_REPORTS = (
    _same("number", 13),
    Column("submitted_date", 12, lambda r, c: c.in_zone(r.submitted_at).date()),
    Column("submitted_time", 10, lambda r, c: c.in_zone(r.submitted_at).time()),
    _same("classification", 24, "classification"),
    _same("category_id", 10),
    Column("category", 28, lambda r, c: c.names.categories.get(r.category_id)),
    _same("title", 40),
    _same("original_body", 60),
    _same("body", 60),
    Column("flags", 16, _flags, "flag"),
    _same("channel", 18, "channel"),
    *_HANDLER,
    _same("status", 28, "status"),
    Column("reason", 36, _reason),
    _region("province", 0),
    _region("regency", 1),
    _region("district", 2),
    _region("village", 3),
    Column("link", 9, lambda r, c: f"{c.panel_url}/panel/laporan/{r.number}", link=True),
    _yes("priority"),
    _yes("held"),
    _yes("overdue"),
    _deadline("due_at"),
    _deadline("auto_close_at"),
    _time("verified_at"),
    _time("first_follow_up_at"),
    _time("last_follow_up_at"),
    _time("ended_at"),
    _time("last_step_at"),
    Column("verification_days", 14, lambda r, c: c.working_days(r.submitted_at, r.verified_at)),
    Column("follow_up_days", 14, lambda r, c: c.working_days(r.verified_at, r.first_follow_up_at)),
    _same("follow_ups", 10),
    _same("outcome", 20, "outcome"),
    _same("unmet_reason", 26, "unmet_reason"),
    _same("replies", 10),
    _same("reopenings", 10),
    _same("rating", 10),
    Column("tags", 24, _tags),
    Column("programme", 24, lambda r, c: c.names.programmes.get(r.programme_id)),
    *(_same(name, _width(name)) for name in ReportDetails.model_fields if name != "happened_at"),
    _same("linked_number", 13),
    _same("main_number", 13),
)
_USERS = (
    _same("id", 11),
    _same("username", 24),
    _same("name", 32),
    _same("role", 20, "role"),
    Column("agency_id", 11, lambda r, _: r.handler_id),
    Column("agency", 40, lambda r, c: c.names.agencies.get(r.handler_id)),
    Column("parent_agency", 40, lambda r, c: c.names.parent_agency(r.handler_id)),
    _yes("active"),
)
