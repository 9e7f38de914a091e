"""Encrypts all data of the identity keys anew with the first key, so that others can be dropped.

Holders' keys are wrapped anew; what these encrypt, which is all contacts, stays unchanged. The work
may be stopped at any moment and run again: what the first key opens is skipped. Rows that change
meanwhile are written by processes that have the first key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher, InvalidToken

BATCH: Final = 200


@dataclass(frozen=True)
class Encrypted:
    """An encrypted column, and the columns that identify its rows."""

    table: str
    column: str
    key: tuple[str, ...]
    where: str = "true"

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


ENCRYPTED: Final = (
    Encrypted("intake.reporter", "holder_key", ("id",)),
    Encrypted("intake.submission", "holder_key", ("number",)),
    # Not yet encrypted by a key of their holder: intake does this in the background.
    *(
        Encrypted(table, column, key, f"holder_key IS NULL AND octet_length({column}) > 0")
        for table, key in (("intake.reporter", ("id",)), ("intake.submission", ("number",)))
        for column in ("name", "phone", "email", "nik")
    ),
    Encrypted("intake.submission", "access_code", ("number",)),
    Encrypted("intake.sms_part", "words", ("sender_index", "gateway_id")),
    Encrypted("intake.sms_answer", "answer", ("key",)),
    Encrypted("routing.access_log", "address", ("id",)),
    Encrypted("routing.second_factor", "secret", ("staff_id",)),
    Encrypted("routing.staff_contact", "holder_key", ("staff_id",)),
    Encrypted("routing.agency_leader", "holder_key", ("agency_id",)),
    Encrypted("routing.form_draft", "fields", ("staff_id", "number", "action")),
    Encrypted("reporting.webhook", "secret", ("id",)),
    Encrypted("reporting.webhook", "previous_secret", ("id",)),
    Encrypted("notification.message", "sealed_code", ("id",)),
    Encrypted("lifecycle.sealed_original", "data_key", ("attachment_id",)),
    Encrypted("lifecycle.dead_letter", "body", ("id",)),
)


@dataclass
class Rotated:
    """The result for one column: how many values were encrypted anew, and how many no key opens."""

    of: Encrypted
    anew: int = 0
    unreadable: int = 0


async def rotate(database: Database, cipher: IdentityCipher) -> list[Rotated]:
    """Encrypt all columns with the first key and return the results. `database` is used as its
    owner, because no service's role can reach all of them. Values that no key opens are not
    changed."""
    return [await _column(database, cipher, column) for column in ENCRYPTED]


async def _column(database: Database, cipher: IdentityCipher, column: Encrypted) -> Rotated:
    rotated = Rotated(column)
    after: tuple[object, ...] | None = ()
    while after is not None:
        async with database.session() as session:
            after = await _batch(session, cipher, rotated, after)
    return rotated


async def _batch(
    session: AsyncSession, cipher: IdentityCipher, rotated: Rotated, after: tuple[object, ...]
) -> tuple[object, ...] | None:
    """Rotate one batch; return the key of its last row, or None if there was none."""
    column = rotated.of
    keys = ", ".join(column.key)
    beyond = dict(_named("after", after))
    further = f"AND ({keys}) > ({', '.join(f':{name}' for name in beyond)})" if beyond else ""
    rows = await session.execute(
        text(
            f"SELECT {column.column}, {keys} FROM {column.table}"  # noqa: S608  our own names
            f" WHERE {column.column} IS NOT NULL AND {column.where} {further}"
            f" ORDER BY {keys} LIMIT {BATCH}"
        ),
        beyond,
    )
    last: tuple[object, ...] | None = None
    this = " AND ".join(f"{name} = :key{place}" for place, name in enumerate(column.key))
    keep = text(
        f"UPDATE {column.table} SET {column.column} = :new"  # noqa: S608
        f" WHERE {this} AND {column.column} = :former"
    )
    for former, *key in rows.all():
        last = tuple(key)
        try:
            new = cipher.rotate(bytes(former))
        except InvalidToken:
            rotated.unreadable += 1
            continue
        if new is not None:
            changed = {"new": new, "former": former} | dict(_named("key", last))
            await session.execute(keep, changed)
            rotated.anew += 1
    return last


def _named(name: str, values: tuple[object, ...]) -> Iterator[tuple[str, object]]:
    return ((f"{name}{place}", value) for place, value in enumerate(values))
