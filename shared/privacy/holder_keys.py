"""A key for each holder of contacts: an account, or a report without an account.

Personal data are encrypted with the key of their holder, and that key with the identity keys. When
the holder's key is deleted, nothing that it encrypted can be read again, not even in copies. Each
report has its own key, so that no key links two reports.
"""

import logging
from typing import Self

from cryptography.fernet import Fernet, InvalidToken

from shared.privacy.identity import IdentityCipher

log = logging.getLogger(__name__)


class HolderCipher:
    """Encrypts with a holder's key, and decrypts with the keys of several holders.

    It also decrypts what was encrypted directly with the identity keys, before there were holder
    keys.
    """

    def __init__(self, cipher: IdentityCipher, *wrapped: bytes | None) -> None:
        """`wrapped` are the stored keys, the holder's own first; None if a holder has none yet.

        Raises `InvalidToken` if no identity key opens one of them.
        """
        self._cipher = cipher
        self._keys = [Fernet(cipher.decrypt_bytes(key)) for key in wrapped if key]

    @classmethod
    def new(cls, cipher: IdentityCipher) -> tuple[Self, bytes]:
        """A cipher with a new key, and that key wrapped, to be stored."""
        key = Fernet.generate_key()
        own = cls(cipher)
        own._keys.append(Fernet(key))
        return own, cipher.encrypt_bytes(key)

    def encrypt(self, text: str) -> bytes:
        """The token to store (bytea), encrypted with the first key."""
        return self._keys[0].encrypt(text.encode())

    def decrypt(self, token: bytes | str) -> str:
        """The text of a token. Raises `InvalidToken` if no key fits or the token was changed."""
        for key in self._keys:
            try:
                return key.decrypt(token).decode()
            except InvalidToken:
                continue
        return self._cipher.decrypt(token)


def read_if_possible(
    cipher: IdentityCipher, token: bytes | None, *wrapped: bytes | None
) -> str | None:
    """The text of a token; None without a token, or if no key opens it any more, which is logged.

    For code that shows it beside other data, or sends to it. `wrapped` is as for `HolderCipher`.
    """
    if not token:
        return None
    try:
        return HolderCipher(cipher, *wrapped).decrypt(token)
    except InvalidToken:
        log.warning("something kept encrypted is opened by no key that is here")
        return None
