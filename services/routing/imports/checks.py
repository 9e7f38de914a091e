"""Checks each row of an import before anything is saved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.routing.directory.agencies import CODE
from services.routing.directory.aliases import MOST
from services.routing.directory.people import USERNAME
from services.routing.imports.workbook import (
    AGENCIES,
    COLUMNS,
    KINDS,
    OPTIONAL,
    PEOPLE,
    ROLES,
    NotAWorkbook,
    Row,
)
from services.routing.management_rights import role_problem
from shared.http.messages import field_message
from shared.http.tokens import Staff
from shared.lifecycle.people import Role
from shared.values.emails import normalise_email
from shared.values.text import ALIAS_LIMIT, EMAIL_LIMIT, NAME_LIMIT, is_a_name


class Fault(NamedTuple):
    """A fault in one field of one row; row 0 is the file itself."""

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
    """What exists already: paths of active agencies in reach by code, all codes, all user names."""

    paths: Mapping[str, Sequence[int]]
    codes: frozenset[str]
    usernames: frozenset[str]


@dataclass
class Checked:
    """The rows as they would be saved, parents before the agencies below them, and the faults."""

    agencies: list[dict[str, str]] = field(default_factory=list)
    people: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def file_fault(error: NotAWorkbook) -> Fault:
    return Fault(error.sheet, 0, "", error.code)


def check_rows(rows: Sequence[Row], known: Known, staff: Staff) -> Checked:
    """Check every row and report all faults, not only the first."""
    checked = Checked()
    new: set[str] = set()
    agencies = [row for row in rows if row.sheet == AGENCIES]
    parents = {row.fields["code"]: row.fields["parent"] for row in reversed(agencies)}
    for row in agencies:
        faults = list(_agency_faults(row, known, new, parents))
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


def _agency_faults(
    row: Row, known: Known, new: set[str], parents: Mapping[str, str]
) -> list[Fault]:
    """The faults of one row. `new` are the codes of the rows above it; `parents` holds the parent
    of every row of the file, by code."""
    fields = row.fields
    needed = {name: value for name, value in fields.items() if name not in OPTIONAL}
    faults = {name: "needed" for name, value in needed.items() if not value}
    if fields["code"] and not re.fullmatch(CODE, fields["code"]):
        faults["code"] = "code_malformed"
    elif fields["code"] in known.codes:
        faults["code"] = "taken"
    elif fields["code"] in new:
        faults["code"] = "repeated"
    if fields["kind"] and _code_of(KINDS, fields["kind"]) is None:
        faults["kind"] = "not_a_choice"
    if fields["zone"] and fields["zone"].upper() not in ("WIB", "WITA", "WIT"):
        faults["zone"] = "not_a_choice"
    aliases = aliases_in(fields.get("aliases", ""))
    if len(aliases) > MOST or any(len(alias) > ALIAS_LIMIT for alias in aliases):
        faults["aliases"] = "words_too_long"
    if fields["parent"] and (fault := _parent_fault(fields, known, new, parents)):
        faults["parent"] = fault
    return _with_length(row, faults)


def _parent_fault(
    fields: Mapping[str, str], known: Known, new: set[str], parents: Mapping[str, str]
) -> str | None:
    """The fault of the parent, if any. A parent in the same file must be in a row above."""
    code, parent = fields["code"], fields["parent"]
    if parent in known.paths:
        return None
    if parent == code:
        return "parent_is_itself"
    if code and _is_above_itself(code, parents):
        return "parent_in_circle"
    if parent in new:
        return None
    return "parent_in_row_below" if parent in parents else "agency_out_of_reach"


def _is_above_itself(code: str, parents: Mapping[str, str]) -> bool:
    """Whether following the parents in the file leads from this agency back to itself."""
    passed: set[str] = set()
    above = parents[code]
    while above in parents and above not in passed:
        if above == code:
            return True
        passed.add(above)
        above = parents[above]
    return False


def aliases_in(typed: str) -> list[str]:
    """The other names in a cell, which are separated by semicolons."""
    return sorted({alias.strip() for alias in typed.split(";") if alias.strip()})


def _person_faults(
    row: Row, known: Known, new: set[str], names: set[str], staff: Staff
) -> list[Fault]:
    fields = row.fields
    needed = {name: value for name, value in fields.items() if name not in OPTIONAL}
    faults = {name: "needed" for name, value in needed.items() if not value}
    if not _is_an_email(fields.get("email", "")):
        faults["email"] = "email_invalid"
    if fields["username"] and not re.fullmatch(USERNAME, fields["username"]):
        faults["username"] = "username_malformed"
    elif fields["username"] in known.usernames:
        faults["username"] = "taken"
    elif fields["username"] in names:
        faults["username"] = "repeated"
    role = _code_of(ROLES, fields["role"])
    if fields["agency"] and fields["agency"] not in known.paths and fields["agency"] not in new:
        faults["agency"] = "agency_out_of_reach"
    if fields["role"] and role is None:
        faults["role"] = "not_a_choice"
    elif role is not None:
        at_pusat = len(known.paths.get(fields["agency"], (0, 0))) == 1
        if problem := role_problem(staff, Role(role), at_pusat):
            faults["role"] = problem
    return _with_length(row, faults)


def _with_length(row: Row, faults: dict[str, str]) -> list[Fault]:
    if len(row.fields["name"]) > NAME_LIMIT:
        faults["name"] = "words_too_long"
    elif row.fields["name"] and not is_a_name(row.fields["name"]):
        faults["name"] = "not_a_name"
    faults |= row.faults
    return [Fault(row.sheet, row.number, name, code) for name, code in faults.items()]


def _is_an_email(typed: str) -> bool:
    if not typed:
        return True
    try:
        return len(normalise_email(typed)) <= EMAIL_LIMIT
    except ValueError:
        return False


def _code_of(choices: Mapping[str, str], typed: str) -> str | None:
    """The code of a choice that was typed as its label or as its code; None if it is neither."""
    folded = typed.casefold()
    return next((c for c, words in choices.items() if folded in (c, words.casefold())), None)
