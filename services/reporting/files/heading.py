"""The title block of a file: agency, period, filters, and when and by whom it was made."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.reporting.files.columns import Context
from services.reporting.files.job import Job
from services.reporting.files.names import region_names
from services.reporting.files.selection import DownloadTab
from shared.labels import label, labels
from shared.labels.dates import moment, short_day


def title(job: Job) -> str:
    """Return the title of a file, such as *Laporan Ringkas – Terdisposisi*."""
    tab = job.selection.tab
    if tab is DownloadTab.USERS:
        return _word("heading_users")
    return f"{_word('heading')} – {label('download_tab', tab)}"


def title_block(job: Job, context: Context, begun: datetime | None = None) -> list[tuple[str, str]]:
    """Return the label and text of each line below the title; the number of lines never changes.
    `begun` is when the first rows were read, if the file was continued later."""
    zone = job.zone
    made, since = (moment(at, zone) for at in (job.at, begun or job.at))
    as_of = made if since == made else f"{since} {_word('until')} {made}"
    by = f"{_word('by')} {job.reader_name} ({label('role', job.reader_role)})"
    with_below = job.selection.scope == "below" and context.names.has_below(job.agency_id)
    below = f" ({_word('with_below')})" if with_below else ""
    return [
        (_word("agency"), job.agency_name + below),
        (_word("period"), _period(job)),
        (_word("filters"), "; ".join(_filters(job, context)) or _word("no_filters")),
        (_word("generated"), f"{made} {by}; {_word('times')} {zone}"),
        (_word("as_of"), as_of),
    ]


def _period(job: Job) -> str:
    first, last = job.selection.submitted_from, job.selection.submitted_to
    if first is None and last is None:
        return _word("whole_period")
    days = (short_day(day) if day else "…" for day in (first, last))
    return f" {_word('until')} ".join(days)


def _filters(job: Job, context: Context) -> Iterator[str]:
    for name, value in job.selection.filters().items():
        if name not in {"agency", "scope", "submitted_from", "submitted_to"}:
            yield f"{label('download_field', name)}: {_value(name, value, context)}"


def _value(name: str, value: Any, context: Context) -> str:
    if isinstance(value, bool):
        return _word("yes" if value else "no")
    if name == "region":
        return ", ".join(reversed([part for part in region_names(value) if part])) or value
    if name == "category":
        return ", ".join(context.names.categories.get(each, str(each)) for each in value)
    words = labels(name)
    return ", ".join(words[each] for each in value)


def _word(code: str) -> str:
    return label("download_words", code)
