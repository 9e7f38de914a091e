"""Pages from templates: the words of codes, dates as people read them, colours by class."""

from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from services.portal.contracts.routing import Countdown, ShownRequest
from services.portal.detail_texts import TEXTS
from services.portal.stylesheet import STYLESHEET_PATH
from shared.attachments import MAX_FILES, MAX_SIZE
from shared.clock import now
from shared.http.password_strength import SHORTEST
from shared.labels import countdown, dates, labels, numbers
from shared.lifecycle.calendar import Zone, day_of_deadline
from shared.values import text


def render(template: str, zone: Zone, /, **content: Any) -> str:
    """The HTML of a page, with times as in this zone."""
    token = _zone.set(zone)
    try:
        return _environment.get_template(template).render(**content)
    finally:
        _zone.reset(token)


def label(kind: str, code: object) -> str:
    """The Indonesian label; the code itself where a newer service has one we do not know."""
    return labels(kind).get(str(code), str(code)) if code is not None else ""


def moment(value: object) -> str:
    """`23 Nov 2026 14.05 WIB` from an ISO instant; a mere day has no time."""
    parsed = _parsed(value)
    if parsed is None:
        return ""
    if not isinstance(parsed, datetime):
        return dates.short_day(parsed)
    return dates.moment(parsed, _zone.get())


def day(value: object) -> str:
    """`Senin, 23 November 2026` from an ISO instant or day."""
    parsed = _parsed(value)
    if parsed is None:
        return ""
    local = parsed.astimezone(_zone.get().offset) if isinstance(parsed, datetime) else parsed
    return dates.long_day(local)


def due_day(value: object, zone: Zone | None = None) -> str:
    """`Jumat, 4 Desember 2026`: the day in which a deadline lies, or that it ends."""
    parsed = _parsed(value)
    if not isinstance(parsed, datetime):
        return ""
    return dates.long_day(day_of_deadline(parsed, zone or _zone.get()))


def until(owed: Countdown | ShownRequest) -> str:
    """When a countdown or a request runs out: the day alone where it does so at that day's end."""
    return day(owed.due_on) if owed.at_day_end else moment(owed.due_at)


def age(value: object) -> str:
    """How long ago, in the unit that says most."""
    parsed = _parsed(value)
    if not isinstance(parsed, datetime):
        return ""
    seconds = max(0, (now() - parsed).total_seconds())
    for size, name in ((86400, "hari"), (3600, "jam"), (60, "menit")):
        if seconds >= size:
            return f"{int(seconds // size)} {name} lalu"
    return "baru saja"


def size(value: int) -> str:
    """`1,4 MB`."""
    if value < 1024 * 1024:
        return f"{max(1, value // 1024)} KB"
    return f"{numbers.tenths(value / 1024 / 1024)} MB"


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
    """What somebody wrote, its line breaks kept and everything else escaped."""
    return _lines(str(text or "").strip())


def _lines(text: str) -> Markup:
    """As `_paragraphs`, with the space around: a piece of a text."""
    return Markup("<br>").join(text.split("\n"))


_environment = Environment(
    loader=PackageLoader("services.portal"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_zone: ContextVar[Zone] = ContextVar("zone", default=Zone.WIB)
_environment.filters |= {
    "moment": moment,
    "day": day,
    "due_day": due_day,
    "until": until,
    "age": age,
    "size": size,
    "thousands": numbers.number,
    "decimal": numbers.decimal,
    "span": dates.span,
    "paragraphs": _paragraphs,
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
    "files_hint": f"Paling banyak {MAX_FILES} berkas, masing-masing {MAX_SIZE // 1024**2} MB",
}
