"""Contacts are encrypted by the keys of their holders; those of before are carried over."""

from collections.abc import Callable

from services.intake.holder_keys import carry_over
from shared.database.engine import Database
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher, InvalidToken
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import PHONE, Reported


async def test_each_report_has_a_key_of_its_own_and_without_it_nobody_is_named(
    reported: Reported, settings: Settings, country: Country
) -> None:
    await reported()
    await reported(anonymous=True)
    rows = country.all("SELECT phone, holder_key FROM intake.submission ORDER BY number")
    cipher = IdentityCipher(settings.identity_keys)
    keys = [cipher.decrypt_bytes(key) for _, key in rows]
    assert keys[0] != keys[1]
    for phone, key in rows:
        assert HolderCipher(cipher, key).decrypt(phone) == PHONE
        try:
            cipher.decrypt(phone)
        except InvalidToken:
            continue
        raise AssertionError("the identity keys alone open a contact")


async def test_what_was_encrypted_before_is_carried_over_a_batch_at_a_time(
    reported: Reported,
    settings: Settings,
    country: Country,
    fresh_database: Callable[[str], str],
) -> None:
    told = await reported()
    cipher = IdentityCipher(settings.identity_keys)
    country.all(
        "UPDATE intake.submission SET holder_key = NULL, phone = %s, email = NULL, name = %s",
        *(cipher.encrypt(PHONE), cipher.encrypt("Siti")),
    )
    country.all("INSERT INTO intake.reporter (name) VALUES (''::bytea)")
    database = Database(fresh_database("lapor_intake"))
    country.all("INSERT INTO intake.reporter (name) VALUES ('of no key'::bytea)")
    assert await carry_over(database, cipher) == 2
    # What no key opens is left as it is, and keeps nobody else waiting.
    assert await carry_over(database, cipher) == 0
    unread = "SELECT name FROM intake.reporter WHERE holder_key IS NULL"
    assert bytes(country.one(unread)) == b"of no key"
    await database.dispose()
    [(phone, key)] = country.all(
        "SELECT phone, holder_key FROM intake.submission WHERE number = %s", told.number
    )
    assert HolderCipher(cipher, key).decrypt(phone) == PHONE
