"""The tokens' colours can be read, in light and in dark: WCAG 2.2 AA, computed."""

import re
from importlib.resources import files

import pytest

TOKENS = (files("services.portal") / "static" / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = TOKENS.split("@media (prefers-color-scheme:dark)")
GROUNDS = ("canvas", "surface", "sunken")
READ = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "link", "brand-ink") for ground in GROUNDS],
    *[
        (kind, ground)
        for kind in ("good", "warn", "bad", "info")
        for ground in ("surface", "canvas")
    ],
    *[
        (ink, f"{kind}-wash")
        for kind in ("good", "warn", "bad", "info", "brand")
        for ink in ("ink", "ink-soft", "link", kind if kind != "brand" else "brand-ink")
    ],
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-bad", "bad"),
]
"""A text and what it stands on."""
SEEN = [
    (edge, ground)
    for edge in ("line-strong", "focus", "brand-ink", "chart", "reporter", "late")
    for ground in ("surface", "canvas")
]
"""Edges of fields, the focus, bars of charts: what is no text, and must be seen."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_contrasts_with_what_it_stands_on(scheme: str) -> None:
    colours = _colours(scheme)
    assert {pair: round(c, 2) for pair in READ if (c := _contrast(colours, *pair)) < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_edge_that_says_something_is_seen(scheme: str) -> None:
    colours = _colours(scheme)
    assert {pair: round(c, 2) for pair in SEEN if (c := _contrast(colours, *pair)) < 3} == {}


def test_dark_has_a_colour_for_each_of_light() -> None:
    assert _named(DARK).keys() == _named(LIGHT).keys()


def _named(part: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})\b", part))


def _colours(scheme: str) -> dict[str, str]:
    return _named(LIGHT) if scheme == "light" else _named(DARK)


def _contrast(colours: dict[str, str], one: str, other: str) -> float:
    bright, dim = sorted((_luminance(colours[one]), _luminance(colours[other])), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
