"""The demo's data files, which lie beside this module."""

import csv
import tomllib
from importlib import resources
from typing import Any

_FOLDER = resources.files("deploy.demo")


def read_csv(name: str) -> list[dict[str, str | None]]:
    """The rows of a CSV file by column; an empty field is None."""
    lines = _FOLDER.joinpath(name).read_text().splitlines()
    return [
        {column: value or None for column, value in row.items()} for row in csv.DictReader(lines)
    ]


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file."""
    return tomllib.loads(_FOLDER.joinpath(name).read_text())
