"""The shares that demo reports follow, from `mix.json`, and how to draw from them."""

import random
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import pairwise

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Mix:
    """Shares of 1 by code; lengths in characters by percentile, as strings of numbers."""

    about: str
    channel: dict[str, float]
    classification: dict[str, float]
    flags: dict[str, float]
    outcome: dict[str, float]
    category: dict[str, float]
    category_not_given: float
    destination_by_rank: tuple[float, ...]
    title_chars: dict[str, int]
    body_chars: dict[str, int]
    body_corrected: float
    place_missing: float


@cache
def load_mix() -> Mix:
    """The mix that comes with the demo."""
    text = resources.files("deploy.demo").joinpath("mix.json").read_text()
    return TypeAdapter(Mix).validate_json(text)


def draw(rng: random.Random, shares: Mapping[str, float]) -> str:
    """A code, each as often as its share says."""
    return rng.choices(list(shares), list(shares.values()))[0]


def draw_length(rng: random.Random, percentiles: Mapping[str, int]) -> int:
    """A number of characters, between two neighbouring percentiles on a straight line."""
    points = sorted((int(p) / 100, length) for p, length in percentiles.items())
    at = rng.random()
    for (low, short), (high, long) in pairwise(points):
        if at <= high:
            part = max(at - low, 0.0) / (high - low)
            return round(short + part * (long - short))
    return points[-1][1]
