"""Identities, unreadable at rest: encryption with keys that can change, and digests for
comparison."""

import hashlib
import hmac
import unicodedata

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from shared.values.phones import normalise_phone

__all__ = [
    "BlindIndex",
    "IdentityCipher",
    "InvalidToken",
    "masked_contact",
    "normalise_email",
    "normalise_nik",
]


class IdentityCipher:
    """Encrypts identity fields, and the keys of their holders.

    The first key encrypts, every key decrypts. To change keys, put a new one in front, run `lapor
    identity-keys rotate`, then remove the old one.
    """

    def __init__(self, keys: str) -> None:
        """`keys` as in the settings: comma-separated Fernet keys (url-safe base64 of 32 bytes).

        Raises `ValueError` for anything else.
        """
        each = [Fernet(key.strip()) for key in keys.split(",")]
        self._first, self._fernet = each[0], MultiFernet(each)

    def encrypt(self, text: str) -> bytes:
        """The token to store (bytea)."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, token: bytes | str) -> str:
        """The text of a token. Raises `InvalidToken` if no key fits or the token was changed."""
        return self._fernet.decrypt(token).decode()

    def encrypt_bytes(self, data: bytes) -> bytes:
        return self._fernet.encrypt(data)

    def decrypt_bytes(self, token: bytes | str) -> bytes:
        """The content of a token. Raises `InvalidToken` if no key fits or the token was changed."""
        return self._fernet.decrypt(token)

    def rotate(self, token: bytes | str) -> bytes | None:
        """The same content under the first key; None if it is under that key already.

        Raises `InvalidToken`.
        """
        try:
            self._first.decrypt(token)
        except InvalidToken:
            return self._fernet.rotate(token)
        return None


class BlindIndex:
    """Keyed digests (HMAC-SHA256, 32 bytes) to find an encrypted phone number, e-mail address or
    NIK.

    Each kind has its own digests: a NIK never equals a number.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def phone(self, text: str) -> bytes:
        """The digest of a phone number. Raises `ValueError` if this is none."""
        return self._digest(b"phone", normalise_phone(text))

    def email(self, text: str) -> bytes:
        """The digest of an e-mail address. Raises `ValueError` if this is none."""
        return self._digest(b"email", normalise_email(text))

    def nik(self, text: str) -> bytes:
        """The digest of a NIK. Raises `ValueError` if these are not sixteen digits."""
        return self._digest(b"nik", normalise_nik(text))

    def other(self, kind: str, value: str) -> bytes:
        """The digest of a value that is compared as it stands (a social media account, an SMS
        sender)."""
        return self._digest(kind.encode(), value)

    def _digest(self, kind: bytes, value: str) -> bytes:
        return hmac.digest(self._key, kind + b"\0" + value.encode(), hashlib.sha256)


def normalise_email(text: str) -> str:
    """The address trimmed, in NFC and lower case: providers ignore case. Raises `ValueError`."""
    address = unicodedata.normalize("NFC", text).strip().lower()
    name, at, domain = address.rpartition("@")
    if not (name and at and "." in domain) or any(c.isspace() for c in address):
        raise ValueError("not an e-mail address")
    return address


def normalise_nik(text: str) -> str:
    """The sixteen digits without spaces, dots or dashes. Raises `ValueError`.

    The form checks whether region and birth date in them make sense.
    """
    digits = "".join(c for c in text if c not in " .-")
    if len(digits) != 16 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("not a NIK")
    return digits


def masked_contact(channel: str, value: str) -> str:
    """The number (`sms`) or address (`email`), masked.

    Its holder recognises it, but a person who looks over their shoulder does not.
    """
    if channel == "sms":
        return f"{value[:3]}•••••{value[-3:]}"
    name, _, domain = value.partition("@")
    return f"{name[:1]}•••@{domain}"
