"""Every decision is found: the index has it under its title."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "decisions"


def test_the_index_has_every_decision() -> None:
    index = (FOLDER / "README.md").read_text()
    pages = sorted(FOLDER.glob("0*.md"))
    assert pages
    for page in pages:
        number, title = page.read_text().splitlines()[0].removeprefix("# ").split(". ", 1)
        assert int(number) == int(page.name[:4])
        assert f"- [{number}]({page.name}) {title}" in index.splitlines()
