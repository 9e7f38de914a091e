"""The number of a report, however people write it."""

import re


def number_in(words: str) -> int | None:
    """The report number that a search asks for: *#1234567*, *LAPOR 1.234.567*, the address of a
    report's page. One that begins with 0 is no number of ours."""
    match = _NUMBER.fullmatch(words.strip()) or _ADDRESS.fullmatch(words.strip())
    digits = _BETWEEN_DIGITS.sub("", match["number"]) if match else ""
    return int(digits) if len(digits) < 16 and digits.startswith(_FIRST_DIGITS) else None


_FIRST_DIGITS = tuple("123456789")
_BETWEEN_DIGITS = re.compile(r"[\s.,-]")
_NUMBER = re.compile(
    r"((lapor(an)?|nomor|no|tiket)\b[!.:]*\s*){0,2}#?\s*(?P<number>[0-9]([\s.,-]?[0-9])*)",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS = re.compile(
    r"https?://[^\s/]+(/panel)?/(laporan|lacak)/(?P<number>[0-9]+)([/?#]\S*)?", re.ASCII
)
