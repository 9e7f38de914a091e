"""Renders pages from templates, with the labels of codes, dates as people read them, and
colours."""

from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from services.portal.contracts.routing import Countdown, ShownRequest
from services.portal.detail_texts import TEXTS
from services.portal.stylesheet import STYLESHEET_PATH
from services.portal.translation import language, translated, translated_plural
from shared import labels as catalogues
from shared.attachments import MAX_FILES, MAX_SIZE
from shared.clock import now
from shared.http.password_strength import SHORTEST
from shared.labels import dates, numbers
from shared.labels.catalogue import messages
from shared.lifecycle.calendar import Zone
from shared.values import text


def render(template: str, zone: Zone, /, **content: Any) -> str:
    """Return the HTML of a page, with times in this zone."""
    token = _zone.set(zone)
    hint = translated("Paling banyak {files} berkas, masing-masing {megabytes} MB")
    files_hint = hint.format(files=MAX_FILES, megabytes=MAX_SIZE // 1024**2)
    try:
        return _environment.get_template(template).render(files_hint=files_hint, **content)
    finally:
        _zone.reset(token)


def label(kind: str, code: object) -> str:
    """Return the label of a code, or the code itself if a newer service has one that we do not
    know."""
    return labels(kind).get(str(code), str(code)) if code is not None else ""


def labels(kind: str) -> dict[str, str]:
    """Return all labels of a kind, by code."""
    return catalogues.labels(kind, language.get())


def relabelled(text: str | None, *kinds: str) -> str:
    """Return a label from a service in the language of the page, because services label in
    Indonesian. Without `kinds`, it may be a label of any kind. A text that is not a label, such as
    a name, is returned unchanged."""
    return catalogues.relabelled(text, language.get(), *kinds)


def titled(title: str) -> str:
    """Return a report's title unchanged. If the caller may not read it, the text in its place is
    returned in the language of the page."""
    instead = messages("mark")["unverified_copy"]
    return label("mark", "unverified_copy") if title == instead else title


def worded(text: str) -> str:
    """Return the text at a field or choice in the language of the page, from a text or label in
    Indonesian; a name is returned unchanged."""
    return relabelled(translated(text))


def countdown(days: int) -> str:
    """Return *sisa N hari* or *terlambat N hari*."""
    return catalogues.countdown(days, language.get())


def moment(value: object) -> str:
    """Return `23 Nov 2026 14.05 WIB` for an ISO instant; a day has no time."""
    parsed = _parsed(value)
    if parsed is None:
        return ""
    if not isinstance(parsed, datetime):
        return dates.short_day(parsed, language.get())
    return dates.moment(parsed, _zone.get(), language.get())


def day(value: object) -> str:
    """Return `Senin, 23 November 2026` for an ISO instant or day."""
    parsed = _parsed(value)
    if parsed is None:
        return ""
    local = parsed.astimezone(_zone.get().offset) if isinstance(parsed, datetime) else parsed
    return dates.long_day(local, language.get())


def due_day(value: object, zone: Zone | None = None) -> str:
    """Return `Jumat, 4 Desember 2026`: the day in which a deadline lies, or that it ends. Messages
    write it so if nothing is over after the deadline."""
    parsed = _parsed(value)
    if not isinstance(parsed, datetime):
        return ""
    return dates.due_day(parsed, zone or _zone.get(), language.get())


def deadline(value: object, zone: Zone | None = None) -> str:
    """Return a deadline as messages write it if something is over then: the day that it ends, or
    the moment."""
    parsed = _parsed(value)
    if not isinstance(parsed, datetime):
        return ""
    return dates.deadline(parsed, zone or _zone.get(), language.get())


def until(owed: Countdown | ShownRequest) -> str:
    """Return when a countdown or a request runs out: only the day if that is at the end of a day,
    or if the time is not exact."""
    as_a_day = owed.at_day_end or owed.to_the_hour
    return day(owed.due_on) if as_a_day else moment(owed.due_at)


def age(value: object) -> str:
    """Return how long ago a time was, in its largest unit. A time on the full hour is taken to be
    cut to the hour and gets no minutes, because it was at some moment of that hour."""
    parsed = _parsed(value)
    if not isinstance(parsed, datetime):
        return ""
    seconds = max(0, (now() - parsed).total_seconds())
    cut = (parsed.minute, parsed.second, parsed.microsecond) == (0, 0, 0)
    for length, ago in _AGES.items():
        if seconds >= length and not (cut and length < _HOUR):
            return translated(ago).format(n=int(seconds // length))
    return translated("kurang dari sejam lalu") if cut else translated("baru saja")


_HOUR = 3600
_AGES = {86400: "{n} hari lalu", _HOUR: "{n} jam lalu", 60: "{n} menit lalu"}
"""The words for each unit, by its seconds."""


def thousands(value: int) -> str:
    """Return a number like `1.234.567`."""
    return numbers.number(value, language.get())


def decimal(value: float) -> str:
    """Return a number like `2,5`."""
    return numbers.decimal(value, language.get())


def span(code: str) -> str:
    """Return `31 Jan 2026` for a day, or `Jan 2026` for a month."""
    return dates.span(code, language.get())


def size(value: int) -> str:
    """Return a size in bytes like `1,4 MB`."""
    if value < 1024 * 1024:
        return f"{max(1, value // 1024)} KB"
    return f"{numbers.tenths(value / 1024 / 1024, language.get())} MB"


def _parsed(value: object) -> datetime | date | None:
    if isinstance(value, datetime | date):
        return value
    if not isinstance(value, str) or not value:
        return None
    if len(value) == len("2026-11-23"):
        return date.fromisoformat(value)
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _paragraphs(text: object) -> Markup:
    """Return a person's text with its line breaks; everything else is escaped."""
    return _lines(str(text or "").strip())


def _lines(text: str) -> Markup:
    """Return the same as `_paragraphs` for a part of a text: spaces at its ends are kept."""
    return Markup("<br>").join(text.split("\n"))


_environment = Environment(
    loader=PackageLoader("services.portal"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    extensions=["jinja2.ext.i18n"],
)
_environment.policies["ext.i18n.trimmed"] = True
_environment.install_gettext_callables(  # type: ignore[attr-defined]
    translated, translated_plural, newstyle=True
)
_zone: ContextVar[Zone] = ContextVar("zone", default=Zone.WIB)
_environment.filters |= {
    "moment": moment,
    "day": day,
    "due_day": due_day,
    "until": until,
    "deadline": deadline,
    "age": age,
    "size": size,
    "thousands": thousands,
    "decimal": decimal,
    "span": span,
    "paragraphs": _paragraphs,
    "relabelled": relabelled,
    "titled": titled,
    "worded": worded,
    "translated": translated,
    "lines": _lines,
}
_environment.globals |= {
    "label": label,
    "labels": labels,
    "countdown": countdown,
    "stylesheet": STYLESHEET_PATH,
    "limits": text,
    "detail_texts": TEXTS,
    "shortest_password": SHORTEST,
    "language": language.get,
    "now": now,
}
