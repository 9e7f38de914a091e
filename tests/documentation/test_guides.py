"""The guides name what is on the pages."""

import re
from pathlib import Path

import pytest

from shared.labels import labels

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
PAGES = sorted(GUIDES.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_to_be_pressed_is_there(page: Path) -> None:
    """Bold words are a label of the catalogue, or stand in a page of the panel."""
    templates = (ROOT / "services" / "portal" / "templates").rglob("*.html")
    read = "".join(template.read_text() for template in templates)
    read += "".join(file.read_text() for file in (ROOT / "services/portal/panel").rglob("*.py"))
    kinds = ("action", "button", "request", "follow_up_kind", "flag", "role", "mark", "field")
    known = {words for kind in kinds for words in labels(kind).values()}
    bold = [
        " ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", page.read_text(), re.S)
    ]
    assert [words for words in bold if words not in known and words not in read] == []
