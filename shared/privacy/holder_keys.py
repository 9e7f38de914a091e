"""A key for each holder of contacts: an account, or a report that has none.

What names a person is encrypted by the key of its holder, and that key by the identity keys: where
the holder's key is gone, nothing that it encrypted can be read again, in no copy either. Reports
have a key each, so that no key ties two of them together.
"""

import logging
from typing import Self

from cryptography.fernet import Fernet, InvalidToken

from shared.privacy.identity import IdentityCipher

log = logging.getLogger(__name__)


class HolderCipher:
    """Encrypts by a holder's key; decrypts what any of several holders' keys encrypted, and what
    was encrypted before there were such keys, by the identity keys."""

    def __init__(self, cipher: IdentityCipher, *wrapped: bytes | None) -> None:
        """`wrapped` as they are stored, the own one first; None where a holder has none yet.
        Raises `InvalidToken` where no identity key opens one."""
        self._cipher = cipher
        self._keys = [Fernet(cipher.decrypt_bytes(key)) for key in wrapped if key]

    @classmethod
    def new(cls, cipher: IdentityCipher) -> tuple[Self, bytes]:
        """Of a new key, and that key wrapped, to be stored."""
        key = Fernet.generate_key()
        own = cls(cipher)
        own._keys.append(Fernet(key))
        return own, cipher.encrypt_bytes(key)

    def encrypt(self, text: str) -> bytes:
        """The token to store (bytea), by the first key."""
        return self._keys[0].encrypt(text.encode())

    def decrypt(self, token: bytes | str) -> str:
        """Raises `InvalidToken` if no key fits or the token was changed."""
        for key in self._keys:
            try:
                return key.decrypt(token).decode()
            except InvalidToken:
                continue
        return self._cipher.decrypt(token)


def read_if_possible(
    cipher: IdentityCipher, token: bytes | None, *wrapped: bytes | None
) -> str | None:
    """What a token says, for whoever shows it beside other things or sends to it: None where there
    is none, and where no key opens it any more, which the log says. `wrapped`: as for
    `HolderCipher`."""
    if not token:
        return None
    try:
        return HolderCipher(cipher, *wrapped).decrypt(token)
    except InvalidToken:
        log.warning("something kept encrypted is opened by no key that is here")
        return None
