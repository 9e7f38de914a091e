"""Remakes the waiting files of one service, one after another, by any process that is free."""

import asyncio
import hashlib
import logging
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import RowMapping, Select, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from shared.attachments.inspection import room
from shared.attachments.naming import file_name
from shared.attachments.rejection import AttachmentMissing, AttachmentRejected
from shared.attachments.remaking.names import JOB
from shared.attachments.sandbox import MB, PICTURES, Limits, workspace
from shared.attachments.sandbox_turns import GaveWay, SandboxBusy
from shared.attachments.sealing import SealBroken
from shared.attachments.store import AttachmentStore
from shared.database.engine import Database
from shared.database.sealed_originals import SealedOriginal
from shared.resilience.periodic import repeating
from shared.resilience.set_aside import count_set_aside

log = logging.getLogger(__name__)

Schema = Literal["intake", "followup"]

REMAKING_EVERY = 2.0
"""Seconds between looks for waiting files."""
LEASE = 60
"""Seconds after which another process may take a file from one that died."""
ATTEMPTS = 5
"""After so many attempts the file is set aside: it stays sealed, with `failed` as the reason."""
GIVES_WAY = 3
"""So many times the job gives way; then it takes its turn like a file that somebody waits for."""
UNHURRIED = Limits(memory=256 * MB, seconds=240)


@dataclass(frozen=True)
class Backlog:
    """How many files wait, and how many of these have failed before."""

    files: int
    tried: int


class _StaysSealed(Exception):
    """A file is not to be remade, and the code of the reason."""


class RemakingQueue:
    """The rows of `<schema>.attachment` that are pending.

    A row is leased: if its process dies, another takes it after the lease. Each file is first
    sealed and then remade; either step may be repeated.
    """

    def __init__(self, database: Database, store: AttachmentStore, schema: Schema) -> None:
        self._database = database
        self._store = store
        self._sql = {
            name: text(sql.format(schema=schema, lease=LEASE)) for name, sql in _SQL.items()
        }
        message = "command_id" if schema == "followup" else "CAST(NULL AS uuid)"
        self._lease = text(_LEASE.format(schema=schema, message=message, lease=LEASE))
        self._gave_way: Counter[UUID] = Counter()

    async def work(self) -> None:
        """Work until no file is left that may be tried now."""
        while await self.one():
            pass

    async def one(self) -> bool:
        """Remake the next file; False if none waits, or it is too early."""
        async with self._database.session() as session:
            row = (await session.execute(self._lease)).mappings().one_or_none()
        if row is None:
            return False
        try:
            if row["attempts"] > ATTEMPTS:  # its process died each time
                raise _StaysSealed("too_complex")
            renewing = partial(self._run, "renew", id=row["id"])
            async with repeating("renewing a lease", LEASE / 3, renewing):
                await self._settle(row)
        except asyncio.CancelledError:
            await self._run("wait", id=row["id"])
            raise
        except SandboxBusy as busy:
            if isinstance(busy, GaveWay):
                self._gave_way[row["id"]] += 1
            await self._run("wait", id=row["id"])
            return False
        except AttachmentRejected as refused:
            await self._set_aside(row, refused.code)
        except _StaysSealed as why:
            await self._set_aside(row, str(why))
        except (AttachmentMissing, SealBroken) as lost:
            count_set_aside("remaking files", type(lost).__name__, row["id"])
            await self._set_aside(row, "lost")
        except Exception as error:  # noqa: BLE001  its neighbour is not to wait for it
            log.warning("remaking a file of report %s: %s", row["number"], type(error).__name__)
            if row["attempts"] < ATTEMPTS:
                await self._run("retry", id=row["id"])
            else:
                count_set_aside("remaking files", type(error).__name__, row["id"])
                await self._set_aside(row, "failed")
        return True

    async def waiting(self) -> Backlog:
        """The progress, for monitoring."""
        async with self._database.autocommit() as connection:
            row = (await connection.execute(self._sql["waiting"])).one()
        return Backlog(row.files, row.tried)

    async def try_again(self) -> int:
        """Let files that failed for no reason of their own wait again; return how many."""
        async with self._database.session() as session:
            return len((await session.execute(self._sql["try_again"])).all())

    async def _settle(self, row: RowMapping) -> None:
        content = await self._original(row)
        with workspace() as folder:
            source, target = folder / "source", folder / "target"
            await asyncio.to_thread(source.write_bytes, content)
            background = self._gave_way[row["id"]] < GIVES_WAY
            made = await self._remake(source, target, background=background)
            remade = await asyncio.to_thread(target.read_bytes)
        del self._gave_way[row["id"]]
        await self._store.replace(row["key"], remade)
        await self._run(
            "remade",
            id=row["id"],
            name=file_name(row["name"], made),
            media_type=made,
            size=len(remade),
            sha256=hashlib.sha256(remade).hexdigest(),
        )

    async def _remake(self, source: Path, target: Path, *, background: bool) -> str:
        """The media type of the remade file.

        It is made in the same sandbox as incoming files, so that all jobs stay within the service's
        memory.
        """
        run = partial(
            self._store.sandbox.run, JOB, source, target, hurried=False, background=background
        )
        made = await run(limits=UNHURRIED, memory=room(UNHURRIED))
        if "memory" in made:
            if made["memory"] > room(PICTURES):
                raise _StaysSealed("too_complex")
            made = await run(limits=PICTURES, memory=made["memory"])
        if "sealed" in made:
            raise _StaysSealed(made["sealed"])
        remade: str = made["remade"]
        return remade

    async def _original(self, row: RowMapping) -> bytes:
        """The file as sent; it is sealed now if it was not sealed before."""
        async with self._database.autocommit() as connection:
            known = (await connection.execute(_sealed(row["id"]))).mappings().first()
        if known is not None:
            return await self._store.open_sealed(known["key"], known["data_key"])
        content = b"".join([chunk async for chunk in await self._store.open(row["key"])])
        key, data_key = await self._store.seal(content)
        async with self._database.session() as session:
            original = insert(SealedOriginal).values(
                **{name: row[name] for name in ("number", "command_id", "name", "media_type")},
                attachment_id=row["id"],
                key=key,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                data_key=data_key.encode(),
            )
            await session.execute(original.on_conflict_do_nothing())
        return content

    async def _set_aside(self, row: RowMapping, why: str) -> None:
        async with self._database.autocommit() as connection:
            known = (await connection.execute(_sealed(row["id"]))).first()
        if known is not None:  # else it may be all there is
            await self._store.delete(row["key"])
        await self._run("sealed", id=row["id"], why=why)

    async def _run(self, statement: str, **values: Any) -> None:
        async with self._database.session() as session:
            await session.execute(self._sql[statement], values)


_LEASE = """
UPDATE {schema}.attachment SET attempts = attempts + 1,
    leased_until = now() + interval '{lease} seconds'
WHERE id = (
    SELECT id FROM {schema}.attachment
    WHERE state = 'pending' AND (leased_until IS NULL OR leased_until < now())
    ORDER BY leased_until NULLS FIRST, number LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, number, {message} AS command_id, key, name, media_type, attempts
"""
_SQL = {
    "remade": """
        UPDATE {schema}.attachment SET state = 'remade', name = :name, media_type = :media_type,
            size = :size, sha256 = :sha256, leased_until = NULL, sealed_because = NULL
        WHERE id = :id AND state = 'pending'""",
    "sealed": """
        UPDATE {schema}.attachment SET state = 'sealed', sealed_because = :why, leased_until = NULL
        WHERE id = :id AND state = 'pending'""",
    "retry": """
        UPDATE {schema}.attachment SET leased_until = now() + attempts * interval '30 seconds'
        WHERE id = :id""",
    "renew": """
        UPDATE {schema}.attachment SET leased_until = now() + interval '{lease} seconds'
        WHERE id = :id AND state = 'pending'""",
    "wait": """
        UPDATE {schema}.attachment SET attempts = attempts - 1,
            leased_until = now() + interval '5 seconds' WHERE id = :id""",
    "waiting": """
        SELECT count(*) AS files, count(*) FILTER (WHERE attempts > 1) AS tried
        FROM {schema}.attachment WHERE state = 'pending'""",
    "try_again": """
        UPDATE {schema}.attachment SET state = 'pending', attempts = 0, leased_until = NULL
        WHERE state = 'sealed' AND sealed_because = 'failed' RETURNING id""",
}


def _sealed(attachment_id: UUID) -> "Select[str, bytes]":
    original = select(col(SealedOriginal.key), col(SealedOriginal.data_key))
    return original.where(col(SealedOriginal.attachment_id) == attachment_id)
