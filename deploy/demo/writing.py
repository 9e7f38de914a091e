"""Invents people, and writes Indonesian texts of a wanted length, carefully or the way people type
on a phone."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from deploy.demo.country import AGENCIES, BY_CODE, PHRASES, full_name
from deploy.demo.mix import THEMES
from shared.values import regions
from shared.values.regions import Region
from shared.values.text import BODY_LIMIT

TITLE_LIMIT = 150
_REGENCIES = sorted({a.region for a in AGENCIES if a.region and "." in a.region})
_PREFIXES = ("08129", "08138", "08212", "08522", "08561", "08577", "08782", "08953", "08311")


@dataclass(frozen=True, slots=True)
class DemoReporter:
    """A citizen. At least one of phone and e-mail is given; a NIK is only valid in form."""

    name: str
    phone: str | None
    email: str | None
    nik: str | None


def invent_reporter(rng: random.Random, village: str) -> DemoReporter:
    """Return an invented person, registered near the village of that code."""
    name = full_name(rng)
    by = rng.choices(("phone email", "phone", "email"), (45, 35, 20))[0]
    handle = name.lower().replace("'", "").replace(" ", rng.choice(("", ".", "_")))
    return DemoReporter(
        name,
        f"{rng.choice(_PREFIXES)}{rng.randrange(10**7):07}" if "phone" in by else None,
        f"{handle}{rng.randrange(1, 9999)}@example.com" if "email" in by else None,
        _nik(rng, village) if rng.random() < 0.3 else None,
    )


def pick_village(rng: random.Random, agency: str) -> str:
    """Return the code of a village in the area that the agency governs, or of any village for a
    national agency."""
    code = BY_CODE[agency].region or rng.choice(_REGENCIES)
    while code.count(".") < 3:
        code = rng.choice(_children(code)).code
    return code


def _nik(rng: random.Random, village: str) -> str:
    """Return a NIK: district, birth date (a woman's day plus 40) and serial number."""
    day = rng.randrange(1, 29) + rng.choice((0, 40))
    birth = f"{day:02}{rng.randrange(1, 13):02}{rng.randrange(55, 100)}"
    return f"{village[:8].replace('.', '')}{birth}{rng.randrange(1, 60):04}"


@cache
def _children(code: str) -> list[Region]:
    return regions.children(code)


class Writer:
    """Fills in phrases with the facts of one report, with new details each time."""

    def __init__(self, rng: random.Random, category: str, village: str, office: str) -> None:
        self._rng = rng
        self._theme = THEMES[category]
        subject, problem = rng.choice(self._theme.problems)
        _, regency, district, at = regions.ancestry(village)
        self._known = {
            "subject": subject,
            "problem": problem,
            "village": at.name,
            "district": district.name,
            "regency": regency.name,
            "office": BY_CODE[office].name,
        }

    def fill(self, template: str) -> str:
        """Return the template with its {…} filled in."""
        return template.format_map(self)

    def __getitem__(self, name: str) -> str | int:
        """Return what {name} stands for: a fact, a number, or a phrase of `phrases.toml`."""
        if name in PHRASES["numbers"]:
            return self._rng.randint(*PHRASES["numbers"][name])
        return self.fill(self._known.get(name) or self._rng.choice(PHRASES[name]))

    def write(self, *kinds: str) -> str:
        """Return a phrase of each kind."""
        return " ".join(str(self[kind]) for kind in kinds)

    def archive_note(self, category: str) -> str:
        return self.fill(self._rng.choice(PHRASES["archive_note"][category]))

    def follow_up(self) -> str:
        """Return the answer of the office that handled the report."""
        remedies = self._rng.sample(self._theme.remedies, self._rng.randint(1, 2))
        return self.fill(" ".join(("{answer}", *remedies, "{answer_end}")))

    def title(self, length: int) -> str:
        """Return a title of about this many characters."""
        titles = (_capital(self.fill("{subject}{title_ending}")) for _ in range(24))
        return _nearest(titles, length)[:TITLE_LIMIT].strip()

    def body(self, length: int, classification: str) -> str:
        """Return a report's text of about this many characters, from a fragment to three pages."""
        if length < 90:
            return _nearest((_capital(self.write("short_body")) for _ in range(24)), length)
        sentences = [self.write("problem")]
        if classification in ("aspiration", "information"):
            sentences.append(self.write(classification))
        pool: list[str] = []
        while (missing := length - len(" ".join(sentences))) > 25:
            pool = pool or self._sentences()
            sentence = _nearest(pool[:4], missing) if missing < 160 else pool[0]
            pool.remove(sentence)
            if len(sentence) > missing + 40:
                sentence = self.write("fragment")
            sentences.insert(self._rng.randint(1, len(sentences)), sentence)
        if length > 250 and self._rng.random() < 0.6:
            sentences[0] = f"{self.write('opening')} {sentences[0]}"
            sentences[-1] = self.write("closing")
        paragraphs = 0.15 if self._rng.random() < 0.4 else 0
        breaks = (("\n\n" if self._rng.random() < paragraphs else " ") for _ in sentences)
        return "".join(map("".join, zip(sentences, breaks, strict=True)))[:BODY_LIMIT].strip()

    def _sentences(self) -> list[str]:
        details = self._rng.sample(PHRASES["detail"], 20)
        templates = [*self._theme.effects, *self._theme.asks, *details]
        self._rng.shuffle(templates)
        return [self.fill(template) for template in templates]


def roughen(rng: random.Random, text: str) -> str:
    """Return the text as typed in haste: abbreviations, only small or only capital letters, missing
    full stops."""
    share = rng.uniform(0.2, 0.9)

    def abbreviate(word: re.Match[str]) -> str:
        short: str = PHRASES["abbreviations"].get(word[0], word[0])
        return short if rng.random() < share else word[0]

    text = re.sub(r"\b[a-z]+\b", abbreviate, text)
    text = rng.choices((text, text.lower(), text.upper()), (57, 35, 8))[0]
    if rng.random() < 0.3:
        text = text.replace(". ", rng.choice((", ", "... ", " ")))
    if rng.random() < 0.25:
        text = text.rstrip(".") + rng.choice(("!!", "", "..", " trims", "???"))
    return text


def make_awkward(rng: random.Random, text: str) -> str:
    """Return the text with characters that careless software cannot handle."""
    awkward: str = rng.choice(PHRASES["awkward"])
    return awkward.replace("…", text)


def _nearest(texts: Iterable[str], length: int) -> str:
    return min(texts, key=lambda text: abs(len(text) - length))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
