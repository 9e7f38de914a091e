"""*Unduh Grafik*: the selection on one A4 page, as PNG, SVG or PDF.

The charts use one hue, and every bar has its label and its figure, so that they can be read in grey
and by people with colour blindness. Statuses have the colours of their tabs, beside their names.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import orjson
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from services.reporting.files.job import Format
from services.reporting.files.summary import Durations, Summary, Table
from shared.documents.typst_compiler import compiler, pdf
from shared.labels import label, numbers
from shared.labels.colours import STATUS_COLOURS
from shared.labels.dates import span

_PIXELS_AN_INCH: Final = 200
_TEMPLATE = Path(__file__).with_name("chart.typ")
_BLUE, _SAND = "#0072B2", "#F0C987"
_NAME_WIDTH = 40
"""The most characters of a name in one line."""
_TICKS, _FIGURES, _LEAST_GROUPS = 20, 24, 8
"""The most days or months that are named below their columns; the most columns that have room for
their figures; and the least number of columns that the page is divided into."""
_AXIS_STEPS = 5


@dataclass(frozen=True)
class Bar:
    """One bar of a chart. `share` is its length relative to the longest bar."""

    share: float
    figure: str
    name: str = ""
    colour: str = _BLUE


@dataclass(frozen=True)
class Bars:
    """A chart of horizontal bars. `pitch` is the distance between two bars, in slots."""

    title: str
    bars: Sequence[Bar]
    pitch: float
    kind: Literal["bars"] = "bars"

    @property
    def slots(self) -> float:
        """The height of the chart in slots, including its title."""
        return max(len(self.bars) * self.pitch, 4) + 1


@dataclass(frozen=True)
class Series:
    """The look and the legend of the bars of one kind."""

    legend: str = ""
    colour: str = _BLUE
    hatched: bool = False


@dataclass(frozen=True)
class Columns:
    """A chart of vertical bars: groups with their names below, and one bar of each series in a
    group. `axis` lists figures, each with its share of the highest bar."""

    title: str
    groups: Sequence[tuple[str, Sequence[Bar]]]
    series: Sequence[Series]
    axis: Sequence[tuple[str, float]] = ()
    least_groups: int = 1
    kind: Literal["columns"] = "columns"
    slots: float = 10.0


@dataclass(frozen=True)
class Line:
    """Panels side by side, all as high as the highest of them."""

    panels: Sequence[Bars | Columns]
    slots: float


@dataclass(frozen=True)
class Page:
    """The content of the page that chart.typ typesets."""

    title: str
    block: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    nothing: str = ""


def draw(
    output: Path, format: Format, title: str, block: list[tuple[str, str]], summary: Summary
) -> None:
    """Draw all charts of the summary below the title block, and write the page to `output`."""
    page = orjson.dumps(page_of(title, block, summary)).decode()
    document = compiler(_TEMPLATE, _TEMPLATE.parent, {"page": page})
    if format is Format.PDF:
        output.write_bytes(pdf(document))
    elif format is Format.SVG:
        output.write_bytes(_one(document.compile(format="svg")))
    else:
        made = _one(document.compile(format="png", ppi=_PIXELS_AN_INCH))
        about = PngInfo()
        about.add_itxt("Title", title)
        resolution = (_PIXELS_AN_INCH, _PIXELS_AN_INCH)
        Image.open(BytesIO(made)).convert("RGB").save(output, dpi=resolution, pnginfo=about)


def _one(made: bytes | list[bytes] | None) -> bytes:
    """Return the only page of a compiled document."""
    assert isinstance(made, bytes)
    return made


def page_of(title: str, block: list[tuple[str, str]], summary: Summary) -> Page:
    """Return the whole content of the page."""
    rows = (label("download_words", "total"), numbers.number(summary.rows))
    lines = [Line(panels, max(panel.slots for panel in panels)) for panels in _panels(summary)]
    nothing = "" if lines else label("chart", "nothing")
    return Page(title, [*block, rows], lines, nothing)


_LINES = (
    ("status", "classification", "role", "active"),
    ("category", "agency"),
    ("channel",),
)


def _panels(summary: Summary) -> Iterator[Sequence[Bars | Columns]]:
    """Yield the charts of each line of the page."""
    if over_time := summary.over_time():
        yield [_over_time(over_time)]
    tables = {table.key: table for table in summary.tables() if table.groups}
    durations = [each for each in summary.durations() if each.measured]
    for keys in _LINES:
        panels: list[Bars | Columns] = [_bars(tables[key]) for key in keys if key in tables]
        if keys == _LINES[-1] and durations:
            panels.append(_durations(durations))
        if panels:
            yield panels


def _bars(table: Table) -> Bars:
    names = [_in_two_lines(name) for name, _ in table.groups]
    counts = [count for _, count in table.groups]
    colours = [_BLUE] * len(counts)
    if table.key == "status":
        colours = [STATUS_COLOURS[code].background for code in table.codes]
    most, total = max(counts), sum(counts)
    bars = [
        Bar(count / most, f"{numbers.number(count)} ({numbers.percent(count / total)})", *named)
        for count, *named in zip(counts, names, colours, strict=True)
    ]
    return Bars(table.title, bars, pitch=1.45 if any("\n" in name for name in names) else 1)


def _over_time(table: Table) -> Columns:
    names = [name for name, _ in table.groups]
    most = max(count for _, count in table.groups)
    nth = -(-len(names) // _TICKS)
    shown = len(names) <= _FIGURES
    groups = [
        (
            _tick(name) if index % nth == 0 else "",
            [Bar(count / most, numbers.number(count) if shown else "")],
        )
        for index, (name, count) in enumerate(table.groups)
    ]
    until = label("download_words", "until")
    ends = dict.fromkeys((span(names[0]), span(names[-1])))
    title = f"{table.title}, {f' {until} '.join(ends)}"
    axis = [(numbers.number(figure), figure / most) for figure in axis_figures(most)]
    return Columns(title, groups, [Series()], axis, _LEAST_GROUPS)


def _tick(name: str) -> str:
    """Return `31/12` or `12/2026`. The year of days is in the title."""
    return "/".join(reversed(name.split("-")[-2:]))


def axis_figures(most: int) -> range:
    """Return round figures from 0 up to at most the highest bar's, with at most five steps."""
    power = 10 ** (len(str(most)) - 1)
    steps = (part * power // 10 for part in (1, 2, 5, 10, 20, 50))
    step = next(step for step in steps if step and most // step <= _AXIS_STEPS)
    return range(0, most + 1, step)


def _durations(durations: list[Durations]) -> Columns:
    """Return a chart with the durations side by side; lightness and hatching distinguish them
    too."""
    most = max(count for each in durations for _, count in each.histogram)
    looks = ((_BLUE, False), (_SAND, True))
    series = [Series(_legend(each), *look) for each, look in zip(durations, looks, strict=False)]
    groups = [
        (name, [Bar(count / most, numbers.short(count)) for _, count in bars])
        for bars in zip(*(each.histogram for each in durations), strict=True)
        for name, _ in bars[:1]
    ]
    return Columns(label("chart", "response"), groups, series)


def _legend(durations: Durations) -> str:
    median, p90 = numbers.tenths(durations.median), numbers.tenths(durations.p90)
    return f"{durations.title}: {_word('median')} {median}, {_word('p90')} {p90}"


def _in_two_lines(name: str) -> str:
    """Break a long name into two lines. If it is longer still, its end is kept, because that is
    where the names of offices differ."""
    if len(name) <= _NAME_WIDTH:
        return name
    lines = textwrap.wrap(name, _NAME_WIDTH)
    if len(lines) > 2:
        end = name[-(_NAME_WIDTH - 2) :].partition(" ")[2] or name[-(_NAME_WIDTH - 2) :]
        lines = [lines[0], f"… {end}"]
    return "\n".join(lines)


def _word(code: str) -> str:
    return label("download_words", code).lower()
