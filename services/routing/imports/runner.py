"""Carries an import out: checks it row by row, then saves it in one transaction, with progress."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.accounts.staff_email import enter_email
from services.routing.directory.agencies import ONE_AT_A_TIME, add_agency
from services.routing.directory.log import record
from services.routing.finding_models import AgencyAlias
from services.routing.imports.checks import (
    Checked,
    Fault,
    Known,
    aliases_in,
    check_rows,
    file_fault,
)
from services.routing.imports.files import KeptImports
from services.routing.imports.workbook import NotAWorkbook, rows_of
from services.routing.management_models import Import
from services.routing.models import Agency, StaffMember
from services.routing.second_person.requests import note_new_admin
from shared.attachments.sandbox import Sandbox
from shared.database.columns import now
from shared.database.engine import Database
from shared.http.tokens import Staff
from shared.resilience.periodic import repeating
from shared.values.emails import normalise_email

EVERY = 100
"""Rows between two updates of the progress."""
SIGN_OF_LIFE = 10.0
"""Seconds between two signs of life while it waits for another import or checks rows."""
MOST_FAULTS = 500
"""How many faults are saved to be shown."""


@dataclass(frozen=True)
class ImportRun:
    """One import. Its progress is saved outside the transaction that saves its rows."""

    database: Database
    kept: KeptImports
    sandbox: Sandbox
    staff: Staff
    id: UUID
    dry_run: bool

    async def carry_out(self, content: bytes) -> None:
        """Check all rows and save them, unless it is a dry run or there is a fault."""
        try:
            async with repeating("an import's sign of life", SIGN_OF_LIFE, self._live):
                await self._carry_out(content)
        except BaseException:
            await self._save_progress(state="failed", agencies=0, people=0, done=0)
            raise

    async def _carry_out(self, content: bytes) -> None:
        try:
            rows = await rows_of(self.sandbox, content)
        except NotAWorkbook as error:
            await self._refuse([file_fault(error)])
            return
        if not rows:
            await self._refuse([Fault("", 0, "", "no_rows")])
            return
        await self._save_progress(total=len(rows))
        async with self.database.session() as session:
            if not self.dry_run:
                await session.execute(ONE_AT_A_TIME)
                await session.execute(_ONE_IMPORT)
            known = await _known(session, self.staff)
            checked = await asyncio.to_thread(check_rows, rows, known, self.staff)
            if not checked.faults and not self.dry_run:
                await self._save(session, checked, known)
        if checked.faults:
            await self._refuse(checked.faults)
            return
        if self.dry_run:
            await self.kept.keep(self.id, content)
        counts = {"agencies": len(checked.agencies), "people": len(checked.people)}
        state = "checked" if self.dry_run else "done"
        await self._save_progress(state=state, done=col(Import.total), **counts)

    async def _save(self, session: AsyncSession, checked: Checked, known: Known) -> None:
        paths = {code: tuple(path) for code, path in known.paths.items()}
        done = 0

        async def save_all(
            rows: Sequence[dict[str, str]], save: Callable[[dict[str, str]], Awaitable[None]]
        ) -> None:
            nonlocal done
            for row in rows:
                await save(row)
                done += 1
                if done % EVERY == 0:
                    await self._save_progress(done=done)

        async def agency(row: dict[str, str]) -> None:
            above = paths[row["parent"]]
            values = {name: row[name] for name in ("code", "name", "kind", "zone")}
            new_id = await add_agency(session, {**values, "parent_id": above[-1]}, above)
            aliases = aliases_in(row.get("aliases", ""))
            session.add_all(AgencyAlias(agency_id=new_id, alias=alias) for alias in aliases)
            paths[row["code"]] = (*above, new_id)
            self._log(session, new_id, "agency", new_id, "create", values)

        async def person(row: dict[str, str]) -> None:
            values = {name: row[name] for name in ("username", "name", "role")}
            agency_id = paths[row["agency"]][-1]
            member = StaffMember(
                username=row["username"],
                name=row["name"],
                role=row["role"],
                agency_id=agency_id,
                password_hash="",
            )
            session.add(member)
            await session.flush()
            assert member.id is not None
            self._log(session, agency_id, "staff", member.id, "add", values)
            if row.get("email"):
                email = normalise_email(row["email"])
                await enter_email(session, self.kept.cipher, member.id, email)
            await note_new_admin(session, self.staff, member.id, member.role)

        await save_all(checked.agencies, agency)
        await save_all(checked.people, person)
        counts = {"agencies": len(checked.agencies), "people": len(checked.people)}
        record(session, self.staff, self.staff.agency_id, "import", self.id, "run", **counts)

    def _log(
        self,
        session: AsyncSession,
        agency_id: int,
        kind: str,
        subject: object,
        action: str,
        values: dict[str, str],
    ) -> None:
        details = {**values, "import": str(self.id)}
        record(session, self.staff, agency_id, kind, subject, action, **details)

    async def _refuse(self, faults: Sequence[Fault]) -> None:
        in_order = sorted(faults, key=lambda fault: (fault.sheet, fault.row))
        problems = [fault.shown() for fault in in_order[:MOST_FAULTS]]
        async with self.database.session() as session:
            job = await session.get_one(Import, self.id)
            job.problems, job.state, job.at = problems, "refused", now()

    async def _live(self) -> None:
        await self._save_progress()

    async def _save_progress(self, **changes: Any) -> None:
        """Save these changes of the import, and the time as its sign of life."""
        this = update(Import).where(col(Import.id) == self.id)
        if not changes:
            this = this.where(col(Import.state) == "running")
        async with self.database.autocommit() as connection:
            await connection.execute(this.values(at=func.now(), **changes))


async def _known(session: AsyncSession, staff: Staff) -> Known:
    in_reach = col(Agency.active), col(Agency.path).contains([staff.agency_id])
    paths = await session.execute(select(col(Agency.code), col(Agency.path)).where(*in_reach))
    return Known(
        paths={code: tuple(path) for code, path in paths},
        codes=frozenset(await session.scalars(select(col(Agency.code)))),
        usernames=frozenset(await session.scalars(select(col(StaffMember.username)))),
    )


_ONE_IMPORT = text("LOCK TABLE routing.staff IN SHARE ROW EXCLUSIVE MODE")
