"""The demo's staff: in every connected agency somebody for each step it can owe."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from deploy.demo.agencies import AGENCIES, DemoAgency
from deploy.demo.people import full_name

StaffRole = Literal["central_admin", "coordinating_admin", "agency_admin", "liaison_officer"]


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One person. Those `shown` stand with their password on the start screen."""

    username: str
    name: str
    role: StaffRole
    agency: str
    shown: bool


_ROLES: dict[str, tuple[StaffRole, ...]] = {
    "central": ("central_admin", "central_admin", "liaison_officer"),
    "ministry": ("coordinating_admin", "agency_admin", "liaison_officer"),
    "province": ("coordinating_admin", "agency_admin", "agency_admin", "liaison_officer"),
    "regency": ("coordinating_admin", "agency_admin", "liaison_officer"),
    "bumn": ("agency_admin", "liaison_officer"),
    "mission": ("agency_admin", "liaison_officer"),
    "unit": ("liaison_officer", "liaison_officer"),
}

_TITLES: dict[StaffRole, str] = {
    "central_admin": "admin",
    "coordinating_admin": "koordinator",
    "agency_admin": "admin",
    "liaison_officer": "petugas",
}

_SHOWN = frozenset(
    {
        "admin.pusat",
        "koordinator.jabar",
        "admin.kab.bandung",
        "petugas.pupr.kab.bandung",
        "admin.kemensos",
        "petugas.disdukcapil.kota.makassar",
    }
)


def _staff() -> Iterator[DemoStaff]:
    rng = random.Random("staf")
    parents = {agency.parent for agency in AGENCIES}
    for agency in AGENCIES:
        if agency.connected:
            yield from _of(agency, agency.code in parents, rng)


def _of(agency: DemoAgency, has_units: bool, rng: random.Random) -> Iterator[DemoStaff]:
    roles = _ROLES[agency.kind]
    if agency.kind == "unit" and has_units:
        roles = ("agency_admin", *roles)
    taken: dict[str, int] = {}
    for role in roles:
        base = f"{_TITLES[role]}.{agency.code.replace('-', '.')}"
        taken[base] = taken.get(base, 0) + 1
        username = base if taken[base] == 1 else f"{base}{taken[base]}"
        yield DemoStaff(username, full_name(rng), role, agency.code, username in _SHOWN)


STAFF: tuple[DemoStaff, ...] = tuple(_staff())
