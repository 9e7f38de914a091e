"""All others of pusat are told at once that one of them opened an identity in an emergency."""

import pytest

from services.notification import working as background
from services.notification.sending import sender as sending
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.account_services import text_of
from tests.notification.conftest import Reported, until
from tests.notification.providers import MailServer
from tests.notification.staff import ADMIN, PUSAT, StaffTold
from tests.notification.test_proofs import serving

OTHER = PUSAT.model_copy(update={"id": 16})


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(background, "EMERGENCIES_EVERY", 0.1)


@pytest.fixture
def staff(country: Country, settings: Settings) -> StaffTold:
    """Somebody else of pusat."""
    country.all(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (16, 'pusat.dua', 'Dua', 'central_admin', 1, 'x', true, 1)"
    )
    staff = StaffTold(country, settings)
    staff.prove(OTHER, "dua@pusat.example")
    return staff


def opened(country: Country, number: int, decision: str | None = None, **changes: bool) -> None:
    """The first person of pusat has opened who reported."""
    country.all(
        "INSERT INTO routing.second_person_request"
        " (id, kind, subject_id, asked_by, reason, emergency, decision)"
        " VALUES (gen_random_uuid(), 'reveal', %s, %s, 'Korban disekap.', %s, %s)",
        *(number, PUSAT.id, changes.get("emergency", True), decision),
    )


async def test_the_others_of_pusat_are_told_by_bell_and_mail_and_once(
    reported: Reported, staff: StaffTold, settings: Settings, mail_server: MailServer
) -> None:
    told, ordinary, decided = [await reported(anonymous=True) for _ in range(3)]
    opened(staff.country, ordinary.number, emergency=False)
    opened(staff.country, decided.number, "granted")
    opened(staff.country, told.number)
    async with mail_server.there(), serving(settings) as client:

        async def mailed() -> bool:
            return staff.mailed(OTHER) == [("emergency", "sent", None)]

        await until(mailed)
        staff.country.all("UPDATE lifecycle.report SET state = state || '{\"version\": 9}'")
        opened(staff.country, told.number)  # by the same person again

        async def again() -> bool:
            return staff.bell(OTHER) == ["emergency"] * 2

        await until(again)
        [item, _] = (await staff.seen(client, OTHER))["items"]
    says = "Identitas pelapor dibuka dalam keadaan darurat (ancaman jiwa) pada"
    assert item["number"] == told.number and says in item["text"]
    assert says in text_of(mail_server.got[0]) and "disekap" not in mail_server.got[0].as_string()
    assert staff.bell(PUSAT) == staff.bell(ADMIN) == []
