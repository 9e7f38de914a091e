"""Originals kept as evidence: each encrypted with a key of its own, that with the identity keys."""

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.privacy.identity import IdentityCipher, InvalidToken

_NONCE = 12


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What the database keeps of an original. Size and hash are those of what was sent."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    data_key: str = field(repr=False)


class SealBroken(Exception):
    """No identity key fits, or what lies there was changed."""


def seal(cipher: IdentityCipher, key: str, content: bytes) -> tuple[bytes, str]:
    """The content encrypted (AES-256-GCM), and the key to it, encrypted. It opens only under the
    storage key that it was sealed for."""
    data_key, nonce = AESGCM.generate_key(256), secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(data_key).encrypt(nonce, content, key.encode())
    return sealed, cipher.encrypt_bytes(data_key).decode()


def unseal(cipher: IdentityCipher, key: str, data_key: bytes | str, sealed: bytes) -> bytes:
    """What was sealed. Raises `SealBroken`."""
    try:
        opened = AESGCM(cipher.decrypt_bytes(data_key))
        return opened.decrypt(sealed[:_NONCE], sealed[_NONCE:], key.encode())
    except (InvalidToken, InvalidTag) as error:
        raise SealBroken(key) from error
