"""The demo's country: agencies and their staff, categories and programmes."""

import csv
import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import ADMINS, Role

ROOT = "pusat"
_FOLDER = resources.files("deploy.demo")


@dataclass(frozen=True, slots=True)
class DemoAgency:
    """A row of `agencies.csv`. `region` is the Kemendagri code of what a government and its units
    govern. An agency that is not `connected` has no staff yet."""

    code: str
    name: str
    kind: str
    parent: str | None
    zone: Zone
    region: str | None
    connected: bool


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One person. Those `shown` are on the start screen with their password."""

    username: str
    name: str
    role: Role
    agency: str
    shown: bool


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A row of `categories.csv`. Those without a parent only group; tags belong to leaves."""

    code: str
    name: str
    parent: str | None
    tags: tuple[str, ...]


def read_toml(name: str) -> dict[str, Any]:
    """Return the content of a data file of the demo."""
    return tomllib.loads(_FOLDER.joinpath(name).read_text())


def ancestry(code: str) -> list[DemoAgency]:
    """Return the agencies from pusat down to the agency itself. Raises KeyError for an unknown
    code."""
    agency = BY_CODE[code]
    return [agency] if agency.parent is None else [*ancestry(agency.parent), agency]


def is_within(code: str, above: str) -> bool:
    """Return whether an agency is the other one or is below it."""
    return any(agency.code == above for agency in ancestry(code))


def siblings(code: str, within: str) -> list[str]:
    """Return the connected agencies with the same parent that are below `within`."""
    parent = BY_CODE[code].parent
    beside = [a.code for a in AGENCIES if a.connected and a.parent == parent]
    return [a for a in beside if a not in (code, within) and is_within(a, within)]


@cache
def agency_with_admin(code: str) -> str:
    """Return the agency itself, or the nearest above, that has somebody to verify and decide."""
    return next(a.code for a in reversed(ancestry(code)) if _with_role(a.code, ADMINS))


def agency_above(code: str) -> str:
    """Return the nearest agency above that has an admin; for pusat, pusat itself."""
    parent = BY_CODE[code].parent
    return agency_with_admin(parent) if parent else ROOT


def admin_of(code: str) -> str:
    """Return the user name of an admin who acts for the agency: its own, or of the nearest
    above."""
    return _with_role(agency_with_admin(code), ADMINS)[0]


def officer_of(code: str) -> str:
    """Return the user name of a liaison officer of the agency."""
    return _with_role(code, frozenset({Role.LIAISON_OFFICER}))[0]


def full_name(rng: random.Random) -> str:
    """Return a first and a last name."""
    return f"{rng.choice(PHRASES['first_name'])} {rng.choice(PHRASES['last_name'])}"


@cache
def _with_role(agency: str, roles: frozenset[Role]) -> list[str]:
    return [p.username for p in STAFF if p.agency == agency and p.role in roles]


def _rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a CSV file, by column; an empty field is None."""
    rows = csv.DictReader(_FOLDER.joinpath(name).read_text().splitlines())
    return [{column: value or None for column, value in row.items()} for row in rows]


def _staff() -> Iterator[DemoStaff]:
    """Yield the staff: for every connected agency, somebody for each step that it can owe; and one
    overseer."""
    rng = random.Random("staf")
    parents = {agency.parent for agency in AGENCIES}
    usernames = Counter[str]()
    for agency in (a for a in AGENCIES if a.connected):
        admin = "admin " if agency.kind == "unit" and agency.code in parents else ""
        for title in (admin + _TITLES[agency.kind]).split():
            role = _ROLES[title] if agency.code != ROOT else _ROLES_OF_PUSAT[title]
            username = f"{title}.{agency.code.replace('-', '.')}"
            usernames[username] += 1
            if usernames[username] > 1:
                username += str(usernames[username])
            yield DemoStaff(username, full_name(rng), role, agency.code, username in _SHOWN)
    yield DemoStaff("pengawas.jabar", full_name(rng), Role.OVERSEER, "jabar", True)


_TITLES = {
    "central": "admin admin petugas",
    "ministry": "koordinator admin petugas",
    "province": "koordinator admin admin petugas",
    "regency": "koordinator admin petugas",
    "bumn": "admin petugas",
    "mission": "admin petugas",
    "unit": "petugas petugas",
}
_ROLES = {
    "koordinator": Role.COORDINATING_ADMIN,
    "admin": Role.AGENCY_ADMIN,
    "petugas": Role.LIAISON_OFFICER,
}
_ROLES_OF_PUSAT = {**_ROLES, "admin": Role.CENTRAL_ADMIN}
_SHOWN = frozenset(
    "admin.pusat koordinator.jabar admin.kab.bandung petugas.pupr.kab.bandung admin.kemensos"
    " petugas.disdukcapil.kota.makassar".split()
)
PHRASES = read_toml("phrases.toml")
AGENCIES = TypeAdapter(tuple[DemoAgency, ...]).validate_python(_rows("agencies.csv"))
"""Parents before children."""
ALIASES = {row["code"]: row["aliases"].split(";") for row in _rows("aliases.csv")}
"""Other names by which people know an agency, by its code."""
BY_CODE = {agency.code: agency for agency in AGENCIES}
STAFF = tuple(_staff())
CATEGORIES = TypeAdapter(tuple[DemoCategory, ...]).validate_python(
    [
        row | {"tags": row["tags"].split(";") if row["tags"] else ()}
        for row in _rows("categories.csv")
    ]
)
"""Parents before their leaves."""
LEAVES = {category.code: category for category in CATEGORIES if category.parent}
PROGRAMMES: list[str] = PHRASES["programme"]
"""Programmes of national priority (*Program Prioritas*)."""
