"""Searches in words, by whoever searches: in the own agency, in all below, in public."""

from collections.abc import Mapping
from itertools import islice
from urllib.parse import quote

from benchmarks.figures import Figure, at_most
from benchmarks.loading.load import TOP
from benchmarks.loading.words import COMMON, FREQUENT, UNCOMMON
from benchmarks.measuring import Once, quantile
from benchmarks.part import Size
from benchmarks.queues import NATION, OFFICE, PROVINCE
from benchmarks.two_sizes import TwoSizes, measured_in_turn

AIM = at_most(200, "ms")
WORDS: Mapping[str, str] = {
    "a frequent word": FREQUENT,
    "a common word": COMMON,
    "an uncommon word": UNCOMMON,
    "a rare word": "Nusa4711",
    "a word that is nowhere": "hippopotamus",
    "two words": f"{FREQUENT} {COMMON}",
    "two seldom together": f"{COMMON} {UNCOMMON}",
    "five words": f"{FREQUENT} lampu bantuan {COMMON} pasar",
    "all but a word": f"-{FREQUENT}",
}
WHERE: Mapping[str, tuple[str, str | None, str]] = {
    "own agency": ("routing", OFFICE, "/queue?tab=closed&q={}"),
    "nation": ("routing", NATION, "/queue?tab=closed&scope=below&q={}"),
    "public": ("intake", None, "/reports?q={}"),
    "own agency, open": ("routing", OFFICE, "/queue?tab=unverified&q={}"),
    "province": ("routing", PROVINCE, "/queue?tab=closed&scope=below&q={}"),
    "nation, open": ("routing", NATION, "/queue?tab=unverified&scope=below&q={}"),
    "public, a category": ("intake", None, "/reports?category=5&q={}"),
}
QUICKLY = 3
"""Of these, the first ones."""


async def searches(sizes: TwoSizes, size: Size) -> list[Figure]:
    """The p95 of each, and of reports like one; its floor, among few reports, is for orientation:
    the aim is a time."""
    figures = []
    places = size.of(len(WHERE), QUICKLY, QUICKLY)
    for where, (service, username, path) in islice(WHERE.items(), places):
        for what, words in WORDS.items():
            pair = await sizes.asking(service, path.format(quote(words)), username)
            figures.append(await _searched(sizes, size, f"{what}, {where}", pair))
    like_one = await sizes.asking("routing", f"/reports/{TOP - 1}/similar", NATION)
    return [*figures, await _searched(sizes, size, "reports like one, nation", like_one)]


async def _searched(sizes: TwoSizes, size: Size, what: str, pair: tuple[Once, Once]) -> Figure:
    few, many = await measured_in_turn(pair, size)
    ours, floor = quantile(many, 0.95) * 1000, quantile(few, 0.95) * 1000
    return Figure(f"{what}, p95", "ms", ours, ours, floor, sizes.other, AIM)
