"""The table of figures, on a terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, shown

_WIDTH = 132
"""Where no terminal says how wide it is."""


def show(parts: Mapping[str, Sequence[Figure]]) -> None:
    """Each figure beside its floor, its aim, and whether it is reached."""
    table = Table(title="Ours beside the least it can cost, in turn, in one run")
    for name, justify in _COLUMNS.items():
        table.add_column(name, justify="right" if justify else "left")
    for part, figures in parts.items():
        for index, figure in enumerate(figures):
            table.add_row(
                "" if index else part,
                figure.name,
                shown(figure.ours),
                "" if figure.floor is None else shown(figure.floor),
                figure.unit,
                shown(figure.score),
                "" if figure.aim is None else str(figure.aim),
                {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[figure.met],
                figure.floor_is,
            )
        table.add_section()
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(table)


_COLUMNS = {
    "": False,
    "What": False,
    "Ours": True,
    "Floor": True,
    "Unit": False,
    "Score": True,
    "Aim": False,
    "Met": False,
    "The floor is": False,
}
