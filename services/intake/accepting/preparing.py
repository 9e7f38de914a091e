"""Prepares reports before they are written, with one statement for all. It finds whether the sender
may send more, the ids of agency and category, the report's number, and who must verify it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
import psycopg
from psycopg.rows import dict_row

from services.intake.accepting.new_report import NewReport
from services.intake.accepting.statements import prepare_all
from shared.http.limits import RateLimits, Use, seconds_of
from shared.http.problems import Problem, too_many, unavailable

Named = tuple[int | str | None, int | str | None]
"""The agency and category in a form, by id or code."""
Found = tuple[int | None, int | None]
"""The ids of agency and category; None if it does not exist or is no longer used."""
NOTHING: Final = (None, None)


@dataclass(frozen=True)
class LookUp:
    """The names in a form that need a look-up. `refuse` raises the 422 problem for names that were
    not found. `in_vain`: the form will be refused whatever is found."""

    named: Named
    refuse: Callable[[Found], None]
    in_vain: bool


@dataclass(frozen=True)
class Arrival:
    """A report that has arrived. `look_up` and `use` are what must still be looked up and counted;
    None: this was done."""

    report: NewReport
    look_up: LookUp | None = None
    use: Use | None = None


@dataclass(frozen=True)
class Prepared:
    """A report that can be written, with the row that `statements.prepare_all` found."""

    report: NewReport
    found: dict[str, Any]


async def prepare(
    connection: psycopg.AsyncConnection[Any],
    arrivals: Sequence[Arrival],
    limits: RateLimits | None = None,
) -> list[Prepared | Problem]:
    """Prepare the reports; returns one result for each, in order. A refused one is a 429 problem
    beyond the limit, or a 422 problem for an unknown agency or category. `limits` counts the uses,
    which must be of one limit and different subjects. Raises the 503 problem while there is no root
    agency."""
    uses = [arrival.use for arrival in arrivals if arrival.use is not None]
    parameters = {"wanted": _wanted(arrivals)}
    taken = ""
    if uses and limits is not None:
        taken = limits.taken
        parameters |= limits.parameters(uses[0][0], [subject for _, subject in uses])
    cursor = connection.cursor(row_factory=dict_row)
    found = await (await cursor.execute(prepare_all(taken), parameters)).fetchall()
    if len(found) != len(arrivals):
        raise unavailable()
    return [_prepared(*pair) for pair in zip(arrivals, found, strict=True)]


def _prepared(arrival: Arrival, found: dict[str, Any]) -> Prepared | Problem:
    if found["wait"] is not None:
        return too_many(seconds_of(found["wait"]))
    if arrival.look_up is None:
        return Prepared(arrival.report, found)
    addressee_id, category_id = found["addressee_id"], found["category_id"]
    try:
        arrival.look_up.refuse((addressee_id, category_id))
    except Problem as unknown:
        return unknown
    report = replace(arrival.report, addressee_id=addressee_id, category_id=category_id)
    return Prepared(report, found)


def _wanted(arrivals: Sequence[Arrival]) -> str:
    first: dict[tuple[str, str], int] = {}
    wanted = []
    for place, arrival in enumerate(arrivals):
        report, look_up = arrival.report, arrival.look_up
        possible = look_up is None or not look_up.in_vain
        # Of duplicates in this batch only the first is new.
        new = possible and first.setdefault(report.own_key, place) == place
        wanted.append(
            as_columns(NOTHING if look_up is None else look_up.named)
            | {
                "place": place,
                "addressee_id": report.addressee_id,
                "fallback_id": report.fallback_agency_id,
                "scope": report.scope,
                "idempotency_key": report.idempotency_key,
                "use": None if arrival.use is None else arrival.use[1].hex(),
                "new": new,
            }
        )
    return orjson.dumps(wanted).decode()


def as_columns(named: Named) -> dict[str, int | str | None]:
    """The agency and category as columns of a row."""
    agency, category = named
    return {
        "agency_id": _id(agency),
        "agency_code": _code(agency),
        "category_id": _id(category),
        "category_code": _code(category),
    }


def _id(reference: int | str | None) -> int | None:
    """The id, also if it was sent as text; with leading zeros it is not an id."""
    if reference is None or not (isinstance(reference, int) or _NUMBER.fullmatch(reference)):
        return None
    return number if 0 < (number := int(reference)) < 2**31 else None


_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


def _code(reference: int | str | None) -> str | None:
    return None if reference is None else str(reference)
