"""The demo's agencies, staff and reference data fit together."""

import csv
from collections import Counter
from importlib import resources

from deploy.demo.country import (
    AGENCIES,
    BY_CODE,
    CATEGORIES,
    PHRASES,
    PROGRAMMES,
    ROOT,
    STAFF,
    ancestry,
)
from deploy.demo.mix import MIX, THEMES, assignments
from shared.labels import labels
from shared.lifecycle.actions import ArchiveCategory
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import ADMINS, Role
from shared.values import regions


def test_agencies_form_one_tree_with_parents_first() -> None:
    assert len(BY_CODE) == len(AGENCIES)
    seen: set[str] = set()
    for agency in AGENCIES:
        assert agency.parent in seen or agency.code == ROOT
        assert agency.kind in labels("agency_kind")
        seen.add(agency.code)
    assert max(len(ancestry(agency.code)) for agency in AGENCIES) == 5


def test_every_kind_and_every_time_zone_is_there() -> None:
    kinds = Counter(agency.kind for agency in AGENCIES)
    assert kinds["central"] == 1
    assert kinds["ministry"] >= 8
    assert kinds["province"] >= 6
    assert kinds["bumn"] >= 4
    assert kinds["mission"] >= 3
    assert {Zone(agency.zone) for agency in AGENCIES} == set(Zone)
    assert any(not agency.connected for agency in AGENCIES)


def test_a_region_exists_and_keeps_the_agencys_time() -> None:
    zones = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
    for agency in AGENCIES:
        if agency.region:
            assert regions.find(agency.region) is not None
            assert zones[regions.time_zone(agency.region)] == agency.zone


def test_connected_agencies_have_staff_and_the_others_none() -> None:
    staffed = {person.agency for person in STAFF}
    assert staffed == {agency.code for agency in AGENCIES if agency.connected}


def test_whoever_has_agencies_below_has_an_admin() -> None:
    administered = {person.agency for person in STAFF if Role(person.role) in ADMINS}
    assert {a.parent for a in AGENCIES if a.parent} <= administered
    assert {a.code for a in AGENCIES if a.connected and a.kind != "unit"} <= administered


def test_usernames_are_unique_and_one_of_each_role_is_shown() -> None:
    assert len({person.username for person in STAFF}) == len(STAFF)
    shown = [person for person in STAFF if person.shown]
    assert len(shown) == 7
    assert {person.role for person in shown} == set(Role)


def test_categories_have_two_levels_and_each_leaf_is_handled_by_somebody() -> None:
    parents = {category.code for category in CATEGORIES if category.parent is None}
    leaves = [category for category in CATEGORIES if category.parent]
    assert len({category.code for category in CATEGORIES}) == len(CATEGORIES)
    assert len(leaves) >= 60
    assert all(leaf.parent in parents and leaf.tags for leaf in leaves)
    assert THEMES.keys() == {leaf.code for leaf in leaves}


def test_everyday_words_are_of_categories_that_there_are() -> None:
    usual = resources.files("deploy").joinpath("category_aliases.csv").read_text()
    rows = list(csv.DictReader(usual.splitlines()))
    assert len({row["code"] for row in rows}) == len(rows)
    assert {row["code"] for row in rows} <= {category.code for category in CATEGORIES}
    for row in rows:
        words = row["aliases"].split(";")
        assert len({word.lower() for word in words}) == len(words) <= 20, row


def test_reference_data_covers_the_guide() -> None:
    categories = {category.value for category in ArchiveCategory}
    assert MIX.archive_category.keys() == PHRASES["archive_note"].keys() == categories
    assert len(PROGRAMMES) >= 5


def test_destinations_are_connected_agencies() -> None:
    shares = assignments()
    assert abs(sum(shares.values()) - 1) < 1e-9
    assert all(BY_CODE[agency].connected for _, agency in shares)
