"""An anonymous reporter is told that pusat read who they are, when, and the class of reason."""

from datetime import timedelta

from shared.clock import now
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import MAIL, Reported, Told, working
from tests.notification.providers import MailServer


def read_by_pusat(country: Country, told: Told, days: int) -> None:
    """Pusat has read the identity; its reporter is told so many days from now."""
    id = country.one(
        "INSERT INTO routing.second_person_request (id, kind, subject_id, asked_by, emergency)"
        " VALUES (gen_random_uuid(), 'reveal', %s, 10, false) RETURNING id",
        told.number,
    )
    country.all(
        "INSERT INTO routing.reveal_notice (request_id, number, reason_class, at, tell_at)"
        " VALUES (%s, %s, 'law_enforcement', now(), %s)",
        *(id, told.number, now() + timedelta(days=days)),
    )


async def test_who_was_revealed_is_told_once_and_not_before_the_day(
    reported: Reported, settings: Settings, mail_server: MailServer, country: Country
) -> None:
    told = await reported(anonymous=True)
    told.prove("email", MAIL)
    read_by_pusat(country, told, days=0)
    read_by_pusat(country, told, days=5)
    async with mail_server.there():
        for _ in range(2):
            async with working(settings):
                assert await told.ended() == [("revealed", "email", "sent", None)]
    [mail] = mail_server.got
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Penegakan hukum" in text and f"/laporan/{told.number}" in text
    assert "Siti" not in mail.as_string() and "berlubang" not in mail.as_string()
