"""The demo's staff: in every connected agency somebody for each step it can owe."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from deploy.demo.agencies import AGENCIES, BY_CODE, ROOT, ancestry
from deploy.demo.people import full_name
from shared.lifecycle.people import ADMINS, Role


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One person. Those `shown` are on the start screen with their password."""

    username: str
    name: str
    role: Role
    agency: str

    @property
    def shown(self) -> bool:
        return self.username in _SHOWN


@cache
def agency_with_admin(code: str) -> str:
    """The agency itself, or the nearest above, that has somebody to verify and decide."""
    return next(one.code for one in reversed(ancestry(code)) if _with_role(one.code, ADMINS))


def agency_above(code: str) -> str:
    """The nearest agency strictly above that has an admin; pusat's is pusat."""
    parent = BY_CODE[code].parent
    return agency_with_admin(parent) if parent else ROOT


def admin_of(code: str) -> str:
    """The user name of an admin who acts for the agency: its own, or of the nearest above."""
    return _with_role(agency_with_admin(code), ADMINS)[0]


def officer_of(code: str) -> str:
    """The user name of a liaison officer of the agency."""
    return _with_role(code, frozenset({Role.LIAISON_OFFICER}))[0]


@cache
def _with_role(agency: str, roles: frozenset[Role]) -> list[str]:
    return [one.username for one in STAFF if one.agency == agency and one.role in roles]


def _staff() -> Iterator[DemoStaff]:
    rng = random.Random("staf")
    parents = {agency.parent for agency in AGENCIES}
    usernames = Counter[str]()
    for agency in AGENCIES:
        if not agency.connected:
            continue
        roles = _ROLES[agency.kind].split()
        if agency.kind == "unit" and agency.code in parents:
            roles.insert(0, "agency_admin")
        for role in map(Role, roles):
            username = f"{_TITLES[role]}.{agency.code.replace('-', '.')}"
            usernames[username] += 1
            number = usernames[username] if usernames[username] > 1 else ""
            yield DemoStaff(f"{username}{number}", full_name(rng), role, agency.code)


_ROLES = {
    "central": "central_admin central_admin liaison_officer",
    "ministry": "coordinating_admin agency_admin liaison_officer",
    "province": "coordinating_admin agency_admin agency_admin liaison_officer",
    "regency": "coordinating_admin agency_admin liaison_officer",
    "bumn": "agency_admin liaison_officer",
    "mission": "agency_admin liaison_officer",
    "unit": "liaison_officer liaison_officer",
}
_TITLES = {
    Role.CENTRAL_ADMIN: "admin",
    Role.COORDINATING_ADMIN: "koordinator",
    Role.AGENCY_ADMIN: "admin",
    Role.LIAISON_OFFICER: "petugas",
}
_SHOWN = {
    "admin.pusat",
    "koordinator.jabar",
    "admin.kab.bandung",
    "petugas.pupr.kab.bandung",
    "admin.kemensos",
    "petugas.disdukcapil.kota.makassar",
}
STAFF = tuple(_staff())
