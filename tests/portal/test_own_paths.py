"""Where a form or an address leads back to is a page of this site."""

import pytest

from services.portal.paths import own_list, own_path

ELSEWHERE = [
    "//panel",
    "///panel",
    "////panel/tugas",
    "/\\panel",
    "/\t/panel",
    "/\n/panel",
    "\\\\panel",
    "https://x.id/panel",
    "https:/panel",
    "javascript:alert(1)",
    " /panel",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_another_site_is_never_led_to(address: str) -> None:
    assert own_path(address, "/") == "/"
    assert own_list(address, "/panel") == "/panel"


def test_pages_of_this_site_are() -> None:
    for address in ("/laporan-saya", "/cari?q=jalan%20rusak", "/panel/laporan/7#riwayat"):
        assert own_path(address, "/") == address
    assert own_list("/panel?tab=unverified&q=7", "") == "/panel?tab=unverified&q=7"
    assert own_list("/panel/akun", "/panel") == "/panel"
