"""What reports are about and who handles it: themes of `topics.toml`, joined with destinations."""

import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel

from deploy.demo.agencies import AGENCIES
from deploy.demo.mix import Mix
from deploy.demo.reference import CATEGORIES


class Theme(BaseModel, frozen=True):
    """The words of a theme, and its offices: codes of agencies or their beginnings.

    A problem is a short name for it, fit for a title, and the sentence that tells it.
    """

    categories: tuple[str, ...]
    offices: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]
    effects: tuple[str, ...]
    asks: tuple[str, ...]
    remedies: tuple[str, ...]


@cache
def themes() -> dict[str, Theme]:
    """The theme of each category that is a leaf."""
    text = resources.files("deploy.demo").joinpath("topics.toml").read_text()
    found = [Theme.model_validate(table) for table in tomllib.loads(text).values()]
    return {category: theme for theme in found for category in theme.categories}


def category_shares(mix: Mix) -> dict[str, float]:
    """The share of each leaf among reports whose subject is known; sums to 1."""
    leaves = [category.code for category in CATEGORIES if category.parent]
    unlisted = 1 - mix.category_not_given - sum(mix.category.values())
    rest = unlisted / (len(leaves) - len(mix.category))
    return {code: mix.category.get(code, rest) / (1 - mix.category_not_given) for code in leaves}


def destination_shares(mix: Mix) -> dict[str, float]:
    """The share of each connected agency that handles something; sums to 1."""
    handling = {agency for agencies in _handlers().values() for agency in agencies}
    ranked = [*_BUSIEST, *(a.code for a in AGENCIES if a.code in handling - set(_BUSIEST))]
    shares = mix.destination_by_rank
    rest = (1 - sum(shares)) / (len(ranked) - len(shares))
    return {code: shares[i] if i < len(shares) else rest for i, code in enumerate(ranked)}


@cache
def _handlers() -> dict[str, tuple[str, ...]]:
    return {
        category: tuple(
            agency.code
            for agency in AGENCIES
            if agency.connected
            and any(agency.code == o or agency.code.startswith(f"{o}-") for o in theme.offices)
        )
        for category, theme in themes().items()
    }


def destinations_of(mix: Mix, category: str) -> dict[str, float]:
    """How often each agency gets a report of the category.

    Categories and destinations both have their known shares; iterative proportional fitting finds
    a joint distribution in which each agency gets only what it handles.
    """
    return _fit(mix)[category]


@cache
def _fit(mix: Mix) -> dict[str, dict[str, float]]:
    categories, destinations = category_shares(mix), destination_shares(mix)
    joint = {c: dict.fromkeys(handlers, 1.0) for c, handlers in _handlers().items()}
    for _ in range(100):
        reached = dict.fromkeys(destinations, 0.0)
        for row in joint.values():
            for agency, weight in row.items():
                reached[agency] += weight
        for category, row in joint.items():
            for agency in row:
                row[agency] *= destinations[agency] / reached[agency]
            total = sum(row.values())
            for agency in row:
                row[agency] *= categories[category] / total
    return joint


_BUSIEST = tuple(
    """pupr-kab-bandung satpolpp-kab-bandung diskominfo-kab-bandung disdukcapil-kab-bandung
    dlh-kab-bandung dishub-kab-bandung dinsos-kab-bandung distan-kab-bandung dpmd-kab-bandung
    disdik-kab-bandung dinkes-kab-bandung pupr-kota-bandung disperkim-kab-bandung
    perumda-kab-bandung disnaker-kab-bandung disdagin-kab-bandung bapenda-kab-bandung
    kemenag-bimas-islam dlh-kota-bandung binamarga-jabar satpolpp-kota-bandung pln-jabar
    komdigi-wasdigi dinsos-kota-bandung disdukcapil-kota-bandung dishub-kota-bandung
    pupr-kota-bekasi dinkes-kota-bandung disdik-kota-bandung kai-daop2 pupr-kota-semarang
    pupr-kota-surabaya pupr-kota-makassar kemensos-linjamsos kbri-kualalumpur dlh-kota-denpasar
    satpolpp-kota-surabaya pertamina-patra-niaga perumda-kota-bandung dishub-kota-jayapura
    """.split()
)
"""The first forty by rank."""
