"""Writes Indonesian texts of a wanted length, carefully or the way people type on a phone."""

import random
import re
import string
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from deploy.demo.agencies import BY_CODE
from deploy.demo.places import Village, hamlet, landmark, road
from deploy.demo.topics import Theme

BODY_LIMIT = 3_000
TITLE_LIMIT = 150


class Writer:
    """Fills phrases with one report's place and office, and every time with new particulars."""

    def __init__(self, rng: random.Random, theme: Theme, at: Village, office: str) -> None:
        self.rng = rng
        self.theme = theme
        self._subject, self._problem = rng.choice(theme.problems)
        self._fixed = {
            "village": at.name,
            "district": at.district,
            "regency": at.regency,
            "office": BY_CODE[office].name,
        }

    def fill(self, template: str) -> str:
        """The template with its {…} filled in."""
        parts = []
        for text, name, _, _ in string.Formatter().parse(template):
            parts.append(text)
            if name:
                parts.append(self._fixed.get(name) or self._particular(name))
        return "".join(parts)

    def say(self, kind: str) -> str:
        """One sentence of a kind from `phrases.toml`."""
        return self.fill(self.rng.choice(_phrases()[kind]))

    def archive_note(self, category: str) -> str:
        return self.fill(self.rng.choice(_phrases()["archive"][category]))

    def title(self, length: int) -> str:
        """A title as near as can be to so many characters."""
        return min((self._title() for _ in range(24)), key=lambda text: abs(len(text) - length))

    def body(self, length: int, classification: str) -> str:
        """A report's text of about so many characters, from a fragment to three pages."""
        if length < 90:
            return min((self._short() for _ in range(24)), key=lambda text: abs(len(text) - length))
        sentences = [self.fill(self._problem)]
        if classification in ("aspiration", "information"):
            sentences.append(self.say(classification))
        pool = self._pool()
        while (missing := length - len(" ".join(sentences))) > 25:
            if not pool:
                pool = self._pool()
            near = [pool.pop() for _ in range(min(4, len(pool)))]
            best = (
                min(near, key=lambda text: abs(missing - len(text))) if missing < 160 else near[0]
            )
            near.remove(best)
            pool[:0] = near
            if len(best) > missing + 40:
                best = self.say("fragments")
            sentences.insert(self.rng.randrange(1, len(sentences) + 1), best)
        if length > 250 and self.rng.random() < 0.6:
            sentences[0] = f"{self.say('openings')} {sentences[0]}"
            sentences[-1] = self.say("closings")
        return self._in_paragraphs(sentences)[:BODY_LIMIT].strip()

    def _pool(self) -> list[str]:
        theme = (self._problem, *self.theme.effects, *self.theme.asks)
        templates = [*theme, *self.rng.sample(_phrases()["details"], 20)]
        self.rng.shuffle(templates)
        return [self.fill(template) for template in templates]

    def _in_paragraphs(self, sentences: list[str]) -> str:
        breaks = 0.15 if self.rng.random() < 0.4 else 0.0
        text = sentences[0]
        for sentence in sentences[1:]:
            text += ("\n\n" if self.rng.random() < breaks else " ") + sentence
        return text

    def _short(self) -> str:
        subject, problem = self._subject, self.fill(self._problem)
        village = self._fixed["village"]
        first = self.rng.choice((f"{subject} di {village}.", f"{subject}.", problem, problem))
        return _capital(f"{first} {self.say('fragments')}" if self.rng.random() < 0.6 else first)

    def _title(self) -> str:
        where, subject = self._fixed, self._subject
        ending = self.rng.choice(
            (
                "",
                f" {where['village']}",
                f" di {where['village']}",
                f" di {self._particular('road')}",
                f" di {where['village']}, Kecamatan {where['district']}",
                f" {self._particular('landmark')} di {where['regency']}",
                f" {self._particular('since')}, mohon segera ditindaklanjuti",
                f" di {self._particular('road')}, {where['village']}, {where['regency']}",
                f" di {where['village']}, {where['district']}, {where['regency']} "
                f"{self._particular('since')} dan belum ada penanganan",
            )
        )
        return _capital(subject + ending)[:TITLE_LIMIT].strip()

    def _particular(self, name: str) -> str:
        rng = self.rng
        match name:
            case "road":
                return road(rng)
            case "rt":
                return hamlet(rng)
            case "landmark":
                return landmark(rng)
            case "count":
                return str(rng.randrange(2, 60))
            case "few":
                return str(rng.randrange(2, 8))
            case "days":
                return str(rng.randrange(2, 11))
            case "money":
                return f"Rp{rng.randrange(5, 900) * 5_000:,}".replace(",", ".")
            case "distance":
                return f"{rng.randrange(2, 40) * 50} meter"
            case "since":
                return (
                    f"sejak {rng.randrange(2, 20)} {rng.choice(('hari', 'minggu', 'bulan'))} lalu"
                )
            case "when":
                day = rng.choice(("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"))
                return f"hari {day} pukul {rng.randrange(5, 23):02d}.{rng.randrange(0, 60):02d}"
            case _:
                return str(rng.choice(_phrases()[name]))


def roughen(rng: random.Random, text: str) -> str:
    """The text as typed in haste: abbreviations, small or only capital letters, lost full stops."""
    share = rng.uniform(0.2, 0.9)
    text = re.sub(
        r"\b[a-z]+\b",
        lambda m: _ABBREVIATED.get(m[0], m[0]) if rng.random() < share else m[0],
        text,
    )
    style = rng.random()
    if style < 0.35:
        text = text.lower()
    elif style < 0.43:
        text = text.upper()
    if rng.random() < 0.3:
        text = text.replace(". ", rng.choice((", ", "... ", " ")))
    if rng.random() < 0.25:
        text = text.rstrip(".") + rng.choice(("!!", "", "..", " trims", "???"))
    return text


def spice(rng: random.Random, text: str) -> str:
    """The text with characters that careless software breaks on."""
    return rng.choice(_SPICES).replace("…", text)


@cache
def _phrases() -> dict[str, Any]:
    return tomllib.loads(resources.files("deploy.demo").joinpath("phrases.toml").read_text())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_ABBREVIATED = dict(
    pair.split(":")
    for pair in """yang:yg tidak:tdk sudah:sdh belum:blm dengan:dgn untuk:utk karena:krn dari:dr
    tetapi:tp jalan:jln dan:& pada:pd sampai:smp banyak:byk orang:org tolong:tlg mohon:mhn
    kami:kmi saya:sy bisa:bs juga:jg sekitar:skitar setiap:tiap hanya:cuma rumah:rmh warga:wrg
    kalau:klo saja:aja seperti:kyk segera:sgera dekat:dkt depan:dpn
    terima:trima kasih:ksh""".split()
)

_SPICES = (
    "… 🙏🙏",
    "🚧 … 😡",
    "=… +62",
    '"…" kata warga',
    "'…'; -- mohon dibaca",
    "<b>…</b> & <script>alert(1)</script>",
    "…\n\n1) foto\n2) video\n\n\t- terlampir",
    "𝗣𝗘𝗡𝗧𝗜𝗡𝗚 …",
    "@lapor1708 … #LAPOR",
    "{0} %s … \\n ${HOME}",
    "… ꦲꦏ꧀ꦱꦫ ꦗꦮ",
    "… – “harap maklum” ½ m² café",
    "السلام عليكم … 👨‍👩‍👧‍👦",
    "-… ; DROP TABLE laporan",
)
