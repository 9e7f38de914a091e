"""The access code: with it and the number, a reporter without an account opens the report."""

import hmac
import secrets

from shared.values.text import without_invisible

LENGTH = 8


def new_access_code() -> str:
    """A random code of eight characters (39 bits), without characters that are easily confused.
    Tries are limited."""
    drawn = secrets.randbelow(len(_ALPHABET) ** LENGTH)  # one random number, not eight
    code = ""
    for _ in range(LENGTH):
        drawn, letter = divmod(drawn, len(_ALPHABET))
        code += _ALPHABET[letter]
    return code


def same_code(shown: str, stored: str) -> bool:
    """Whether two codes are the same, whatever case, spaces and dashes were typed. Compares in
    constant time."""
    typed = "".join(c for c in without_invisible(shown).upper() if c not in " -")
    return hmac.compare_digest(typed.encode("utf-8", "replace"), stored.encode())


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
