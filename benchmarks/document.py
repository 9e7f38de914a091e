"""`python -m benchmarks.document FILE …`: bring the tables of docs/developing/performance.md up to
date from what `--json` wrote. Of a part that stands in several files, the last counts."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.figures import Measured, RunFile, shown

PAGE = Path(__file__).parents[1] / "docs" / "developing" / "performance.md"
BEGIN, END = "<!-- figures of {} -->", "<!-- end of figures -->"


def with_figures(page: str, runs: Sequence[RunFile]) -> str:
    """The page with the table of each part between its markers, `BEGIN` and `END`. Raises
    ValueError for a part that has no place on the page: it would be left out silently."""
    parts: dict[str, tuple[RunFile, list[Measured]]] = {}
    for run in runs:
        for name in dict.fromkeys(figure.part for figure in run.figures):
            parts[name] = (run, [figure for figure in run.figures if figure.part == name])
    for name, (run, figures) in parts.items():
        begin = BEGIN.format(name)
        if begin not in page:
            raise ValueError(f"The page has no {begin!r}")
        head, rest = page.split(begin, 1)
        _, tail = rest.split(END, 1)
        page = f"{head}{begin}\n{_table(run, figures)}\n{END}{tail}"
    return page


def _table(run: RunFile, figures: Iterable[Measured]) -> str:
    rows = [
        "| What | Ours | Floor | Unit | Score | Aim | Met | The floor is |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(figure) for figure in figures),
    ]
    size = "full run" if run.size == "full" else f"{run.size} run"
    return "\n".join([*rows, "", f"{run.at:%-d %B %Y %H:%M} UTC, {size}, {run.machine}."])


def _row(figure: Measured) -> str:
    cells = (
        figure.name,
        shown(figure.ours),
        "" if figure.floor is None else shown(figure.floor),
        figure.unit,
        shown(figure.score),
        figure.aim,
        {True: "yes", False: "**no**", None: ""}[figure.met],
        figure.floor_is,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    files = [RunFile.model_validate_json(Path(name).read_text()) for name in sys.argv[1:]]
    PAGE.write_text(with_figures(PAGE.read_text(), files))
