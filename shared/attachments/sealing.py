"""Seals originals as evidence: each is encrypted with its own key, and that with the identity
keys."""

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.privacy.identity import IdentityCipher, InvalidToken

_NONCE = 12


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What the database keeps of an original. Size and hash are those of the file as sent."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    data_key: str = field(repr=False)


class SealBroken(Exception):
    """No identity key fits, or the stored data were changed."""


def seal(cipher: IdentityCipher, key: str, content: bytes) -> tuple[bytes, str]:
    """The content encrypted (AES-256-GCM), and its key, encrypted.

    It can be opened only under the storage key for which it was sealed.
    """
    data_key, nonce = AESGCM.generate_key(256), secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(data_key).encrypt(nonce, content, key.encode())
    return sealed, cipher.encrypt_bytes(data_key).decode()


def unseal(cipher: IdentityCipher, key: str, data_key: bytes | str, sealed: bytes) -> bytes:
    """The sealed content. Raises `SealBroken`."""
    try:
        opened = AESGCM(cipher.decrypt_bytes(data_key))
        return opened.decrypt(sealed[:_NONCE], sealed[_NONCE:], key.encode())
    except (InvalidToken, InvalidTag) as error:
        raise SealBroken(key) from error
