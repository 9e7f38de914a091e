"""What the documentation points to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)")
# What an operator makes is not there yet.
CODE = re.compile(
    r"`((?!deploy/production/tls)(?:services|shared|workflows|deploy|tests|docs)/[\w./-]*\w)`"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_every_path_leads_somewhere(page: Path) -> None:
    text = page.read_text()
    linked = [page.parent / link for link in LINK.findall(text)]
    named = [ROOT / path for path in CODE.findall(text) if "decisions" not in page.parts]
    assert [str(path) for path in linked + named if not path.exists()] == []
