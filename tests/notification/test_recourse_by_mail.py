"""Mail promises where else a reporter can turn to only where there are such offices."""

import pytest

from shared.lifecycle.statuses import Status
from tests.intake.conftest import Country
from tests.notification.account_services import text_of
from tests.notification.conftest import MAIL, Reported, working
from tests.notification.providers import MailServer

PROMISE = "ke mana lagi Anda dapat mengadu"


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("closed", Status.CLOSED_BY_SYSTEM),
        ("closed", Status.CLOSED_BY_ADMIN),
        ("archived", Status.ARCHIVED_BY_ADMIN),
        ("objection_rejected", Status.CLOSED_BY_ADMIN),
    ],
)
async def test_what_has_ended_names_other_offices_where_there_are_some_for_such_a_report(
    reported: Reported, mail_server: MailServer, country: Country, event: str, status: Status
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    details = {"archive_category": "criminal_case"}
    named = []
    kept: tuple[list[str], ...] = (
        ["police", "internal_oversight", "information_commission", "ombudsman"],  # a new system's
        [],
        ["police"],  # of criminal cases
        ["information_commission"],  # of others than this
    )
    async with mail_server.there(), working(told.settings):
        for version, offices in enumerate(kept, start=2):
            country.all("UPDATE routing.recourse SET active = code = ANY (%s)", offices)
            await told.happens(event, status, version=version, details=details)
            await told.ended(version - 1)
            named.append(PROMISE in text_of(mail_server.got[-1]))
        await told.happens("verified", Status.VERIFIED, version=9)
        await told.ended(len(named) + 1)
    assert named == [True, False, True, False]
    assert PROMISE not in text_of(mail_server.got[-1])
