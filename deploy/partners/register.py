"""Letting a partner system in, and out: row, NATS account, consumer, credentials shown once."""

import asyncio
import contextlib
import os
import re
import secrets
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nkeys
from nats.js.errors import APIError, NoStreamResponseError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.errors import StackError
from deploy.partners.accounts import (
    API_PREFIX,
    publish_subjects,
    read_subjects,
    write_partners_conf,
)
from services.intake.partners.model import Partner
from shared.bus.addresses import parse_addresses
from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.bus.streams import PARTNERS, Durable, declare_durable, partner_durable
from shared.database.engine import Database
from shared.http.auth import new_partner_token
from shared.values.text import normalise

_RESERVED = {"lapor", "sys"}
_PATIENCE = 10.0


class PartnerError(StackError):
    """What the operator asked for cannot be done; says what to do instead."""


@dataclass(frozen=True)
class Credentials:
    """All that a partner needs. Not stored anywhere: shown once."""

    system: str
    nkey_seed: str = field(repr=False)
    http_token: str = field(repr=False)

    @property
    def publish(self) -> list[str]:
        return publish_subjects(self.system)

    @property
    def read(self) -> list[str]:
        return read_subjects(self.system)

    @property
    def api_prefix(self) -> str:
        """For the client's JetStream context."""
        return API_PREFIX

    @property
    def stream(self) -> str:
        return PARTNERS.name

    @property
    def consumer(self) -> str:
        return self.system


def slug(name: str) -> str:
    """The system's short name: "Dukcapil Kemendagri" → "dukcapil-kemendagri"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")


async def add(
    database: Database, nats_url: str, nats_folder: Path, name: str, system: str | None = None
) -> Credentials:
    """Let a partner in, or in again with new keys; nobody else's connection is touched.

    `nats_folder` holds the server's `partners.conf` and `nats.pid`. Returns when the server
    accepts the new key and brings its messages to the streams. Raises `PartnerError`.
    """
    name = " ".join(normalise(name).split())
    if not name:
        raise PartnerError("The name has nothing that can be read.")
    system = system or slug(name)
    if system in _RESERVED:
        raise PartnerError(f"{system} is a name of our own, choose another with --system")
    try:
        durable = partner_durable(system)
    except ValueError as error:
        raise PartnerError(str(error)) from None
    await _declare(nats_url, durable)
    async with database.session() as session:
        partner = await session.get(Partner, system)
        if partner is not None and partner.active:
            raise PartnerError(f"{system} is there already; `lapor partner rotate` gives new keys")
    return await _with_new_keys(database, nats_url, nats_folder, system, name)


async def rotate(database: Database, nats_url: str, nats_folder: Path, system: str) -> Credentials:
    """New keys for a partner that is in. The old ones end at once, over NATS and HTTP; subjects,
    consumer and what waits there stay. Raises `PartnerError`; then the old keys go on."""
    async with database.session() as session:
        partner = await session.get(Partner, system)
        if partner is None or not partner.active:
            raise PartnerError(f"there is no partner {system}; `lapor partner list` shows them")
        name = partner.name
    return await _with_new_keys(database, nats_url, nats_folder, system, name)


async def remove(database: Database, nats_folder: Path, system: str) -> None:
    """Let a partner in no more, over NATS and HTTP; its reports and its place in the stream stay.

    Its connections are closed by the server. Raises `PartnerError`.
    """
    if not await _deactivate(database, system):
        raise PartnerError(f"there is no partner {system}; `lapor partner list` shows them")
    await apply(database, nats_folder)


async def partners(session: AsyncSession) -> Sequence[Partner]:
    """All that ever were, by short name."""
    table = Partner.__table__  # type: ignore[attr-defined]
    return (await session.execute(select(Partner).order_by(table.c.system))).scalars().all()


async def apply(database: Database, nats_folder: Path) -> None:
    """Write `partners.conf` as the table has it and let the server read it, without a restart."""
    async with database.session() as session:
        nkeys_of = {p.system: p.nkey_public for p in await partners(session) if p.active}
    try:
        write_partners_conf(nats_folder / "partners.conf", nkeys_of)
    except OSError as error:
        raise PartnerError(
            f"{nats_folder / 'partners.conf'} cannot be written: {error.strerror}; run this where"
            " nats-server's configuration is (LAPOR_DATA_DIR), as who owns it"
        ) from None
    _reload(nats_folder)


async def _with_new_keys(
    database: Database, nats_url: str, nats_folder: Path, system: str, name: str
) -> Credentials:
    seed, public = _new_nkey()
    token, hashed = new_partner_token()
    async with database.session() as session:
        partner = await session.get(Partner, system, with_for_update=True)
        if partner is None:
            partner = Partner(
                system=system, name=name, nkey_public="", http_token_hash="", active=False
            )
            session.add(partner)
        former = (partner.active, partner.nkey_public, partner.http_token_hash)
        partner.name, partner.active = name, True
        partner.nkey_public, partner.http_token_hash = public, hashed.hex()
    credentials = Credentials(system, seed, token)
    try:
        await apply(database, nats_folder)
        await _until_usable(nats_url, nats_folder, credentials)
    except BaseException:
        # Nobody will ever see these keys; another rotation's, made meanwhile, stay.
        async with database.session() as session:
            partner = await session.get_one(Partner, system, with_for_update=True)
            if partner.nkey_public == public:
                partner.active, partner.nkey_public, partner.http_token_hash = former
        with contextlib.suppress(PartnerError):
            await apply(database, nats_folder)
        raise
    return credentials


async def _declare(nats_url: str, durable: Durable) -> None:
    try:
        bus = await connect(nats_url, "partner-add", patience=_PATIENCE)
    except TimeoutError as error:
        raise PartnerError(f"{error}; start it first") from None
    try:
        await declare_durable(bus.js, durable)
    finally:
        await bus.close()


async def _deactivate(database: Database, system: str) -> bool:
    """Whether it was active."""
    async with database.session() as session:
        partner = await session.get(Partner, system, with_for_update=True)
        if partner is None or not partner.active:
            return False
        partner.active = False
        partner.http_token_hash = ""
    return True


def _reload(nats_folder: Path) -> None:
    try:
        os.kill(int((nats_folder / "nats.pid").read_text()), signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError):
        raise PartnerError(
            f"no nats-server runs on {nats_folder}; it takes the change when it starts"
        ) from None


async def _until_usable(nats_url: str, nats_folder: Path, partner: Credentials) -> None:
    """Wait until the server lets the partner in and its messages arrive in the streams.

    nats-server 2.15 connects an account that is new at a reload to the streams only at the next
    reload, so one more is asked for while the messages do not arrive.
    """
    address = str(parse_addresses(nats_url))
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while asyncio.get_running_loop().time() < deadline:
        with contextlib.suppress(BusUserUnknown, TimeoutError):
            bus = await connect(address, "partner-check", patience=3, nkey_seed=partner.nkey_seed)
            try:
                if await _arrives(bus, partner):
                    return
            finally:
                await bus.close()
            _reload(nats_folder)
        await asyncio.sleep(0.1)
    raise PartnerError("nats-server did not take the new configuration; its log says why")


async def _arrives(bus: Bus, partner: Credentials) -> bool:
    """Whether every subject reaches its stream, asked so that the stream refuses the message."""
    for subject in partner.publish:
        try:
            await bus.js.publish(subject, b"", stream="NONE", timeout=2)
        except NoStreamResponseError:
            return False
        except APIError:
            continue
    return True


def _new_nkey() -> tuple[str, str]:
    """Seed and public key of a new user."""
    seed = nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER)
    pair = nkeys.from_seed(bytearray(seed))
    return seed.decode(), pair.public_key.decode()
