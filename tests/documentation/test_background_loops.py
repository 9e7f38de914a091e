"""The architecture page names what runs by itself."""

import re
from pathlib import Path

PAGE = Path("docs/developing/architecture.md")
STARTED = re.compile(r'repeating\(\s*"([^"]+)"|yield "([^"]+)", .*\.once$', re.M)


def test_every_loop_is_in_the_table() -> None:
    table = PAGE.read_text().split("## Background loops")[1].split("\n## ")[0]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| ")][1:]
    told = {name.strip() for row in rows for name in row[1].split(", ")}
    sources = [
        path for room in ("services", "shared", "workflows") for path in Path(room).rglob("*.py")
    ]
    found = [found for path in sources for found in STARTED.finditer(path.read_text())]
    started = {name for match in found for name in match.groups() if name}
    assert len(started) > 20
    assert started <= told, sorted(started - told)
