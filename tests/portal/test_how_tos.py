"""What the guide's how-tos take, counted as they are walked, is what the page about it says."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import expect

from tests.intake import x_server
from tests.portal.conftest import Meet, Portal
from tests.portal.how_tos import HOW_TOS
from tests.portal.person import Person
from tests.portal.prepared import PATIENCE, Prepared

pytestmark = pytest.mark.timeout(600)

PAGE = Path(__file__).parents[2] / "docs/developing/panel.md"
ROW = re.compile(r"^\| ([^|]+?) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", re.MULTILINE)


AT_NIGHT = {
    *("Permintaan Lepas Tahan", "Permintaan Tutup", "Permintaan Buka", "Tolak permintaan"),
    *("Tunda: instansi belum terhubung", "Statistik", "Buat instansi"),
}
"""Each is walked as another is that runs every time."""


def documented() -> dict[str, tuple[int, ...]]:
    """By how-to: presses, choices, fields, all of them, and the most."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {name: tuple(map(int, figures)) for name, *figures in rows}


@pytest.fixture(scope="module")
def prepared(portal: Portal) -> Prepared:
    portal.forgets_who_came()
    return Prepared(portal)


@pytest.fixture(scope="module")
def signed_in() -> dict[str, list[Any]]:
    """Cookies by who has signed in already."""
    return {}


@pytest.fixture(scope="module", autouse=True)
def x(portal: Portal) -> Iterator[None]:
    """X, at the port where the stack looks for it."""
    config = uvicorn.Config(
        x_server.XServer().app, host="127.0.0.1", port=portal.x_port, log_level="warning"
    )
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run)
    serving.start()
    until = time.monotonic() + PATIENCE
    while not server.started:
        assert serving.is_alive() and time.monotonic() < until
        time.sleep(0.05)
    yield
    server.should_exit = True
    serving.join()


def test_the_page_names_each_how_to_and_the_most_it_may_take() -> None:
    assert {name: row[-1] for name, row in documented().items()} == {
        name: how_to.most for name, how_to in HOW_TOS.items()
    }


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.nightly if name in AT_NIGHT else ()) for name in HOW_TOS],
)
def test_a_how_to_takes_what_the_page_says(
    meet: Meet, prepared: Prepared, signed_in: dict[str, list[Any]], name: str
) -> None:
    how_to = HOW_TOS[name]
    number = how_to.prepare(prepared)
    person: Person = meet()
    if how_to.who in signed_in:
        person.page.context.add_cookies(signed_in[how_to.who])
    else:
        person.signs_in(how_to.who)
        signed_in[how_to.who] = person.cookies()
    person.opens(how_to.begins)
    person.taken.clear()
    how_to.walk(person, number)
    if number and name != "Laporan Manual":
        expect(person.page.locator("#kabar")).to_be_visible()
    taken = tuple(person.taken[kind] for kind in ("press", "choice", "field"))
    assert sum(taken) <= how_to.most
    assert (*taken, sum(taken)) == documented()[name][:-1]
