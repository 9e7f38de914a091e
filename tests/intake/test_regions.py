"""Regions by code, by name, up and down the tree."""

import pytest

from shared.values import regions


def test_a_village_is_found_with_all_above_it() -> None:
    village = regions.find("32.04.05.2001")
    assert village is not None
    assert village == regions.find("3204052001")
    assert village.level == "village"
    assert village.path == "Cileunyi Kulon, Cileunyi, Kabupaten Bandung, Jawa Barat"
    ancestors = regions.ancestry(village.code)
    assert [region.level for region in ancestors] == ["province", "regency", "district", "village"]
    assert ancestors[0].name == "Jawa Barat"
    assert ancestors[-1] == village


@pytest.mark.parametrize(
    "code", ["", "99", "32.99", "32.04.05.9999", "32.04.05.2001.1", "Bandung", "3"]
)
def test_an_unknown_code_is_no_region(code: str) -> None:
    assert regions.find(code) is None
    assert regions.ancestry(code) == []
    assert regions.children(code) == []


def test_there_are_38_provinces_and_each_has_a_time_zone() -> None:
    provinces = regions.children()
    assert len(provinces) == 38
    assert {regions.time_zone(province.code) for province in provinces} == {
        "Asia/Jakarta",
        "Asia/Makassar",
        "Asia/Jayapura",
    }


def test_children_lead_down_to_villages() -> None:
    district = regions.children(regions.children("32")[0].code)[0]
    villages = regions.children(district.code)
    assert villages
    assert all(village.level == "village" for village in villages)
    assert all(village.code.startswith(district.code + ".") for village in villages)


def test_each_level_on_the_way_down_has_its_choices() -> None:
    down = regions.levels("32.04.05.2001")
    assert [level.level for level in down] == ["province", "regency", "district", "village"]
    assert [len(level.regions) for level in down[:1]] == [38]
    chosen = ["32", "32.04", "32.04.05", "32.04.05.2001"]
    for code, one in zip(chosen, down, strict=True):
        assert code in [region.code for region in one.regions]
    assert [level.level for level in regions.levels("32.99.99")] == ["province", "regency"]
    assert [level.level for level in regions.levels()] == ["province"]
    assert regions.levels("Bandung") == regions.levels()


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("11", "Asia/Jakarta"),
        ("36.71", "Asia/Jakarta"),
        ("61", "Asia/Jakarta"),
        ("62", "Asia/Jakarta"),
        ("63", "Asia/Makassar"),
        ("65", "Asia/Makassar"),
        ("51", "Asia/Makassar"),
        ("76", "Asia/Makassar"),
        ("81", "Asia/Jayapura"),
        ("96", "Asia/Jayapura"),
    ],
)
def test_provinces_keep_the_time_of_their_zone(code: str, zone: str) -> None:
    assert regions.time_zone(code) == zone


def test_a_province_that_does_not_exist_has_no_time_zone() -> None:
    with pytest.raises(KeyError):
        regions.time_zone("99")


def test_search_finds_by_name_at_a_level_and_inside_a_region() -> None:
    assert regions.search("depok")[0].name == "Kota Depok"
    found = regions.search("kec. cibinong", level="district")
    assert found[0].name == "Cibinong"
    villages = regions.search("sukamaju", level="village", within="32.76")
    assert villages
    assert all(village.code.startswith("32.76.") for village in villages)
    assert regions.search("sukamaju", within="nowhere") == ()
    assert regions.search("   ") == ()
