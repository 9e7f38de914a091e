"""Staff of the small country who have proven an e-mail address, and what they are told."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from psycopg.types.json import Jsonb

from services.notification.proven import proof_digest
from shared.clock import now
from shared.http.tokens import Staff, Tokens
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.settings import Settings
from tests.intake.conftest import Country

PUSAT = Staff(id=10, role="central_admin", agency_id=1, agency_path=(1,))
ADMIN = Staff(id=11, role="agency_admin", agency_id=2, agency_path=(1, 2))
OFFICER = Staff(id=12, role="liaison_officer", agency_id=3, agency_path=(1, 2, 3))
UNIT = {"handler_id": 3, "chain": (2, 3)}
"""Of an event: the officer's agency handles the report."""


def prove_address(
    connection: psycopg.Connection,
    settings: Settings,
    staff_id: int,
    address: str,
    **kinds: str,
) -> None:
    """A member of staff has this address and has proven it; `kinds` are what they chose."""
    own, wrapped = HolderCipher.new(IdentityCipher(settings.identity_keys))
    holder, index = f"staff-{staff_id}", BlindIndex(settings.blind_index_key)
    connection.execute(
        "INSERT INTO routing.staff_contact (staff_id, email, holder_key) VALUES (%s, %s, %s)",
        (staff_id, own.encrypt(address), wrapped),
    )
    connection.execute(
        "INSERT INTO notification.contact (id, holder, channel, proven_at, proof)"
        " VALUES (%s, %s, 'email', %s, %s)",
        (uuid4(), holder, now(), proof_digest(index, holder, "email", address)),
    )
    connection.execute(
        "INSERT INTO notification.preference (holder, unsubscribe_token, kinds)"
        " VALUES (%s, %s, %s)",
        (holder, uuid4(), Jsonb(kinds)),
    )


@dataclass
class StaffTold:
    """The staff of a country, and the rows written for them."""

    country: Country
    settings: Settings

    def header(self, staff: Staff) -> dict[str, str]:
        return {"Authorization": f"Bearer {Tokens.of(self.settings).issue(staff)}"}

    def prove(self, staff: Staff, address: str) -> None:
        """The person has this address, and it is proven."""
        with psycopg.connect(self.country.url, autocommit=True) as connection:
            prove_address(connection, self.settings, staff.id, address)

    def handled_by_unit(self, number: int, **columns: Any) -> None:
        """The report's row says that the officer's agency has it."""
        changes = {"handler_id": 3, "tab": "awaiting_follow_up"} | columns
        assignments = ", ".join(f"{name} = %s" for name in changes)
        self.country.all(
            f"UPDATE lifecycle.report SET {assignments} WHERE number = %s",  # noqa: S608
            *(*changes.values(), number),
        )

    def did(self, staff: Staff, number: int, version: int) -> None:
        """The person did this step of the report."""
        self.country.all(
            "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind,"
            " staff_id, to_status, visibility, details)"
            " VALUES (%s, %s, %s, now(), 'verify', 'staff', %s, 'VERIFIED', 'public', '{}')",
            *(number, version, version, staff.id),
        )

    def bell(self, staff: Staff) -> list[str]:
        """The templates in the person's bell, in the order of writing."""
        rows = self.country.all(
            "SELECT template FROM notification.bell WHERE staff_id = %s ORDER BY id", staff.id
        )
        return [template for (template,) in rows]

    def mailed(self, staff: Staff) -> list[tuple[str, str, str | None]]:
        """Template, state and reason of each message to the person."""
        return [
            (template, state, reason)
            for template, state, reason in self.country.all(
                "SELECT template, state, reason FROM notification.message"
                " WHERE recipient = %s ORDER BY created_at, key",
                f"staff-{staff.id}",
            )
        ]

    async def seen(self, client: httpx.AsyncClient, staff: Staff, **params: Any) -> dict[str, Any]:
        """The bell as the person reads it."""
        answer = await client.get("/me/bell", headers=self.header(staff), params=params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
