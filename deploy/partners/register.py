"""Gives partner systems access and ends it: row, NATS account, consumer, and credentials shown
once."""

import asyncio
import contextlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from nats.js.errors import APIError, NoStreamResponseError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.errors import StackError
from deploy.nats import tokens
from deploy.nats.authority import Authority
from deploy.nats.system import TRIAL, PushError, Reach, open_system
from deploy.partners.accounts import (
    API_PREFIX,
    new_account,
    new_credentials,
    partner_account,
    publish_subjects,
    read_subjects,
)
from services.intake.partners.model import Partner
from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.bus.credentials import UserCredentials
from shared.bus.streams import PARTNERS, Durable, declare_durable, partner_durable
from shared.database.engine import Database
from shared.http.auth import new_partner_token
from shared.settings import Settings
from shared.values.text import normalise

_RESERVED = {"lapor", "sys"}
_PATIENCE = 10.0


class PartnerError(StackError):
    """The operator's request cannot be carried out; the message says what to do instead."""


@dataclass(frozen=True)
class Credentials:
    """All that a partner needs. It is shown once and not stored."""

    system: str
    nats: UserCredentials
    http_token: str = field(repr=False)
    """Empty if the partner keeps its present one."""
    reach: Reach
    """The nodes that know the credentials."""

    @property
    def publish(self) -> list[str]:
        return publish_subjects(self.system)

    @property
    def read(self) -> list[str]:
        return read_subjects(self.system)

    @property
    def api_prefix(self) -> str:
        """Return the prefix for the client's JetStream context."""
        return API_PREFIX

    @property
    def stream(self) -> str:
        return PARTNERS.name

    @property
    def consumer(self) -> str:
        return self.system


def slug(name: str) -> str:
    """Return the system's short name: "Dukcapil Kemendagri" → "dukcapil-kemendagri"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")


async def add(
    database: Database, settings: Settings, name: str, system: str | None = None
) -> Credentials:
    """Give a partner access, or access again with new keys; other connections are not affected.

    Returns when every reachable NATS node knows the partner and its messages arrive in the streams.
    Raises `PartnerError` or `PushError`; then nothing has changed.
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
    await _declare(settings.nats_url, durable)
    async with database.session() as session:
        partner = await session.get(Partner, system)
        if partner is not None and partner.active:
            raise PartnerError(f"{system} is there already; `lapor partner rotate` gives new keys")
    return await _with_new_keys(database, settings, system, name)


async def rotate(database: Database, settings: Settings, system: str) -> Credentials:
    """Give a partner new credentials. The old ones end at once, over NATS and HTTP; subjects,
    consumer and waiting messages stay. A partner from before NATS had its own keys keeps its HTTP
    token this once, because it uses its old nkey, over a server kept for that, until it uses the
    new credentials. Raises as `add` does; then the old keys stay valid."""
    async with database.session() as session:
        partner = await session.get(Partner, system)
        if partner is None or not partner.active:
            raise PartnerError(f"there is no partner {system}; `lapor partner list` shows them")
        name = partner.name
    return await _with_new_keys(database, settings, system, name)


async def remove(database: Database, settings: Settings, system: str) -> Reach | None:
    """End a partner's access over NATS and HTTP; its reports and its position in the stream stay.

    Every reachable node closes its connections. Returns None if it never had credentials that a
    node would know. Raises `PartnerError`, also if NATS could not be informed.
    """
    authority = Authority.of(settings)
    async with database.session() as session:
        partner = await session.get(Partner, system, with_for_update=True)
        if partner is None or not partner.active:
            raise PartnerError(f"there is no partner {system}; `lapor partner list` shows them")
        partner.active = False
        partner.http_token_hash = ""
        partner.nats_signer = None
        _sign_anew(partner)
        known = partner.nats_account is not None
    try:
        return await _push(database, authority, settings, system) if known else None
    except PushError as error:
        raise PartnerError(
            f"{system} is let in no more over HTTP, but NATS was not told ({error}): say "
            "`lapor nats push` as soon as it is there"
        ) from None


async def partners(session: AsyncSession) -> Sequence[Partner]:
    """Return all present and former partners, by short name."""
    table = Partner.__table__  # type: ignore[attr-defined]
    return (await session.execute(select(Partner).order_by(table.c.system))).scalars().all()


async def push_all(database: Database, settings: Settings) -> dict[str, Reach]:
    """Push the system account, ours and every partner's, signed anew; return the results by name.
    Raises `PushError`."""
    authority = Authority.of(settings)
    async with database.session() as session:
        known = [p for p in await partners(session) if p.nats_account is not None]
        for partner in known:
            _sign_anew(partner)
    async with open_system(authority, settings.nats_url) as system:
        reaches = {name: await system.push(token) for name, token in authority.accounts().items()}
        for partner in known:
            token = partner_account(authority, settings, partner)
            reaches[partner.system] = await system.push(token)
    return reaches


async def _with_new_keys(
    database: Database, settings: Settings, system: str, name: str
) -> Credentials:
    authority = Authority.of(settings)
    signer = tokens.new_seed("account")
    token, hashed = new_partner_token()
    async with database.session() as session:
        partner = await session.get(Partner, system, with_for_update=True)
        if partner is None:
            partner = Partner(
                system=system, name=name, nkey_public="", http_token_hash="", active=False
            )
            session.add(partner)
        former = [getattr(partner, column) for column in _KEYS]
        if partner.active and partner.nats_account is None:
            token, hashed = "", bytes.fromhex(partner.http_token_hash)
        account = partner.nats_account = partner.nats_account or new_account()
        user = new_credentials(signer, account, system)
        partner.name, partner.active = name, True
        partner.nats_signer = tokens.public_key(signer)
        partner.nkey_public, partner.http_token_hash = tokens.public_key(user.seed), hashed.hex()
        _sign_anew(partner)
    try:
        reach = await _push(database, authority, settings, system)
        await _until_usable(settings.nats_url, user, system)
    except BaseException:
        # These keys are never shown to anyone. Keys of another rotation made meanwhile stay.
        async with database.session() as session:
            partner = await session.get_one(Partner, system, with_for_update=True)
            if partner.nkey_public == tokens.public_key(user.seed):
                for column, value in zip(_KEYS, former, strict=True):
                    setattr(partner, column, value)
            _sign_anew(partner)
        with contextlib.suppress(PushError):
            await _push(database, authority, settings, system)
        raise
    return Credentials(system, user, token, reach)


_KEYS = ("active", "nkey_public", "http_token_hash", "nats_signer")


def _sign_anew(partner: Partner) -> None:
    # Nodes that were separated agree on the account token issued last.
    partner.nats_issued_at = max(int(time.time()), (partner.nats_issued_at or 0) + 1)


async def _push(database: Database, authority: Authority, settings: Settings, system: str) -> Reach:
    """Push the partner's account according to its present row."""
    async with database.session() as session:
        partner = await session.get_one(Partner, system)
        token = partner_account(authority, settings, partner)
    async with open_system(authority, settings.nats_url) as connection:
        return await connection.push(token)


async def _declare(nats_url: str, durable: Durable) -> None:
    try:
        bus = await connect(nats_url, "partner-add", patience=_PATIENCE)
    except TimeoutError as error:
        raise PartnerError(f"{error}; start it first") from None
    try:
        await declare_durable(bus.js, durable)
    finally:
        await bus.close()


async def _until_usable(nats_url: str, user: UserCredentials, system: str) -> None:
    """Wait until the server accepts the partner and its messages arrive in the streams."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while asyncio.get_running_loop().time() < deadline:
        with contextlib.suppress(BusUserUnknown, TimeoutError):
            bus = await connect(nats_url, TRIAL, patience=3, credentials=user)
            try:
                if await _arrives(bus, system):
                    return
            finally:
                await bus.close()
        await asyncio.sleep(0.1)
    raise PartnerError("NATS does not let the partner through; the server's log says why")


async def _arrives(bus: Bus, system: str) -> bool:
    """Return whether every subject reaches its stream, tested with messages that the stream
    refuses."""
    try:
        for subject in publish_subjects(system):
            with contextlib.suppress(APIError):
                await bus.js.publish(subject, b"", stream="NONE", timeout=2)
    except NoStreamResponseError:
        return False
    return True
