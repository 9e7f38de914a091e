"""Estimates whether a new password can be guessed: zxcvbn, with what Indonesians choose.

Its lists hold the thirty thousand passwords that leaked most often, and English words; our list has
what is as common here. Facts about the person count as the first guesses (decision 29).
"""

import asyncio
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

from shared.http.problems import FieldError, validation

SHORTEST = 10
"""Characters of a password."""
_SAFE = 10**9
"""Guesses that an attacker who knows the lists must need. Online, slowed down as here, a tenth
would be enough; but zxcvbn counts any three words as 10^8, such as two names and a digit."""
_READ = 72
"""Characters that are examined: the time grows with the square."""

_COMMON = (files("shared.http") / "indonesian_passwords.txt").read_text(encoding="utf-8").split()
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zxcvbn")
# One at a time: zxcvbn keeps what is known of the person in a variable of its module.


async def check_new_password(password: str, *about: str | None, field: str = "password") -> None:
    """Refuse (422) a password that can be guessed.

    `about` are facts about the person: names, user name, contacts, agency.
    """
    if not await is_hard_to_guess(password, *about):
        raise validation(FieldError(field, "password_guessable"))


async def is_hard_to_guess(password: str, *about: str | None) -> bool:
    """Whether a password is good enough; `about` as above."""
    return await asyncio.get_running_loop().run_in_executor(
        _thread, _is_hard, password, list(_words(about))
    )


def _is_hard(password: str, known: list[str]) -> bool:
    from zxcvbn import zxcvbn  # 13 MB, of lists that few processes look at often

    looked_at = password[:_READ]
    # What people put between words makes them no harder to guess, and to zxcvbn it is chance.
    spellings = {looked_at, re.sub(r"[\s._-]+", "", looked_at)}
    guessed = [*known, *_COMMON]
    return len(set(looked_at.lower())) > 3 and all(
        zxcvbn(spelling, user_inputs=guessed)["guesses"] >= _SAFE for spelling in spellings
    )


def _words(about: Iterable[str | None]) -> Iterator[str]:
    """Each fact as it is, as single words and without separators; a phone number as people write
    it."""
    for detail in about:
        if not detail:
            continue
        words = [word for word in re.split(r"[\W_]+", detail.lower()) if len(word) > 2]
        yield from (detail.lower(), "".join(words), *words)
        digits = re.sub(r"\D", "", detail)
        if len(digits) > 7:
            national = digits.removeprefix("62").removeprefix("0")
            yield from (digits, national, f"0{national}", f"62{national}")
