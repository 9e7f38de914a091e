"""The demo's tree of agencies: pusat, ministries, provinces with regencies, BUMN, missions."""

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from deploy.demo.data import read_csv
from shared.lifecycle.calendar import Zone

ROOT = "pusat"


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


AGENCIES = TypeAdapter(tuple[DemoAgency, ...]).validate_python(read_csv("agencies.csv"))
"""Parents before children."""
BY_CODE = {agency.code: agency for agency in AGENCIES}


def ancestry(code: str) -> list[DemoAgency]:
    """From pusat down to the agency itself. Raises KeyError for an unknown code."""
    agency = BY_CODE[code]
    return [agency] if agency.parent is None else [*ancestry(agency.parent), agency]


def is_within(code: str, above: str) -> bool:
    """Whether an agency is the other one or is below it."""
    return any(agency.code == above for agency in ancestry(code))


def siblings(code: str, within: str) -> list[str]:
    """The connected agencies with the same parent that are below `within`."""
    parent = BY_CODE[code].parent
    beside = [one.code for one in AGENCIES if one.connected and one.parent == parent]
    return [one for one in beside if one not in (code, within) and is_within(one, within)]
