"""A connection to NATS that reconnects for ever, and publishes without loss or repeats."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final, Never

from nats.aio.client import Client, RawCredentials
from nats.errors import (
    ConnectionReconnectingError,
    OutboundBufferLimitError,
    StaleConnectionError,
)
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import Header, PubAck
from nats.js.errors import APIError, NoStreamResponseError, ServiceUnavailableError

from shared.bus.addresses import NatsAddresses, parse_addresses
from shared.bus.credentials import UserCredentials
from shared.resilience.reasons import explained
from shared.telemetry import trace_headers

log = logging.getLogger(__name__)

_PASSING = (
    NatsTimeout,
    NoStreamResponseError,
    ServiceUnavailableError,
    ConnectionReconnectingError,
    OutboundBufferLimitError,
    StaleConnectionError,
)
_IN_PROCESS: Final = 10158
"""The server's code for the second of two messages with one id, while its nodes still write the
first."""
_NO_ROOM: Final = (10002, 10047)
_ACK_TIMEOUT: Final = 5.0


class BusUserUnknown(Exception):
    """The server does not know the user, its key is wrong, or the user is no longer allowed in."""


@explained.register
def _user_unknown(_: BusUserUnknown) -> str:
    return "NATS refuses the user of LAPOR_NATS_CREDS"


class Bus:
    """A NATS connection with its JetStream context. `nc` and `js` may be used directly."""

    def __init__(self, nc: Client) -> None:
        self.nc = nc
        self.js: JetStreamContext = nc.jetstream(timeout=_ACK_TIMEOUT)

    async def publish(
        self,
        subject: str,
        body: bytes,
        *,
        msg_id: str,
        headers: Mapping[str, str] | None = None,
        give_up_after: float = 30.0,
    ) -> PubAck:
        """Publish to JetStream and wait until the message is stored.

        A publish without an answer may have been stored, so it is tried again with the same id,
        which the stream's duplicate window recognises. After `give_up_after` seconds the last error
        is raised; the caller keeps the message. A refusal (no room, too large) is raised as
        `nats.js.errors.APIError` at once. The headers of the present trace are added.
        """
        sent = {**trace_headers(), **(headers or {}), Header.MSG_ID.value: msg_id}
        clock = asyncio.get_running_loop().time
        deadline, pause = clock() + give_up_after, 0.05
        while True:
            try:
                # A copy: the client writes into the mapping it is given.
                return await self.js.publish(
                    subject, body, headers=dict(sent), timeout=_ACK_TIMEOUT
                )
            except (*_PASSING, APIError) as error:
                if not _is_passing(error) or clock() + pause > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def close(self) -> None:
        """Send what is buffered and close, without waiting for a server that is away."""
        if self.nc.is_connected:
            try:
                await self.nc.flush(timeout=2)
            except (NatsTimeout, ConnectionReconnectingError, StaleConnectionError):
                log.warning("closed the NATS connection without the server's answer")
        await self.nc.close()


def has_no_room(error: Exception) -> bool:
    """Whether a publish was refused because our account or the server's disk is full.

    No message can be published until there is room again.
    """
    return isinstance(error, APIError) and error.err_code in _NO_ROOM


def _is_passing(error: Exception) -> bool:
    return isinstance(error, _PASSING) or (
        isinstance(error, APIError) and error.err_code == _IN_PROCESS
    )


async def connect(
    url: str,
    name: str,
    *,
    patience: float | None = None,
    credentials: UserCredentials | None = None,
) -> Bus:
    """Connect under a name (shown by `nats server report connections`) and stay connected.

    `url` names one node or several, see `parse_addresses`; any node that is there is used.
    `credentials` replace those in the address.

    Waits for a server that is not there yet, for `patience` seconds (then `TimeoutError`) or for
    ever; once connected, reconnects for ever. Raises `BusUserUnknown` if the server does not know
    the user.
    """
    addresses = parse_addresses(url)
    if credentials is not None:
        addresses = NatsAddresses(addresses.servers, credentials)
    refused: asyncio.Future[Never] = asyncio.get_running_loop().create_future()
    connecting = asyncio.create_task(_connect(addresses, name, refused))
    try:
        done, _ = await asyncio.wait(
            (connecting, refused), timeout=patience, return_when=asyncio.FIRST_COMPLETED
        )
        if connecting in done:
            return Bus(connecting.result())
        if refused in done:
            refused.result()
        raise TimeoutError(f"no NATS server at {addresses}")
    finally:
        connecting.cancel()
        refused.cancel()
        await asyncio.wait({connecting})  # it closes its socket


async def _connect(addresses: NatsAddresses, name: str, refused: asyncio.Future[Never]) -> Client:
    # Given as options and not in the addresses, so that they also apply to nodes named by the
    # cluster.
    options: dict[str, Any] = {}
    if addresses.credentials is not None:
        options["user_credentials"] = RawCredentials(addresses.credentials.file)
    missing = False
    client = Client()

    async def on_error(error: Exception) -> None:
        nonlocal missing
        if "authorization violation" in str(error).lower() and not refused.done():
            refused.set_exception(BusUserUnknown(f"NATS does not know this user ({name})"))
        elif isinstance(error, OSError):
            if not missing:
                log.warning("NATS is not there, trying on (%s)", name)
            missing = True
        else:
            log.warning("NATS: %s (%s)", error or type(error).__name__, name)

    async def on_disconnect() -> None:
        if client.is_reconnecting:
            log.warning("lost NATS, reconnecting (%s)", name)

    async def on_reconnect() -> None:
        nonlocal missing
        missing = False
        log.info("NATS is back (%s)", name)

    try:
        await client.connect(
            list(addresses.servers),
            name=name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=3,
            ping_interval=20,
            max_outstanding_pings=2,
            error_cb=on_error,
            disconnected_cb=on_disconnect,
            reconnected_cb=on_reconnect,
            **options,
        )
    except asyncio.CancelledError:
        await client.close()  # the library leaves open the socket of what never was a connection
        raise
    return client
