"""What is shown at the end of a demo: what went wrong, and where the reports are."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table

from deploy.demo.driver.stack import Stack
from shared.labels import label
from shared.lifecycle.statuses import STATUSES_OF, Tab


@dataclass(frozen=True)
class Failure:
    """A report that did not get where it was to go: the step that was refused, and why."""

    channel: str
    number: int | None
    step: str
    code: str
    request: str


def show_failures(console: Console, failures: Sequence[Failure]) -> None:
    """How many failed by step and problem, with one report each to look at."""
    if not failures:
        return
    table = Table("step", "problem", "reports", "for example", title="What went wrong")
    examples = {(one.step, one.code): one for one in reversed(failures)}
    for (step, code), count in Counter((one.step, one.code) for one in failures).most_common():
        example = examples[step, code]
        table.add_row(
            step, code, str(count), f"{example.channel} {example.number or ''} {example.request}"
        )
    console.print(table)


async def show_statuses(console: Console, stack: Stack, numbers: Set[int], since: datetime) -> int:
    """Print where the reports of these numbers are, all submitted at `since` or later, as pusat
    sees it in its queue. How many they are."""
    # Even the queue shows only the hour of an anonymous report.
    hour = since.replace(minute=0, second=0, microsecond=0).isoformat()
    # A report that moves on meanwhile may be met again in a later tab.
    rows = {
        row["number"]: row
        for tab in Tab
        for row in await stack.pages(
            "/queue", tab=tab.value, scope="below", submitted_from=hour, order="newest"
        )
        if row["number"] in numbers
    }.values()
    total = str(len(rows))
    statuses = Counter(row["status"]["code"] for row in rows)
    table = Table("tab", "status", "reports", title="Where they are")
    for tab in Tab:
        inside = {status: statuses[status] for status in STATUSES_OF[tab] if statuses[status]}
        table.add_row(label("tab", tab), "", str(sum(inside.values())), style="bold")
        for status, count in inside.items():
            table.add_row("", label("status", status), str(count))
    overdue = sum(row["overdue"] for row in rows)
    table.add_row("all", f"overdue: {overdue}", total, style="bold")
    console.print(table)
    table = Table("channel", "reports", title="How they came")
    for channel, count in Counter(row["channel"] for row in rows).most_common():
        table.add_row(label("channel", channel), str(count))
    table.add_row("all", total, style="bold")
    console.print(table)
    return len(rows)
