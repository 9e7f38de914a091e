"""Pages of the queue, counts of tabs and a report's page over few and over very many reports."""

from collections.abc import Mapping

from benchmarks.figures import Figure, at_most
from benchmarks.loading.load import TOP
from benchmarks.part import Size
from benchmarks.two_sizes import TwoSizes, compared

AIM = at_most(1.2)
OFFICE, PROVINCE, NATION = "a.pusat-bench1-kab1", "a.pusat-bench1", "admin.pusat"
"""Who asks: of a regency, of its province, of pusat."""
ASKED: Mapping[str, tuple[str, str]] = {
    "a page of the own queue": (OFFICE, "/queue?tab=unverified"),
    "a page of all below, in process": (PROVINCE, "/queue?tab=in_process&scope=below"),
    "a page of closed reports below": (PROVINCE, "/queue?tab=closed&scope=below"),
    "a page of the nation, unverified": (NATION, "/queue?tab=unverified&scope=below"),
    "a page of the nation, closed": (NATION, "/queue?tab=closed&scope=below"),
    "a page of what is owed": (OFFICE, "/owed"),
    "a page of what is owed at pusat": (NATION, "/owed"),
    "counts of what is owed": (OFFICE, "/owed/counts"),
    "counts of what is owed at pusat": (NATION, "/owed/counts"),
    "counts of the own tabs": (OFFICE, "/queue/counts"),
    "counts of all below": (PROVINCE, "/queue/counts?scope=below"),
    "counts of the nation": (NATION, "/queue/counts?scope=below"),
    "a report's page": (NATION, f"/reports/{TOP - 1}"),
}


async def queues(sizes: TwoSizes, size: Size) -> list[Figure]:
    """Each question to both sizes in turn."""
    figures = []
    for what, (username, path) in ASKED.items():
        pair = await sizes.asking("routing", path, username)
        figures.append(await compared(sizes, what, pair, size, AIM))
    return figures


async def public(sizes: TwoSizes, size: Size) -> list[Figure]:
    """What everybody reads: lists of published reports, figures."""
    figures = []
    office = await sizes.large.agency(OFFICE.removeprefix("a."))
    for what, (service, path) in _PUBLIC.items():
        pair = await sizes.asking(service, path.format(office=office), None)
        figures.append(await compared(sizes, what, pair, size, AIM))
    return figures


_PUBLIC: Mapping[str, tuple[str, str]] = {
    "the public list": ("intake", "/reports"),
    "the public list of a category": ("intake", "/reports?category=5"),
    "the public list of a region": ("intake", "/reports?region=32.73"),
    "the public list of pusat and all below": ("intake", "/reports?agency=1"),
    "the public list of a regency": ("intake", "/reports?agency={office}"),
}
