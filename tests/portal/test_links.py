"""No page leads to one that refuses whoever follows the link."""

import time
from contextlib import closing

import pytest

from tests.portal.by_request import submit
from tests.portal.conftest import Portal
from tests.portal.reading import Reader

pytestmark = pytest.mark.timeout(600)
FIGURES = "/panel/statistik/pengelolaan"


@pytest.mark.parametrize("username", ["pengawas.jabar", "admin.kab.bandung"])
def test_no_link_leads_where_its_reader_is_refused(portal: Portal, username: str) -> None:
    number, _ = submit(portal)
    with closing(Reader(portal, "admin.kab.bandung")) as admin:
        _waits_for_figures(admin)
    starts = ["/panel?scope=below", f"/panel/laporan/{number}", FIGURES]
    with closing(Reader(portal, username)) as person:
        walked = dict(person.walks(*starts))
        shown = person.opens(FIGURES).html
    assert not [path for path, page in walked.items() if page.status == 403]
    leads_on = "/panel/statistik/laporan?" in shown
    assert leads_on == (username != "pengawas.jabar"), "an overseer reads each report where logged"


def _waits_for_figures(admin: Reader) -> None:
    """They follow what happens, a little later."""
    until = time.monotonic() + 60
    while "/panel/statistik/laporan?" not in admin.opens(FIGURES).html:
        assert time.monotonic() < until, "no figure counts a report"
        time.sleep(0.2)
