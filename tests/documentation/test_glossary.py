"""The glossary has every status, tab, action, request and clock under its label."""

from pathlib import Path

import pytest

from shared.labels import labels

PAGE = Path(__file__).parents[2] / "docs" / "using" / "glossary.md"
ROWS = {
    tuple(cell.strip() for cell in line.split("|")[1:3]) for line in PAGE.read_text().splitlines()
}
OF_REQUESTS = {"end_request"}
"""Recorded in a history only; asking is under the requests themselves."""


@pytest.mark.parametrize("kind", ["tab", "status", "action", "request", "clock"])
def test_what_people_and_programs_read_is_explained(kind: str) -> None:
    for code, label in labels(kind).items():
        if code in OF_REQUESTS or (kind == "action" and code.startswith("request_")):
            continue
        assert (label, f"`{code}`") in ROWS, f"{kind} {code} is not in {PAGE.name}"
