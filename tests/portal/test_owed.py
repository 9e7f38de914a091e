"""The panel puts forward what an agency owes, and nothing where nothing is owed."""

import pytest

from services.portal.contracts.routing import Countdown
from services.portal.panel.forms import owed_action
from tests.portal.by_request import dispose, follow_up, submit
from tests.portal.conftest import Meet, Person


@pytest.mark.parametrize(
    ("clock", "paused", "action"),
    [
        ("verification", False, "verify"),
        ("follow_up", False, "follow_up"),
        ("settlement", False, "follow_up"),
        ("verification", True, None),
        ("follow_up", True, None),
    ],
)
def test_the_running_clock_says_what_is_owed(clock: str, paused: bool, action: str | None) -> None:
    countdown = Countdown(
        clock=clock,
        label="",
        days=3,
        text="",
        due_at=None,
        due_on=None,
        at_day_end=True,
        to_the_hour=False,
        paused=paused,
        overdue=False,
        unanswered=False,
        key=None,
    )
    assert owed_action(countdown) == action


def test_without_a_clock_nothing_is_owed() -> None:
    assert owed_action(None) is None


@pytest.mark.timeout(600)
def test_only_what_is_owed_stands_out(meet: Meet) -> None:
    admin, officer = meet(), meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    officer.signs_in("petugas.pupr.kab.bandung")
    assert _standing_out(admin, number) == ["/verify"]
    dispose(admin, number)
    assert _standing_out(officer, number) == ["/follow_up"]
    follow_up(officer, number, "Sudah ditambal.")
    assert _standing_out(officer, number) == []
    assert "Tindak Lanjut" in officer.reads


def _standing_out(person: Person, number: str) -> list[str]:
    person.opens(f"/panel/laporan/{number}")
    buttons = person.page.locator("#tindakan a.button:not(.second)").all()
    return [(button.get_attribute("href") or "").removeprefix(f"/panel/laporan/{number}")
            for button in buttons]  # fmt: skip
