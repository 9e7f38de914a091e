"""The access code: with the number, all that a reporter without an account needs."""

import hmac
import secrets

from shared.values.text import without_invisible

LENGTH = 8


def new_access_code() -> str:
    """Eight characters (39 bits) without those mistaken for one another; tries are limited."""
    drawn = secrets.randbelow(len(_ALPHABET) ** LENGTH)  # one question to the system, not eight
    code = ""
    for _ in range(LENGTH):
        drawn, letter = divmod(drawn, len(_ALPHABET))
        code += _ALPHABET[letter]
    return code


def same_code(shown: str, stored: str) -> bool:
    """Whether they are the same, however it was typed, in constant time."""
    typed = "".join(c for c in without_invisible(shown).upper() if c not in " -")
    return hmac.compare_digest(typed.encode("utf-8", "replace"), stored.encode())


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
