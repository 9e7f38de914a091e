"""The shares of the kinds of demo reports, and their subjects: `mix.toml` and `topics.toml`."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import TypeVar

from pydantic import BaseModel

from deploy.demo.country import AGENCIES, LEAVES, read_toml
from shared.lifecycle.actions import ArchiveCategory, Classification
from shared.lifecycle.channels import Channel
from shared.lifecycle.statuses import Status

T = TypeVar("T")


class Mix(BaseModel, frozen=True):
    """Shares of 1, by code; lengths in characters, by percentile."""

    channel: dict[Channel, float]
    classification: dict[Classification, float]
    flags: dict[str, float]
    outcome: dict[Status, float]
    detour: dict[str, float]
    after_closing: dict[str, float]
    archive_category: dict[ArchiveCategory, float]
    category: dict[str, float]
    destination: dict[str, float]
    category_missing: float
    place_missing: float
    body_corrected: float
    awkward_characters: float
    title_length: dict[int, int]
    body_length: dict[int, int]


class Theme(BaseModel, frozen=True):
    """The texts of a theme, and its offices: codes of agencies or their beginnings. A problem is a
    short name, suitable for a title, and a sentence."""

    categories: tuple[str, ...]
    offices: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]
    effects: tuple[str, ...]
    asks: tuple[str, ...]
    remedies: tuple[str, ...]

    def handled_by(self, agency: str) -> bool:
        return any(agency == office or agency.startswith(f"{office}-") for office in self.offices)


MIX = Mix.model_validate(read_toml("mix.toml"))
THEMES = {
    category: theme
    for theme in map(Theme.model_validate, read_toml("topics.toml").values())
    for category in theme.categories
}
"""The theme of each category that is a leaf."""


def draw(rng: random.Random, shares: Mapping[T, float]) -> T:
    """Return a random key, each as often as its share says."""
    return rng.choices(list(shares), list(shares.values()))[0]


def draw_length(rng: random.Random, percentiles: Mapping[int, int]) -> int:
    """Return a number of characters, distributed evenly between two neighbouring percentiles."""
    ranges = list(pairwise(percentiles.items()))
    weights = [high - low for (low, _), (high, _) in ranges]
    (_, shortest), (_, longest) = rng.choices(ranges, weights)[0]
    return rng.randint(shortest, longest)


@cache
def assignments() -> dict[tuple[str, str], float]:
    """Return the share of each pair of a category and an agency that handles it.

    Categories and destinations both have given shares; iterative proportional fitting finds a joint
    distribution with both.
    """
    agencies = [agency.code for agency in AGENCIES if agency.connected]
    pairs = [(c, a) for c, theme in THEMES.items() for a in agencies if theme.handled_by(a)]
    joint = dict.fromkeys(pairs, 1.0)
    margins = (
        (1, _with_rest(MIX.destination, {agency for _, agency in pairs}, 1)),
        (0, _with_rest(MIX.category, LEAVES, 1 - MIX.category_missing)),
    )
    for _ in range(100):
        for side, shares in margins:
            total = Counter[str]()
            for pair, share in joint.items():
                total[pair[side]] += share  # type: ignore[assignment]
            for pair in joint:
                joint[pair] *= shares[pair[side]] / total[pair[side]]
    return joint


def _with_rest(known: Mapping[str, float], codes: Iterable[str], whole: float) -> dict[str, float]:
    """Return shares that sum to 1: the known ones of `whole`; the others share the rest evenly."""
    others = sorted(set(codes) - set(known))
    rest = (whole - sum(known.values())) / len(others)
    return {
        code: share / whole for code, share in ({**known, **dict.fromkeys(others, rest)}).items()
    }
