"""Marked personal data: every piece is one of a kind, and found again wherever it lies."""

import itertools
import re
from dataclasses import dataclass, field

_WORD = re.compile(rb"zq[a-z]+\d{4}", re.IGNORECASE)


@dataclass
class Marks:
    """Makes the data, and looks for all that was ever made."""

    words: set[str] = field(default_factory=set)
    identities: set[str] = field(default_factory=set)
    """What names or reaches a person; belongs nowhere in clear."""
    secrets: set[str] = field(default_factory=set)
    """Access codes, passwords, tokens."""
    _count: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1001))

    def word(self, what: str) -> str:
        """Words that hold one marked word."""
        marked = f"zq{what}{next(self._count)}"
        self.words.add(marked)
        return f"Jalan di {marked} rusak."

    def file(self, suffix: str = "pdf") -> str:
        marked = f"zqberkas{next(self._count)}"
        self.words.add(marked)
        return f"{marked}.{suffix}"

    def name(self) -> str:
        marked = f"zqnama{next(self._count)}"
        self.identities.add(marked)
        return f"Siti {marked.capitalize()}"

    def account(self) -> str:
        """A name on X."""
        marked = f"zqakun{next(self._count)}"
        self.identities.add(marked)
        return marked

    def phone(self) -> str:
        digits = f"8129967{next(self._count)}"
        self.identities.add(digits)
        return f"+62{digits}"

    def email(self) -> str:
        marked = f"zqsurel{next(self._count)}"
        self.identities.add(marked)
        return f"{marked}@example.com"

    def nik(self) -> str:
        # Bandung, 15 January 1990, and a serial number.
        digits = f"320405150190{next(self._count)}"
        self.identities.add(digits)
        return digits

    def password(self) -> str:
        marked = f"zqvbxkwhgtpm{next(self._count)}"
        self.secrets.add(marked)
        return marked

    def person(self) -> dict[str, str]:
        return {
            "name": self.name(),
            "phone": self.phone(),
            "email": self.email(),
            "nik": self.nik(),
        }

    def keep(self, *secrets: str) -> None:
        """Secrets that the system made."""
        self.secrets.update(secrets)

    @property
    def all(self) -> set[str]:
        return self.words | self.identities | self.secrets

    def identities_in(self, content: bytes | str) -> set[str]:
        return self._in(content, self.identities | self.secrets)

    def all_in(self, content: bytes | str) -> set[str]:
        return self._in(content, self.all)

    def _in(self, content: bytes | str, wanted: set[str]) -> set[str]:
        data = content.encode() if isinstance(content, str) else content
        marked = {word.decode().lower() for word in _WORD.findall(data)}
        # Digits and secrets are no marked words.
        rest = (mark for mark in wanted if not mark.startswith("zq"))
        return marked & wanted | {mark for mark in rest if mark.encode() in data}
