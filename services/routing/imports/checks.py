"""What is wrong with each row of an import, before anything of it is saved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.routing.authority import role_problem
from services.routing.directory.agencies import CODE
from services.routing.directory.people import USERNAME
from services.routing.imports.workbook import (
    AGENCIES,
    COLUMNS,
    KINDS,
    PEOPLE,
    ROLES,
    NotAWorkbook,
    Row,
)
from shared.http.messages import field_message
from shared.http.tokens import Staff
from shared.lifecycle.people import Role
from shared.text import NAME_LIMIT, is_a_name


class Fault(NamedTuple):
    """One thing wrong with one field of one row; row 0 is the file."""

    sheet: str
    row: int
    field: str
    code: str

    def shown(self) -> dict[str, object]:
        heading = COLUMNS.get(self.sheet, {}).get(self.field, "")
        message = field_message(self.code, "id", {}, "")
        return {**self._asdict(), "heading": heading, "message": message}


@dataclass(frozen=True)
class Known:
    """What is there: paths of active agencies in reach by code, all codes, all user names."""

    paths: Mapping[str, Sequence[int]]
    codes: frozenset[str]
    usernames: frozenset[str]


@dataclass
class Checked:
    """The rows as they would be saved, parents before what stands below them, and the faults."""

    agencies: list[dict[str, str]] = field(default_factory=list)
    people: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def file_fault(error: NotAWorkbook) -> Fault:
    return Fault(error.sheet, 0, "", error.code)


def check_rows(rows: Sequence[Row], known: Known, staff: Staff) -> Checked:
    """Check every row; all faults are named, not only the first."""
    checked = Checked()
    new: set[str] = set()
    agencies = [row for row in rows if row.sheet == AGENCIES]
    named = {row.fields["code"] for row in agencies}
    for row in agencies:
        faults = list(_agency_faults(row, known, new, named))
        checked.faults += faults
        new.add(row.fields["code"])
        kind = _code_of(KINDS, row.fields["kind"]) or ""
        zone = row.fields["zone"].upper()
        checked.agencies.append({**row.fields, "kind": kind, "zone": zone})
    names: set[str] = set()
    for row in (row for row in rows if row.sheet == PEOPLE):
        checked.faults += _person_faults(row, known, new, names, staff)
        names.add(row.fields["username"])
        role = _code_of(ROLES, row.fields["role"]) or ""
        checked.people.append({**row.fields, "role": role})
    return checked


def _agency_faults(row: Row, known: Known, new: set[str], named: set[str]) -> list[Fault]:
    given = row.fields
    found = {name: "needed" for name, value in given.items() if not value}
    if given["code"] and not re.fullmatch(CODE, given["code"]):
        found["code"] = "code_malformed"
    elif given["code"] in known.codes:
        found["code"] = "taken"
    elif given["code"] in new:
        found["code"] = "repeated"
    if given["kind"] and _code_of(KINDS, given["kind"]) is None:
        found["kind"] = "not_a_choice"
    if given["zone"] and given["zone"].upper() not in ("WIB", "WITA", "WIT"):
        found["zone"] = "not_a_choice"
    # A parent in the same file stands in a row above.
    if given["parent"] and given["parent"] not in known.paths and given["parent"] not in new:
        below = given["parent"] in named
        found["parent"] = "parent_in_row_below" if below else "agency_out_of_reach"
    return _with_length(row, found)


def _person_faults(
    row: Row, known: Known, new: set[str], names: set[str], staff: Staff
) -> list[Fault]:
    given = row.fields
    found = {name: "needed" for name, value in given.items() if not value}
    if given["username"] and not re.fullmatch(USERNAME, given["username"]):
        found["username"] = "username_malformed"
    elif given["username"] in known.usernames:
        found["username"] = "taken"
    elif given["username"] in names:
        found["username"] = "repeated"
    role = _code_of(ROLES, given["role"])
    if given["agency"] and given["agency"] not in known.paths and given["agency"] not in new:
        found["agency"] = "agency_out_of_reach"
    if given["role"] and role is None:
        found["role"] = "not_a_choice"
    elif role is not None:
        at_pusat = len(known.paths.get(given["agency"], (0, 0))) == 1
        if problem := role_problem(staff, Role(role), at_pusat):
            found["role"] = problem
    return _with_length(row, found)


def _with_length(row: Row, found: dict[str, str]) -> list[Fault]:
    if len(row.fields["name"]) > NAME_LIMIT:
        found["name"] = "words_too_long"
    elif row.fields["name"] and not is_a_name(row.fields["name"]):
        found["name"] = "not_a_name"
    found |= row.faults
    return [Fault(row.sheet, row.number, name, code) for name, code in found.items()]


def _code_of(choices: Mapping[str, str], typed: str) -> str | None:
    """The code of a choice, typed as its label or as the code itself."""
    wanted = typed.casefold()
    return next((c for c, words in choices.items() if wanted in (c, words.casefold())), None)
