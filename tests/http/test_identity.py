"""Identities at rest: unreadable, rotatable, and still found by equality."""

import pytest
from cryptography.fernet import Fernet

from shared.privacy.identity import BlindIndex, IdentityCipher, InvalidToken

INDEX = BlindIndex("k" * 32)


def test_a_key_is_rotated_without_losing_anybody() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    token = IdentityCipher(old).encrypt("Siti Aminah")
    assert b"Siti" not in token
    both = IdentityCipher(f"{new},{old}")
    rotated = both.rotate(token)
    assert rotated is not None
    assert IdentityCipher(new).decrypt(rotated) == "Siti Aminah"
    assert both.rotate(rotated) is None
    with pytest.raises(InvalidToken):
        IdentityCipher(new).decrypt(token)
    assert IdentityCipher(new).decrypt_bytes(IdentityCipher(new).encrypt_bytes(b"\0x")) == b"\0x"


def test_a_cipher_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        IdentityCipher("")


def test_a_person_is_found_however_the_contact_is_written() -> None:
    assert INDEX.phone("0812-3456-7890") == INDEX.phone("+62 812 3456 7890")
    assert INDEX.email(" Siti@Example.ID ") == INDEX.email("siti@example.id")
    assert INDEX.nik("3174 0101 0190 0001") == INDEX.nik("3174010101900001")
    assert INDEX.phone("081234567890") != BlindIndex("o" * 32).phone("081234567890")
    assert INDEX.other("x", "1") != INDEX.other("y", "1")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "dua belas"),
        ("phone", "12"),
        ("email", "siti"),
        ("email", "a b@c.id"),
        ("nik", "317401010190000"),
        ("nik", "x" * 16),
    ],
)
def test_what_is_no_contact_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"not a|phone_invalid"):
        getattr(INDEX, kind)(text)
