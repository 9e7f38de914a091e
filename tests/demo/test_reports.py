"""Demo reports look like the real ones: in their shares, their lengths and their variety."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import pytest

from deploy.demo.country import BY_CODE, CATEGORIES, PHRASES, PROGRAMMES
from deploy.demo.mix import MIX, assignments
from deploy.demo.reports import DemoReport, generate
from services.intake import contact
from shared.lifecycle.actions import Classification
from shared.lifecycle.channels import Channel
from shared.values import regions, text

TOLERANCE = 0.03
Code = TypeVar("Code", bound=str)


@pytest.fixture(scope="module")
def reports() -> list[DemoReport]:
    rng = random.Random(1708)
    return [generate(rng) for _ in range(5_000)]


def test_the_same_seed_gives_the_same_reports() -> None:
    first, second, other = random.Random(1), random.Random(1), random.Random(2)
    assert [generate(first) for _ in range(50)] == [generate(second) for _ in range(50)]
    assert generate(other) != generate(random.Random(1))


def test_channels_flags_classifications_and_outcomes_come_in_their_shares(
    reports: list[DemoReport],
) -> None:
    flags = [
        "+".join(f for f in ("anonymous", "secret") if getattr(r, f)) or "none" for r in reports
    ]
    _assert_shares([r.channel for r in reports], MIX.channel)
    _assert_shares(flags, MIX.flags)
    _assert_shares([r.verified_classification for r in reports], MIX.classification)
    _assert_shares([r.outcome for r in reports], MIX.outcome)


def test_categories_and_destinations_come_in_their_shares(reports: list[DemoReport]) -> None:
    categories = [r.category for r in reports]
    without = categories.count(None) / len(reports)
    assert without == pytest.approx(MIX.category_missing, abs=TOLERANCE)
    _assert_shares(categories, MIX.category, within=0.012)
    destinations: defaultdict[str, float] = defaultdict(float)
    for (_, agency), share in assignments().items():
        destinations[agency] += share
    for shares in (MIX.destination, destinations):
        _assert_shares([r.destination for r in reports], shares)


def test_lengths_follow_the_percentiles(reports: list[DemoReport]) -> None:
    for lengths, percentiles in (
        (sorted(len(r.verified_title) for r in reports), MIX.title_length),
        (sorted(len(r.verified_body) for r in reports), MIX.body_length),
        (sorted(len(r.body) for r in reports), MIX.body_length),
    ):
        for percentile in (5, 25, 50, 75, 95):
            length = lengths[len(lengths) * percentile // 100]
            assert length == pytest.approx(percentiles[percentile], rel=0.15, abs=6)


def test_every_text_is_taken_by_intake(reports: list[DemoReport]) -> None:
    for report in reports:
        for title, body in (
            (report.title, report.body),
            (report.verified_title, report.verified_body),
        ):
            assert text.normalise_title(title)
            assert text.normalise_body(body)
            assert "{" not in report.verified_body


def test_reports_rarely_repeat(reports: list[DemoReport]) -> None:
    assert len({r.body for r in reports}) > 0.995 * len(reports)
    assert len({(r.title, r.body) for r in reports}) > 0.998 * len(reports)
    answers = {report.writer(random.Random(n)).follow_up() for n, report in enumerate(reports)}
    assert len(answers) > 0.9 * len(reports)


def test_every_phrase_can_be_filled_in(reports: list[DemoReport]) -> None:
    writer = reports[0].writer(random.Random(1))
    kinds = [kind for kind, phrases in PHRASES.items() if isinstance(phrases, list)]
    for kind in set(kinds) - {"awkward"}:
        for phrase in PHRASES[kind]:
            assert "{" not in writer.fill(phrase)
    for category in PHRASES["archive_note"]:
        assert "{" not in writer.archive_note(category)


def test_two_in_three_texts_need_correction_and_some_hold_awkward_characters(
    reports: list[DemoReport],
) -> None:
    corrected = sum(r.body != r.verified_body for r in reports) / len(reports)
    assert corrected == pytest.approx(MIX.body_corrected, abs=0.05)
    assert any(ord(c) > 0xFFFF for r in reports for c in r.body)
    assert any(r.body.startswith("=") for r in reports)
    assert any("\n" in r.body for r in reports)


def test_codes_name_what_exists(reports: list[DemoReport]) -> None:
    leaves = {c.code: c for c in CATEGORIES if c.parent}
    for r in reports:
        Channel(r.channel)
        assert r.classification in ("complaint", "aspiration", "information")
        Classification(r.verified_classification)
        assert BY_CODE[r.destination].connected
        assert r.addressee is None or r.addressee in BY_CODE
        assert (r.awaited_agency is not None) == (r.outcome == "AGENCY_NOT_CONNECTED")
        assert r.awaited_agency is None or not BY_CODE[r.awaited_agency].connected
        assert set(r.tags) <= set(leaves[r.verified_category].tags)
        assert r.programme is None or r.programme in PROGRAMMES


def test_places_are_real_and_lie_where_the_destination_governs(reports: list[DemoReport]) -> None:
    without = sum(r.region_code is None for r in reports) / len(reports)
    assert without == pytest.approx(MIX.place_missing, abs=TOLERANCE)
    for report in reports:
        assert (report.region_code is None) == (report.place is None)
        if report.region_code is not None:
            region = regions.find(report.region_code)
            assert region is not None
            assert region.code.startswith(BY_CODE[report.destination].region or "")


def test_reporters_can_be_reached_and_a_nik_is_valid_in_form(reports: list[DemoReport]) -> None:
    for person in (r.reporter for r in reports):
        assert person.phone or person.email
        if person.phone:
            assert contact.normalise_phone(person.phone).startswith("+628")
        if person.email:
            contact.normalise_email(person.email)
        if person.nik:
            contact.parse_reporter_nik(person.nik, today=date(2026, 1, 1))
    assert len({r.reporter for r in reports}) > 0.99 * len(reports)


def _assert_shares(
    codes: list[Code] | list[Code | None], shares: Mapping[Code, float], within: float = TOLERANCE
) -> None:
    counts = Counter(codes)
    for code, share in shares.items():
        assert counts[code] / len(codes) == pytest.approx(share, abs=within), code
