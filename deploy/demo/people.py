"""Invented people, and the real villages where they live."""

import random
from dataclasses import dataclass
from functools import cache

from deploy.demo.agencies import AGENCIES, BY_CODE
from deploy.demo.data import read_toml
from shared import regions
from shared.regions import Region

PHRASES = read_toml("phrases.toml")


@dataclass(frozen=True, slots=True)
class DemoReporter:
    """A citizen. At least one of phone and e-mail is given; a NIK is only valid in form."""

    name: str
    phone: str | None
    email: str | None
    nik: str | None


def full_name(rng: random.Random) -> str:
    """A first and a last name."""
    return f"{rng.choice(PHRASES['first_name'])} {rng.choice(PHRASES['last_name'])}"


def reporter(rng: random.Random, village: str) -> DemoReporter:
    """Somebody who was registered near the village of that code."""
    name = full_name(rng)
    by = rng.choices(("phone email", "phone", "email"), (45, 35, 20))[0]
    handle = name.lower().replace("'", "").replace(" ", rng.choice(("", ".", "_")))
    return DemoReporter(
        name,
        f"{rng.choice(_PREFIXES)}{rng.randrange(10**7):07}" if "phone" in by else None,
        f"{handle}{rng.randrange(1, 9999)}@example.com" if "email" in by else None,
        _nik(rng, village) if rng.random() < 0.3 else None,
    )


def village(rng: random.Random, agency: str) -> str:
    """The code of a village in the area that the agency governs, or of any for a national one."""
    code = BY_CODE[agency].region or rng.choice(_REGENCIES)
    while code.count(".") < 3:
        code = rng.choice(_children(code)).code
    return code


def _nik(rng: random.Random, village: str) -> str:
    """District, birth date (a woman's day plus 40) and serial number."""
    day = rng.randrange(1, 29) + rng.choice((0, 40))
    birth = f"{day:02}{rng.randrange(1, 13):02}{rng.randrange(55, 100)}"
    return f"{village[:8].replace('.', '')}{birth}{rng.randrange(1, 60):04}"


@cache
def _children(code: str) -> list[Region]:
    return regions.children(code)


_REGENCIES = sorted({one.region for one in AGENCIES if one.region and "." in one.region})
_PREFIXES = ("08129", "08138", "08212", "08522", "08561", "08577", "08782", "08953", "08311")
