"""Words and colours for codes: nothing missing, and all can tell them apart."""

import math
from enum import StrEnum
from itertools import combinations

import pytest

from shared.labels import countdown, label, labels
from shared.labels.colours import STATUS_COLOURS, TAB_COLOURS, Colour
from shared.lifecycle import actions, channels, people, policy, statuses


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("status", statuses.Status),
        ("tab", statuses.Tab),
        ("action", actions.Action),
        ("request", actions.RequestKind),
        ("deferral", actions.DeferralKind),
        ("follow_up_kind", actions.FollowUpKind),
        ("archive_category", actions.ArchiveCategory),
        ("classification", actions.Classification),
        ("clock", policy.ClockKind),
        ("role", people.Role),
        ("channel", channels.Channel),
    ],
)
def test_every_code_of_the_domain_has_a_label(kind: str, codes: type[StrEnum]) -> None:
    assert {code.value for code in codes} <= labels(kind).keys()


def test_a_countdown_says_what_is_left_or_how_late_it_is() -> None:
    assert [countdown(days) for days in (3, 0, -2)] == [
        "sisa 3 hari",
        "hari ini",
        "terlambat 2 hari",
    ]
    assert countdown(-2, "en") == "2 days overdue"


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        label("status", "LOST")


def test_every_tab_and_status_has_a_colour_with_readable_text() -> None:
    assert TAB_COLOURS.keys() == labels("tab").keys()
    assert STATUS_COLOURS.keys() == labels("status").keys()
    for colour in (*TAB_COLOURS.values(), *STATUS_COLOURS.values()):
        assert _contrast(colour) >= 4.5


@pytest.mark.parametrize("sight", ["full", "protanopia", "deuteranopia", "tritanopia"])
def test_colours_of_the_six_tabs_and_of_statuses_within_a_tab_differ_in_any_sight(
    sight: str,
) -> None:
    tabs = [TAB_COLOURS[tab.value] for tab in statuses.Tab]
    for one, other in combinations(tabs, 2):
        assert _distance(one, other, sight) > 10
    for members in statuses.STATUSES_OF.values():
        for one, other in combinations([STATUS_COLOURS[m.value] for m in members], 2):
            assert _distance(one, other, sight) > 10


# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
_SIGHTS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

Triple = tuple[float, ...]


def _distance(one: Colour, other: Colour, sight: str) -> float:
    """CIE76 difference as a person with that sight sees it; 2.3 is just noticeable."""
    seen = [
        _lab(tuple(sum(m * c for m, c in zip(row, rgb, strict=True)) for row in _SIGHTS[sight]))
        for rgb in (_linear(one), _linear(other))
    ]
    return math.dist(*seen)


def _contrast(colour: Colour) -> float:
    text = 0.0 if colour.text == "#000000" else 1.0
    luminances = sorted([_luminance(_linear(colour)), text])
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)


def _linear(colour: Colour) -> Triple:
    channels = [int(colour.background[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def _luminance(rgb: Triple) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def _lab(rgb: Triple) -> Triple:
    r, g, b = (min(max(c, 0.0), 1.0) for c in rgb)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))
