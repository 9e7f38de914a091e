"""The table of figures."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Figure

_WIDTH = 132
"""Where no terminal says how wide it is."""


def show(figures: Sequence[Figure]) -> None:
    """Each figure beside its floor, its aim, and whether it is reached."""
    table = Table(title="Ours beside the least it can cost, in turn, in one run")
    for name, justify in _COLUMNS.items():
        table.add_column(name, justify="right" if justify else "left")
    part = ""
    for one in figures:
        if part and one.part != part:
            table.add_section()
        table.add_row(
            one.part if one.part != part else "",
            one.what,
            _number(one.ours),
            "" if one.floor is None else _number(one.floor),
            one.unit,
            one.score,
            one.aim,
            {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[one.met],
            one.beside,
        )
        part = one.part
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


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
