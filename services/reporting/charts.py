"""*Unduh Grafik*: the selection on one A4 page, as PNG, SVG or PDF.

One hue, every bar with its label and its figure: it reads the same in grey, and to people who
see colours differently. Statuses have the colours of their tabs, beside their names.
"""

import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from services.reporting.job import Format
from services.reporting.summary import Durations, Summary, Table
from shared.labels import label
from shared.labels.colours import STATUS_COLOURS

_A4 = (8.27, 11.69)
_DPI = 200
_BLUE, _EDGE, _GREY = "#0072B2", "#333333", "#555555"
_NAME_WIDTH = 26
_STYLE: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, the same everywhere
    "font.size": 7.5,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": _GREY,
    "axes.linewidth": 0.6,
    "xtick.color": _EDGE,
    "ytick.color": _EDGE,
    "text.parse_math": False,  # a name may hold a dollar sign
    "svg.fonttype": "path",
    "svg.hashsalt": "lapor",
    "pdf.fonttype": 42,
}


def draw(
    output: Path, format: Format, title: str, block: list[tuple[str, str]], summary: Summary
) -> None:
    """Draw everything the summary has, below the title block."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=_A4)
        top = _heading(figure, title, block, summary.rows)
        panels = _panels(summary)
        if panels:
            _draw_panels(figure, panels, top)
        figure.savefig(output, format=str(format), dpi=_DPI, metadata=_metadata(format, title))


def _heading(figure: Figure, title: str, block: list[tuple[str, str]], rows: int) -> float:
    """Write the title block; where, from the bottom of the page, there is room below it."""
    figure.text(0.06, 0.965, title, fontsize=15, fontweight="bold", va="top")
    y = 0.938
    for name, text in [*block, (label("download_words", "total"), _number(rows))]:
        lines = textwrap.wrap(text, 110) or [""]
        figure.text(0.06, y, name, fontsize=8, fontweight="bold", va="top")
        figure.text(0.15, y, "\n".join(lines), fontsize=8, va="top")
        y -= 0.0135 * len(lines)
    return y - 0.012


Panel = Table | Durations


def _panels(summary: Summary) -> list[list[Panel]]:
    """What stands in each line of the page."""
    over_time = summary.over_time()
    tables = {table.key: table for table in summary.tables() if table.groups}
    durations = [each for each in summary.durations() if each.measured]
    lines: list[list[Panel]] = [
        [over_time] if over_time else [],
        [tables[key] for key in ("status", "channel", "role", "active") if key in tables],
        [tables[key] for key in ("category", "agency") if key in tables],
        [*([tables["classification"]] if "classification" in tables else []), *durations],
    ]
    return [line for line in lines if line]


def _draw_panels(figure: Figure, lines: list[list[Panel]], top: float) -> None:
    heights = [max(_height(panel) for panel in line) for line in lines]
    gap, bottom = 0.055, 0.045
    unit = min((top - bottom - gap * len(lines)) / sum(heights), 0.02)
    y = top
    for line, height in zip(lines, heights, strict=True):
        y -= height * unit + gap
        for place, panel in enumerate(line):
            axes = figure.add_axes(_box(place, len(line), y + gap * 0.45, height * unit, panel))
            _draw_panel(axes, panel)


def _box(
    place: int, of: int, y: float, height: float, panel: Panel
) -> tuple[float, float, float, float]:
    """Left, bottom, width, height. Bars that lie leave room for their names at the left."""
    room = 0.0 if _upright(panel) else 0.175 if of <= 2 else 0.135
    left, right, between = 0.06, 0.97, 0.05
    width = (right - left - between * (of - 1)) / of
    return left + place * (width + between) + room, y, width - room, height


def _upright(panel: Panel) -> bool:
    return isinstance(panel, Durations) or panel.key in _OVER_TIME


def _height(panel: Panel) -> float:
    if isinstance(panel, Durations):
        return 8.0
    return 10.0 if panel.key in _OVER_TIME else max(len(panel.groups), 3) + 1.0


def _draw_panel(axes: Axes, panel: Panel) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if isinstance(panel, Durations):
        _draw_durations(axes, panel)
    elif panel.key in _OVER_TIME:
        _draw_over_time(axes, panel)
    else:
        _draw_bars(axes, panel)


def _draw_bars(axes: Axes, table: Table) -> None:
    names = [textwrap.shorten(name, 2 * _NAME_WIDTH, placeholder="…") for name, _ in table.groups]
    names = [textwrap.fill(name, _NAME_WIDTH) for name in names]
    counts = [count for _, count in table.groups]
    colours = [_BLUE] * len(counts)
    if table.key == "status":
        colours = [STATUS_COLOURS[code].background for code in table.codes]
    places = range(len(names))
    bars = axes.barh(places, counts, color=colours, edgecolor=_EDGE, linewidth=0.4, height=0.72)
    axes.set_yticks(places, names, fontsize=6.3 if len(names) > 8 else 6.8, linespacing=0.9)
    axes.invert_yaxis()
    total = sum(counts)
    figures = [f"{_number(count)} ({_percent(count / total)})" for count in counts]
    axes.bar_label(bars, figures, padding=2, fontsize=6.5)
    axes.set_xlim(0, max(counts) * 1.42)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_title(table.title, x=0.0, pad=4)


def _draw_over_time(axes: Axes, table: Table) -> None:
    names = [name for name, _ in table.groups]
    counts = [count for _, count in table.groups]
    bars = axes.bar(
        range(len(names)), counts, color=_BLUE, edgecolor=_EDGE, linewidth=0.3, width=0.8
    )
    if len(names) <= 31:
        axes.bar_label(bars, [_number(count) for count in counts], padding=1.5, fontsize=6)
    step = max(1, -(-len(names) // 24))
    shown = range(0, len(names), step)
    turned = len(shown) > 12
    axes.set_xticks(
        shown,
        [names[place] for place in shown],
        rotation=45 if turned else 0,
        ha="right" if turned else "center",
        fontsize=6.5,
    )
    axes.set_xlim(-0.7, len(names) - 0.3)
    _count_axis(axes)
    axes.set_title(table.title, pad=6)


def _draw_durations(axes: Axes, durations: Durations) -> None:
    names = [name for name, _ in durations.histogram]
    counts = [count for _, count in durations.histogram]
    bars = axes.bar(names, counts, color=_BLUE, edgecolor=_EDGE, linewidth=0.4, width=0.75)
    axes.bar_label(bars, [_number(count) for count in counts], padding=1.5, fontsize=6)
    axes.tick_params(axis="x", labelsize=6)
    median, p90 = durations.median, durations.p90
    axes.set_xlabel(
        f"{label('download_words', 'working_days')}; "
        f"{label('download_words', 'median')} {_decimal(median)}; "
        f"{label('download_words', 'p90')} {_decimal(p90)}",
        fontsize=6.3,
    )
    _count_axis(axes)
    axes.set_title(durations.title, pad=6)


def _count_axis(axes: Axes) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: _number(int(value)))
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.margins(y=0.12)


_OVER_TIME = frozenset({"day", "month"})


def _number(value: int) -> str:
    """1.234.567, as Indonesia writes it."""
    return f"{value:,}".replace(",", ".")


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def _percent(share: float) -> str:
    return f"{_decimal(share * 100)}%"


def _metadata(format: Format, title: str) -> dict[str, Any]:
    return {"Title": title, "Creator": "LAPOR!"} if format is not Format.PNG else {"Title": title}
