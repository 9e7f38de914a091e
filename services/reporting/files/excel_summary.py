"""The second sheet of a workbook: the figures of its rows, with native Excel charts."""

from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.reporting.files import excel_cells
from services.reporting.files.summary import Durations, Summary, Table
from shared.labels import label

_CHART_COLUMN = "E"
_CHART_WIDTH, _LEAST_HEIGHT = 18, 7
_ROW_CM = 0.53
_ROWS_A_PAGE = 78
"""Rows on a page of A4 that is as wide as the table and its chart."""
_LABELLED = 31
"""The most bars whose figures have room beside each other."""
_BLUE = "0072B2"


def write_summary(book: Workbook, summary: Summary) -> None:
    """Make the second sheet, with a table and a chart for each figure."""
    word = label("download_words", "summary")
    sheet = excel_cells.new_sheet(book, word, 1)
    sheet.column_dimensions["A"].width = 46
    sheet.column_dimensions["B"].width = 12
    sheet.column_dimensions["C"].width = 10
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    lines = _Lines(sheet)
    lines.add([excel_cells.styled(sheet, word, excel_cells.font(bold=True, size=14))])
    lines.add([_word("total"), summary.rows])
    lines.add([])
    over_time = summary.over_time()
    for table in [*([over_time] if over_time else []), *summary.tables()]:
        _write_table(lines, table, summary.rows)
    for durations in summary.durations():
        _write_durations(lines, durations)


class _Lines:
    """Appends rows and counts them, because charts refer to rows by number."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet, self.count, self._page = sheet, 0, 0

    def add(self, values: list[Any]) -> int:
        self.sheet.append(values)
        self.count += 1
        return self.count

    def header(self, *titles: str) -> int:
        return self.add([excel_cells.header_cell(self.sheet, title) for title in titles])

    def group(self, name: str, *figures: Any) -> None:
        self.add([excel_cells.safe(self.sheet, name), *figures])

    def keep_together(self, height: float) -> None:
        """Begin a new page on paper if a chart of this height (cm) would be cut in two."""
        rows = int(height / _ROW_CM) + 3
        if self.count + rows > self._page + _ROWS_A_PAGE:
            self.sheet.row_breaks.append(Break(id=self.count))
            self._page = self.count

    def leave_room(self, first: int, height: float) -> None:
        """Add empty rows until a chart of this height (cm), beside the rows from `first` on, ends
        above the next row."""
        while self.count < first + height / _ROW_CM + 1:
            self.add([])


def _write_table(lines: _Lines, table: Table, total: int) -> None:
    if not table.groups:
        return
    over_time = table.key in _OVER_TIME
    lines.keep_together(max(_height(len(table.groups), over_time), len(table.groups) * _ROW_CM))
    first = lines.header(table.title, _word("total"), _word("share"))
    for name, count in table.groups:
        share = excel_cells.styled(lines.sheet, count / total, excel_cells.font())
        share.number_format = "0.0%"
        lines.group(name, count, share)
    _add_chart(lines, table.title, first, len(table.groups), over_time=over_time)


def _write_durations(lines: _Lines, durations: Durations) -> None:
    if not durations.measured:
        return
    title = f"{durations.title} ({_word('working_days').lower()})"
    lines.keep_together(_height(len(durations.histogram), over_time=False))
    first = lines.header(title, _word("total"))
    for name, count in durations.histogram:
        lines.group(name, count)
    last = len(durations.histogram)
    lines.group(_word("median"), durations.median)
    lines.group(_word("p90"), durations.p90)
    lines.group(_word("measured"), durations.measured)
    _add_chart(lines, title, first, last, over_time=False)


def _add_chart(lines: _Lines, title: str, first: int, groups: int, *, over_time: bool) -> None:
    chart = BarChart()
    chart.gapWidth = 40
    if over_time:
        chart.type = "col"
    else:
        chart.type = "bar"
        chart.x_axis.scaling.orientation = "maxMin"
        chart.y_axis.crosses = "max"  # figures below, though the first group is on top
    if groups <= _LABELLED:
        # Everything is set, because some programs show what is left out.
        chart.dataLabels = DataLabelList(
            showVal=True,
            showCatName=False,
            showSerName=False,
            showLegendKey=False,
            showPercent=False,
            showLeaderLines=False,
        )
    sheet = lines.sheet
    values = Reference(sheet, min_col=2, min_row=first + 1, max_row=first + groups)
    names = Reference(sheet, min_col=1, min_row=first + 1, max_row=first + groups)
    chart.add_data(values)
    chart.set_categories(names)
    chart.title = title
    if chart.title is not None:
        chart.title.overlay = False
    chart.legend = None
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "0"
    chart.series[0].graphicalProperties.solidFill = _BLUE
    chart.width = _CHART_WIDTH
    height = _height(groups, over_time)
    chart.height = height
    sheet.add_chart(chart, f"{_CHART_COLUMN}{first}")
    lines.leave_room(first, height)
    lines.add([])


def _height(groups: int, over_time: bool) -> float:
    return _LEAST_HEIGHT if over_time else max(_LEAST_HEIGHT, groups * 3 // 4 + 2)


_OVER_TIME = frozenset({"day", "month"})


def _word(code: str) -> str:
    return label("download_words", code)
