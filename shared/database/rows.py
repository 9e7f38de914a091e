"""Rows by column name, and statements made from the columns of the tables."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy.orm import class_mapper
from sqlmodel import SQLModel

from shared.database.lifecycle import Report
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import TAB_OF

Row = dict[str, Any]
"""Values by column."""


def full_name(table: type[SQLModel]) -> str:
    """The table's name with its schema."""
    return str(class_mapper(table).local_table)


def columns_in_both(
    table: type[SQLModel], other: type[Any], *, without: Iterable[str] = ()
) -> tuple[str, ...]:
    """The columns of the table that the other class has as fields or properties too."""
    properties = (name for name, value in vars(other).items() if isinstance(value, property))
    fields = {*other.__annotations__, *properties} - set(without)
    return tuple(name for name in table.model_fields if name in fields)


@cache
def insert(table: type[SQLModel], columns: tuple[str, ...]) -> str:
    """The psycopg statement that inserts one row with these columns, with values by name."""
    values = ", ".join(f"%({name})s" for name in columns)
    return f"INSERT INTO {full_name(table)} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608


def insert_many(table: type[SQLModel], columns: Iterable[str]) -> str:
    """The psycopg statement that inserts any number of rows with these columns.

    Its parameter, named like the table, is an array of JSON objects, in which bytes are written by
    `json_bytes`.
    """
    names, name = ", ".join(columns), full_name(table)
    return (
        f"INSERT INTO {name} ({names}) SELECT {names} FROM"  # noqa: S608
        f" json_populate_recordset(NULL::{name}, %({table.__tablename__})s::json)"
    )


def json_bytes(value: bytes) -> str:
    """Bytes in the form in which Postgres reads them from JSON."""
    return f"\\x{value.hex()}"


def assignments(columns: Iterable[str]) -> str:
    """The part after SET in a psycopg statement: each column gets the value with its name."""
    return ", ".join(f"{name} = %({name})s" for name in columns)


_OF_STATE = columns_in_both(Report, ReportState)


def report_row(state: ReportState) -> Row:
    """The columns of a report's row that repeat its state, and the whole state as JSON text."""
    row: Row = {name: getattr(state, name) for name in _OF_STATE}
    return row | {
        "tab": TAB_OF[state.status],
        "chain": list(state.chain),
        "state": state.model_dump_json(),
    }
