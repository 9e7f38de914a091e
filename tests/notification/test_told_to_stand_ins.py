"""What is said to somebody who stands in for a colleague (Plt.) says whose it is."""

from typing import Any

import pytest

from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.account_services import text_of
from tests.notification.conftest import Reported, until
from tests.notification.providers import MailServer
from tests.notification.staff import ADMIN, OFFICER, UNIT, StaffTold
from tests.notification.test_proofs import serving

STAND_IN = OFFICER.model_copy(update={"id": 14})
STEP: dict[str, Any] = {"status": Status.FOLLOWED_UP, "tab": Tab.IN_PROCESS, **UNIT}
REQUEST = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def staff(country: Country, settings: Settings) -> StaffTold:
    """A colleague stands in for the officer, who is away."""
    country.all("UPDATE routing.staff SET name = 'Tari Lestari' WHERE id = %s", OFFICER.id)
    country.all(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (14, 'dua', 'Dua', 'liaison_officer', 3, 'x', true, 1)"
    )
    country.all(
        "INSERT INTO routing.stand_in VALUES"
        " (%s, 14, now() - interval '1 day', now() + interval '1 day')",
        OFFICER.id,
    )
    staff = StaffTold(country, settings)
    staff.prove(STAND_IN, "dua@binamarga.example")
    return staff


async def test_whose_the_assignment_and_the_decided_request_are_is_said(
    reported: Reported, staff: StaffTold, settings: Settings, mail_server: MailServer
) -> None:
    told = await reported()
    staff.handled_by_unit(told.number)
    staff.did(ADMIN, told.number, 2)
    async with mail_server.there(), serving(settings) as client:

        async def mailed(count: int) -> tuple[str, str]:
            async def came() -> bool:
                return len(mail_server.got) >= count

            await until(came)
            return mail_server.got[-1]["Subject"], text_of(mail_server.got[-1])

        assigned = {"assignee_id": OFFICER.id}
        await told.happens("coordinated", version=2, details=assigned, **STEP)
        subject, text = await mailed(1)
        whose = "Laporan ini ditugaskan kepada Tari Lestari, yang Anda gantikan (Plt.)."
        assert whose in text and "Tari" not in subject
        assert subject.endswith("ditugaskan kepada orang yang Anda gantikan")
        [own] = (await staff.seen(client, OFFICER))["items"]
        [theirs] = (await staff.seen(client, STAND_IN))["items"]
        assert (own["text"], theirs["text"]) == ("Laporan ini ditugaskan kepada Anda.", whose)

        staff.country.all(
            "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
            " decider_id, overdue, decision, decided_at)"
            " VALUES (%s, %s, 'hold', now(), %s, 3, 2, false, 'accepted', now())",
            *(REQUEST, told.number, OFFICER.id),
        )
        decided = {"request": "hold", "request_id": REQUEST}
        staff.did(ADMIN, told.number, 3)
        await told.happens("held", version=3, action=Action.HOLD, details=decided, **STEP)
        subject, text = await mailed(2)
    assert (
        "Permintaan Tahan Laporan dari Tari Lestari, yang Anda gantikan (Plt.), disetujui" in text
    )
    assert subject.endswith("keputusan atas permintaan orang yang Anda gantikan")
