"""The two orders of a queue, and where the next page starts in each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.routing.queue.filters import Order
from shared.http.paging import decode_cursor, encode_cursor, open_cursor, seal_cursor
from shared.privacy.identity import IdentityCipher
from shared.values.fields import Instant


class ByDeadline(BaseModel):
    """The last report of a page: priority, due time, number."""

    model_config = ConfigDict(extra="forbid")

    p: bool
    d: Instant | None
    n: int


class Newest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    n: int


@dataclass(frozen=True)
class Ordering:
    """`by` is the ORDER BY of `r`. The page lies within `slices`: conditions that do not overlap,
    each answered by one range of the index. All `columns`, which give a report's place in the
    order, are in that index, so finding the page does not read the reports."""

    columns: str
    by: str
    slices: tuple[str, ...]
    parameters: dict[str, Any]


def ordering(order: Order, cursor: str | None, cipher: IdentityCipher) -> Ordering:
    """The order, starting after the cursor. A cursor of another order raises a 422. A cursor by
    deadline is sealed: a due time reveals to the microsecond when a report came."""
    if order == "newest":
        newest = decode_cursor(cursor, Newest)
        slices = ("r.number < :n",) if newest else ("true",)
        return Ordering("r.number", "r.number DESC", slices, {"n": newest.n} if newest else {})
    last = open_cursor(cursor, ByDeadline, cipher)
    columns = "r.number, r.priority, r.due_at"
    return Ordering(columns, _BY_DEADLINE, *(_behind(last) if last else (("true",), {})))


def cursor_after(
    order: Order, cipher: IdentityCipher, number: int, priority: bool, due_at: datetime | None
) -> str:
    """The cursor of the page that follows this report."""
    if order == "newest":
        return encode_cursor(Newest(n=number))
    return seal_cursor(ByDeadline(p=priority, d=due_at, n=number), cipher)


_BY_DEADLINE = "r.priority DESC, r.due_at ASC NULLS LAST, r.number"


def _behind(last: ByDeadline) -> tuple[tuple[str, ...], dict[str, Any]]:
    same = "r.priority" if last.p else "NOT r.priority"
    slices = []
    if last.d is None:
        slices.append(f"{same} AND r.due_at IS NULL AND r.number > :n")
    else:
        slices.append(f"{same} AND (r.due_at, r.number) > (CAST(:d AS timestamptz), :n)")
        slices.append(f"{same} AND r.due_at IS NULL")
    if last.p:
        slices.append("NOT r.priority")
    return tuple(slices), {"n": last.n} | ({"d": last.d} if last.d else {})
