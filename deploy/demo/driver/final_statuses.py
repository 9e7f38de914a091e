"""Where the reports of a demo are, read from the queue as pusat sees it."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.demo.driver.api import Api
from shared.labels import label
from shared.lifecycle.statuses import TAB_OF, Status, Tab

_PAGE = 100


@dataclass
class FinalStatuses:
    """Counts by code."""

    tabs: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    overdue: int = 0

    @property
    def total(self) -> int:
        return self.tabs.total()

    def count(self, row: dict[str, Any]) -> None:
        """Add a row of the queue."""
        self.tabs[row["status"]["tab"]] += 1
        self.statuses[row["status"]["code"]] += 1
        self.channels[row["channel"]] += 1
        self.overdue += row["overdue"]

    def show(self, console: Console) -> None:
        """Print the tables."""
        tabs = Table("tab", "status", "reports", title="Where they are")
        for tab in Tab:
            tabs.add_row(label("tab", tab), "", str(self.tabs[tab]), style="bold")
            for status, count in self.statuses.items():
                if TAB_OF[Status(status)] is tab:
                    tabs.add_row("", label("status", status), str(count))
        tabs.add_row("all", f"overdue: {self.overdue}", str(self.total), style="bold")
        channels = Table("channel", "reports", title="How they came")
        for channel, count in self.channels.most_common():
            channels.add_row(label("channel", channel), str(count))
        channels.add_row("all", str(self.total), style="bold")
        console.print(tabs)
        console.print(channels)


async def read_final_statuses(
    routing: Api, token: str, numbers: Set[int], since: str
) -> FinalStatuses:
    """Where the reports of these numbers are; all were submitted at `since` (ISO 8601) or later."""
    statuses = FinalStatuses()
    seen: set[int] = set()
    for tab in Tab:
        cursor: dict[str, str] = {}
        while True:
            page = await routing.get(
                "/queue",
                token,
                tab=tab.value,
                scope="below",
                # Of an anonymous report even the queue tells the hour alone.
                submitted_from=f"{since[:13]}:00{since[19:].lstrip('.0123456789')}",
                order="newest",
                limit=_PAGE,
                **cursor,
            )
            for row in page["items"]:
                # One that moves on meanwhile may be met again in a later tab.
                if row["number"] in numbers - seen:
                    seen.add(row["number"])
                    statuses.count(row)
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
    return statuses
