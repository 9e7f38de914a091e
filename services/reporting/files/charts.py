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

from services.reporting.files.job import Format
from services.reporting.files.summary import Durations, Summary, Table
from shared.labels import label, numbers
from shared.labels.colours import STATUS_COLOURS
from shared.labels.dates import span

_A4 = (8.27, 11.69)
_DPI = 200
_BLUE, _EDGE, _GREY = "#0072B2", "#333333", "#555555"
_NAME_WIDTH = 40
_TICKS, _LABELLED, _LEAST_SLOTS = 20, 24, 8
_PAIR = ((_BLUE, ""), ("#F0C987", "////"))
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
        figure = page(title, block, summary)
        figure.savefig(output, format=str(format), dpi=_DPI, metadata=_metadata(format, title))


def page(title: str, block: list[tuple[str, str]], summary: Summary) -> Figure:
    """The page as it is drawn."""
    figure = Figure(figsize=_A4, dpi=_DPI)
    top = _heading(figure, title, block, summary.rows)
    if panels := _panels(summary):
        _draw_panels(figure, panels, top)
    else:
        figure.text(0.06, top - 0.01, label("chart", "nothing"), fontsize=9, va="top")
    return figure


def _heading(figure: Figure, title: str, block: list[tuple[str, str]], rows: int) -> float:
    """Write the title block; where, from the bottom of the page, there is room below it."""
    figure.text(0.06, 0.965, title, fontsize=15, fontweight="bold", va="top")
    y = 0.938
    for name, text in [*block, (label("download_words", "total"), numbers.number(rows))]:
        lines = textwrap.wrap(text, 110) or [""]
        figure.text(0.06, y, name, fontsize=8, fontweight="bold", va="top")
        figure.text(0.15, y, "\n".join(lines), fontsize=8, va="top")
        y -= 0.0135 * len(lines)
    return y - 0.012


Panel = Table | list[Durations]


def _panels(summary: Summary) -> list[list[Panel]]:
    """What stands in each line of the page."""
    over_time = summary.over_time()
    tables = {table.key: table for table in summary.tables() if table.groups}
    durations = [each for each in summary.durations() if each.measured]
    lines: list[list[Panel]] = [[over_time] if over_time else []]
    for keys in _LINES:
        lines.append([tables[key] for key in keys if key in tables])
    if durations:
        lines[-1].append(durations)
    return [line for line in lines if line]


_LINES = (
    ("status", "classification", "role", "active"),
    ("category", "agency"),
    ("channel",),
)


def _draw_panels(figure: Figure, lines: list[list[Panel]], top: float) -> None:
    heights = [max(_height(panel) for panel in line) for line in lines]
    gap, bottom = 0.05, 0.04
    unit = min((top - bottom - gap * len(lines)) / sum(heights), 0.02)
    y = top
    for line, height in zip(lines, heights, strict=True):
        y -= height * unit + gap
        for position, panel in enumerate(line):
            box = _box(position, len(line), y + gap * 0.4, height * unit, panel)
            _draw_panel(figure.add_axes(box), panel, slots=height - 1)


def _box(
    position: int, of: int, y: float, height: float, panel: Panel
) -> tuple[float, float, float, float]:
    """Left, bottom, width, height. Bars that lie leave room for their names at the left."""
    room = 0.0 if _upright(panel) else 0.2
    left, right, between = 0.06, 0.97, 0.03
    width = (right - left - between * (of - 1)) / of
    return left + position * (width + between) + room, y, width - room, height


def _upright(panel: Panel) -> bool:
    return isinstance(panel, list) or panel.key in _OVER_TIME


def _height(panel: Panel) -> float:
    if isinstance(panel, list) or _upright(panel):
        return 9.0
    long = any(len(name) > _NAME_WIDTH for name, _ in panel.groups)
    return max(len(panel.groups) * (1.45 if long else 1), 4) + 1.0


def _draw_panel(axes: Axes, panel: Panel, *, slots: float) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if isinstance(panel, list):
        _draw_durations(axes, panel)
    elif panel.key in _OVER_TIME:
        _draw_over_time(axes, panel)
    else:
        _draw_bars(axes, panel, slots)


def _draw_bars(axes: Axes, table: Table, slots: float) -> None:
    names = [_in_two_lines(name) for name, _ in table.groups]
    counts = [count for _, count in table.groups]
    colours = [_BLUE] * len(counts)
    if table.key == "status":
        colours = [STATUS_COLOURS[code].background for code in table.codes]
    rows = range(len(names))
    bars = axes.barh(rows, counts, color=colours, edgecolor=_EDGE, linewidth=0.4, height=0.72)
    axes.set_yticks(rows, names, fontsize=6.5, linespacing=0.9)
    for tick, name in zip(axes.get_yticklabels(), names, strict=True):
        tick.set_fontsize(5.3 if "\n" in name else 6.5)
    # Bars as thick as the neighbour's, further apart where names have two lines.
    pitch = 1.45 if any("\n" in name for name in names) else 1
    axes.set_ylim(max(slots / pitch, len(names)) - 0.5, -0.5)
    total = sum(counts)
    figures = [f"{numbers.number(count)} ({numbers.percent(count / total)})" for count in counts]
    axes.bar_label(bars, figures, padding=2, fontsize=6.5)
    axes.set_xlim(0, max(counts) * 1.5)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_bounds(-0.5, len(names) - 0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_title(table.title, pad=4)


def _draw_over_time(axes: Axes, table: Table) -> None:
    names = [name for name, _ in table.groups]
    counts = [count for _, count in table.groups]
    bars = axes.bar(
        range(len(names)), counts, color=_BLUE, edgecolor=_EDGE, linewidth=0.3, width=0.8
    )
    if len(names) <= _LABELLED:
        axes.bar_label(bars, [numbers.number(count) for count in counts], padding=1.5, fontsize=6)
    shown = range(0, len(names), -(-len(names) // _TICKS))
    # 31/12 or 12/2026; days with their year stand in the title.
    ticks = ["/".join(reversed(names[month].split("-")[-2:])) for month in shown]
    axes.set_xticks(shown, ticks, fontsize=6.5)
    axes.set_xlim(-0.7, max(len(names), _LEAST_SLOTS) - 0.3)
    _count_axis(axes)
    until = label("download_words", "until")
    ends = dict.fromkeys((span(names[0]), span(names[-1])))
    axes.set_title(f"{table.title}, {f' {until} '.join(ends)}", pad=6)


def _draw_durations(axes: Axes, durations: list[Durations]) -> None:
    """Side by side, told apart by lightness and hatching too."""
    width = 0.8 / len(durations)
    for index, each in enumerate(durations):
        positions = [position + (index - (len(durations) - 1) / 2) * width for position in range(7)]
        counts = [count for _, count in each.histogram]
        median, p90 = numbers.tenths(each.median), numbers.tenths(each.p90)
        legend = f"{each.title}: {_word('median')} {median}, {_word('p90')} {p90}"
        colour, hatch = _PAIR[index]
        bars = axes.bar(
            positions,
            counts,
            width,
            color=colour,
            hatch=hatch,
            edgecolor=_EDGE,
            linewidth=0.4,
            label=legend,
        )
        axes.bar_label(bars, [numbers.short(count) for count in counts], padding=1.5, fontsize=5)
    axes.set_xticks(range(7), [name for name, _ in durations[0].histogram], fontsize=6.5)
    axes.yaxis.set_visible(False)  # every bar has its figure
    axes.spines["left"].set_visible(False)
    axes.margins(y=0.3)
    axes.legend(fontsize=6.3, frameon=False, loc="upper right", handlelength=1.6)
    axes.set_title(label("chart", "response"), pad=6)


def _count_axis(axes: Axes) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: numbers.number(int(value)))
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.margins(y=0.12)


_OVER_TIME = frozenset({"day", "month"})


def _in_two_lines(name: str) -> str:
    """A long name in two lines; of a longer one the end, by which offices differ, is kept."""
    if len(name) <= _NAME_WIDTH:
        return name
    lines = textwrap.wrap(name, _NAME_WIDTH)
    if len(lines) > 2:
        end = name[-(_NAME_WIDTH - 2) :].partition(" ")[2] or name[-(_NAME_WIDTH - 2) :]
        lines = [lines[0], f"… {end}"]
    return "\n".join(lines)


def _word(code: str) -> str:
    return label("download_words", code).lower()


def _metadata(format: Format, title: str) -> dict[str, Any]:
    return {"Title": title, "Creator": "LAPOR!"} if format is not Format.PNG else {"Title": title}
