"""The reports chosen in a list for a bulk command. They are in the list's address, so that they are
kept from page to page."""

import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from services.portal.contracts.routing import QueuePage
from services.portal.page_request import PageRequest
from shared.bulk_commands import MOST

CHOSEN: Final = "pilih"
"""The parameter: numbers with dots between them, `THIS_PAGE`, or `MATCHING`."""
THIS_PAGE, MATCHING = "semua", "cocok"
_AT_A_TIME, _READS = 100, 5
"""Reports of one reading, and the most readings: a search by words may return fewer than asked for,
so the number of readings is limited."""
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


class Chosen(NamedTuple):
    """The chosen reports: `here` on this page, `elsewhere` on other pages of the list. With `cut`,
    more reports match than may be chosen at once."""

    here: Collection[int] = ()
    elsewhere: Collection[int] = ()
    cut: bool = False

    @property
    def total(self) -> int:
        return len(self.here) + len(self.elsewhere)

    @property
    def with_this_page(self) -> str:
        """Return the parameter that also chooses all reports of this page."""
        return ".".join([THIS_PAGE, *map(str, self.elsewhere)])


async def chosen_in(
    page_request: PageRequest, params: Mapping[str, object], page: QueuePage
) -> Chosen:
    """Return what the address chooses in the list with these parameters of the queue."""
    words = page_request.request.query_params.get(CHOSEN, "").split(".")
    shown = [row.number for row in page.items]
    numbers = list(map(int, numbers_in(words)))
    numbers += shown if THIS_PAGE in words else []
    cut = False
    if MATCHING in words:
        matching, cut = await _matching(page_request, params)
        numbers += matching
    here, chosen = {*shown} & {*numbers}, dict.fromkeys(numbers)
    return Chosen(here, [number for number in chosen if number not in here], cut)


def numbers_in(words: Collection[str]) -> list[str]:
    """Return the words that can be report numbers, each once."""
    return [word for word in dict.fromkeys(words) if _NUMBER.fullmatch(word)]


def list_with(address: str, numbers: Collection[str], page: str | None = None) -> str:
    """Return the address of this list with these reports chosen instead of those chosen in it, on
    the `page` of this cursor if given."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    query.pop(CHOSEN, None)
    query |= {CHOSEN: ".".join(numbers)} if numbers and parts.path == "/panel" else {}
    query |= {"lanjut": page} if page else {}
    return f"{parts.path}?{urlencode(query)}" if query else parts.path


async def _matching(
    page_request: PageRequest, params: Mapping[str, object]
) -> tuple[list[int], bool]:
    """Return the first reports of the list, and whether there are more."""
    numbers: list[int] = []
    cursor: str | None = None
    for _ in range(_READS):
        asked = {**params, "cursor": cursor, "limit": _AT_A_TIME}
        page = await page_request.read("routing", "/queue", QueuePage, params=asked)
        numbers += [row.number for row in page.items]
        cursor = page.next
        if cursor is None or len(numbers) >= MOST:
            break
    return numbers[:MOST], cursor is not None or len(numbers) > MOST
