"""An identity key is retired: what it encrypted is encrypted anew by the key before it."""

from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet

from deploy.identity_keys import ENCRYPTED, rotate
from shared.database.engine import Database
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher, InvalidToken
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import PHONE, Reported

NOT_BY_THEM = {
    # By the key of their holder; those without one are among `ENCRYPTED`.
    *("intake.reporter.phone", "intake.submission.phone"),
    *("intake.reporter.name", "intake.reporter.email", "intake.reporter.nik"),
    *("intake.submission.name", "intake.submission.email", "intake.submission.nik"),
    "routing.staff_contact.email",
    "routing.agency_leader.email",
    "intake.contact_change.contact",
    *("intake.social_post.words_before", "intake.social_post.words_now"),
    # Kept for an hour, and for ten minutes.
    *("routing.import_file.content", "notification.account_proof.contact"),
    # What is told on the bus, without words and people.
    "lifecycle.outbox.body",
    # Digests and hashes.
    *("intake.contact_change.digest", "intake.contact_change.entry"),
    *("intake.contact_change.stop_hash", "notification.contact.offered"),
    *(f"notification.account_recovery.{name}" for name in ("request_hash", "contact_digest")),
    "notification.account_recovery.code_digest",
    *("notification.account_proof.token_hash", "notification.account_proof.digest"),
    *("intake.account_entry.contact", "intake.sms_answer.digest"),
    *("intake.sms_wish_confirmation.sender_index", "intake.sms_wish_confirmation.code_digest"),
    *("intake.reporter_session.token_hash", "intake.submission.fingerprint"),
    *("intake.sms_part.sender_index", "intake.sms_part.digest"),
    *("lifecycle.command.digest", "notification.contact.proof", "notification.contact.code_digest"),
    *("notification.recovery.token_hash", "routing.password_link.token_hash"),
    *("routing.recovery_code.code_hash", "routing.session.token_hash"),
    *(f"{schema}.rate_limit.key" for schema in ("intake", "routing", "followup", "reporting")),
    "notification.rate_limit.key",
}


async def test_after_a_rotation_the_old_key_can_be_dropped_and_contacts_stay_as_they_are(
    reported: Reported,
    settings: Settings,
    country: Country,
    fresh_database: Callable[[str], str],
) -> None:
    await reported()
    new = Fernet.generate_key().decode()
    both, alone = IdentityCipher(f"{new},{settings.identity_keys}"), IdentityCipher(new)
    read = "SELECT phone, holder_key, access_code FROM intake.submission"
    [(phone, _, _)] = country.all(read)
    database = Database(fresh_database("lapor_owner"))
    anew = {str(each.of): each.anew for each in await rotate(database, both)}
    assert anew["intake.submission.holder_key"] == anew["intake.submission.access_code"] == 1
    [(same, holder_key, access_code)] = country.all(read)
    assert same == phone
    assert HolderCipher(alone, holder_key).decrypt(phone) == PHONE
    assert len(alone.decrypt(access_code)) == 8

    # Stopped and run again it does what is left; what no key opens is named, and stays.
    assert not any(each.anew for each in await rotate(database, both))
    country.all("UPDATE intake.submission SET access_code = 'of no key'")
    left = {str(each.of): each.unreadable for each in await rotate(database, both)}
    assert left["intake.submission.access_code"] == 1
    await database.dispose()
    with pytest.raises(InvalidToken):
        alone.decrypt(bytes(country.one("SELECT access_code FROM intake.submission")))


def test_every_column_of_bytes_is_encrypted_anew_or_known_to_need_no_key(country: Country) -> None:
    columns = country.all(
        "SELECT c.oid::regclass || '.' || a.attname FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE a.atttypid = 'bytea'::regtype AND c.relkind = 'r' AND a.attnum > 0"
        " AND n.nspname IN ('intake', 'routing', 'followup', 'reporting', 'lifecycle',"
        " 'notification')"
    )
    by_them = {str(column) for column in ENCRYPTED}
    assert {name for (name,) in columns} == by_them | NOT_BY_THEM
