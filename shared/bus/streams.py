"""All streams and durable consumers in one table, and the function that declares them."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext, api
from nats.js.errors import (
    BadRequestError,
    NoStreamResponseError,
    NotFoundError,
    ServiceUnavailableError,
)

from shared.bus.connection import connect

INGEST_KINDS: Final = (
    *("report", "information", "reply", "withdrawal"),
    *("satisfaction", "rating", "objection"),
)
PARTNER_KINDS: Final = ("receipt", "event")

_KB, _MB, _HOUR, _DAY = 1024, 1024 * 1024, 3600.0, 86_400.0
DUPLICATE_WINDOW: Final = _HOUR
NO_DUPLICATE_WINDOW: Final = 0.1
"""The smallest window that the server accepts. The server compares the ids of a whole stream,
whoever sent them: on inbound streams one partner's id could hide another's message. There the
database decides what is a repeat."""
MAX_PAYLOAD: Final = 1 * _MB
"""The most bytes that the server accepts. Inbound words are limited to far less
(`cloudevents.MAX_INBOUND`), but by our code, so that a partner who sends too much gets a receipt
that says so."""

_ADVISORY: Final = "$JS.EVENT.ADVISORY.CONSUMER"
_SYSTEM: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")


@dataclass(frozen=True)
class Stream:
    """A JetStream stream. A work queue keeps a message until it is read, others for `max_age`.

    `max_bytes` and `max_msg_size` are in bytes, `max_age` and `duplicate_window` in seconds.
    """

    name: str
    subjects: tuple[str, ...]
    description: str
    max_bytes: int
    max_age: float
    max_msg_size: int = 64 * _KB
    work_queue: bool = False
    duplicate_window: float = DUPLICATE_WINDOW

    def config(self) -> api.StreamConfig:
        """The configuration for the server. A full work queue refuses messages, which their sender
        keeps; other streams drop old ones."""
        return api.StreamConfig(
            name=self.name,
            description=self.description,
            subjects=list(self.subjects),
            retention=api.RetentionPolicy.WORK_QUEUE
            if self.work_queue
            else api.RetentionPolicy.LIMITS,
            discard=api.DiscardPolicy.NEW if self.work_queue else api.DiscardPolicy.OLD,
            storage=api.StorageType.FILE,
            max_bytes=self.max_bytes,
            max_age=self.max_age,
            max_msg_size=self.max_msg_size,
            duplicate_window=self.duplicate_window,
        )


@dataclass(frozen=True)
class Durable:
    """A durable pull consumer. `ack_wait` is in seconds; `max_deliver` -1 means no limit."""

    stream: str
    name: str
    filters: tuple[str, ...]
    max_deliver: int
    ack_wait: float = 60.0
    max_ack_pending: int = 2_000

    def config(self) -> api.ConsumerConfig:
        """The configuration for the server."""
        return api.ConsumerConfig(
            durable_name=self.name,
            ack_policy=api.AckPolicy.EXPLICIT,
            deliver_policy=api.DeliverPolicy.ALL,
            filter_subjects=list(self.filters),
            max_deliver=self.max_deliver,
            ack_wait=self.ack_wait,
            max_ack_pending=self.max_ack_pending,
        )


INGEST_REPORTS: Final = Stream(
    "INGEST_REPORTS",
    ("lapor.v1.ingest.*.report",),
    "Reports from partner systems, until intake has stored them",
    max_bytes=1024 * _MB,
    max_age=30 * _DAY,
    max_msg_size=MAX_PAYLOAD,
    work_queue=True,
    duplicate_window=NO_DUPLICATE_WINDOW,
)
INGEST_MESSAGES: Final = Stream(
    "INGEST_MESSAGES",
    tuple(f"lapor.v1.ingest.*.{kind}" for kind in INGEST_KINDS if kind != "report"),
    "What partners' reporters say about their reports, until followup has stored it",
    max_bytes=512 * _MB,
    max_age=30 * _DAY,
    max_msg_size=MAX_PAYLOAD,
    work_queue=True,
    duplicate_window=NO_DUPLICATE_WINDOW,
)
REPORTS: Final = Stream(
    "REPORTS",
    ("lapor.v1.report.>",),
    "What happened to reports: numbers, codes, ids, states and times",
    max_bytes=4096 * _MB,
    max_age=30 * _DAY,
)
PARTNERS: Final = Stream(
    "PARTNERS",
    tuple(f"lapor.v1.partner.*.{kind}" for kind in PARTNER_KINDS),
    "Receipts and status events, each partner's own",
    max_bytes=2048 * _MB,
    max_age=30 * _DAY,
)
DEAD_LETTERS: Final = Stream(
    "DEAD_LETTERS",
    ("lapor.v1.dead.>",),
    "References to messages nobody could handle; the bodies lie encrypted in Postgres",
    max_bytes=64 * _MB,
    max_age=90 * _DAY,
)
ADVISORIES: Final = Stream(
    "ADVISORIES",
    (f"{_ADVISORY}.MAX_DELIVERIES.>", f"{_ADVISORY}.MSG_TERMINATED.>"),
    "The server's word that a message was given up, so that none dies unnoticed",
    max_bytes=64 * _MB,
    max_age=30 * _DAY,
    work_queue=True,
)
STREAMS: Final = (INGEST_REPORTS, INGEST_MESSAGES, REPORTS, PARTNERS, DEAD_LETTERS, ADVISORIES)

# The limit on inbound deliveries only stops a message that kills its reader each time. The reader
# itself gives up any other bad message (see `Consumer`).
INTAKE: Final = Durable(INGEST_REPORTS.name, "intake", INGEST_REPORTS.subjects, max_deliver=2_000)
FOLLOWUP: Final = Durable(
    INGEST_MESSAGES.name, "followup", INGEST_MESSAGES.subjects, max_deliver=2_000
)
LAUNCHER: Final = Durable(REPORTS.name, "launcher", ("lapor.v1.report.submitted",), max_deliver=-1)
WATCH: Final = Durable(ADVISORIES.name, "dead-letter-watch", ADVISORIES.subjects, max_deliver=-1)
WEBHOOKS: Final = Durable(REPORTS.name, "webhooks", REPORTS.subjects, max_deliver=-1)
STATISTICS: Final = Durable(REPORTS.name, "statistics", REPORTS.subjects, max_deliver=-1)
NOTIFICATION: Final = Durable(REPORTS.name, "notification", REPORTS.subjects, max_deliver=-1)
DURABLES: Final = (INTAKE, FOLLOWUP, LAUNCHER, WATCH, WEBHOOKS, STATISTICS, NOTIFICATION)


def partner_durable(system: str) -> Durable:
    """The consumer through which a partner reads its receipts and events; it has the partner's
    name."""
    if not _SYSTEM.fullmatch(system):
        raise ValueError("a system is a-z, 0-9 and -, begins with a letter, 2 to 40 long")
    subjects = tuple(f"lapor.v1.partner.{system}.{kind}" for kind in PARTNER_KINDS)
    return Durable(PARTNERS.name, system, subjects, max_deliver=-1, max_ack_pending=1_000)


async def declare(nats_url: str, replicas: int = 1) -> None:
    """Make the server hold exactly these streams and consumers, changing what differs.

    Each stream is kept on `replicas` nodes. A stream that is on more nodes stays there, and so does
    the placement that an operator chose. `APIError` if the cluster has fewer nodes.

    It runs at each migration and may be repeated; services only bind. `lapor partner add` declares
    the consumers of partners. `TimeoutError` if the server is not there.
    """
    bus = await connect(nats_url, "declare", patience=15)
    # A cluster chooses a leader for each stream, and writes the stream on several nodes.
    patient = bus.nc.jetstream(timeout=10)
    try:
        for stream in STREAMS:
            await _insist(partial(_declare_stream, patient, stream, replicas))
        for durable in DURABLES:
            await _insist(partial(declare_durable, patient, durable))
    finally:
        await bus.close()


async def declare_durable(js: JetStreamContext, durable: Durable) -> None:
    """Create the consumer, or change it to this configuration; its position is kept."""
    await js.add_consumer(durable.stream, durable.config())


_NO_PEERS: Final = 10005


async def _insist(declare: Callable[[], Awaitable[None]]) -> None:
    """Declare, and try again while the cluster is not ready.

    A request is never answered while a cluster has no leader, and fails while its leader has not
    met the other nodes. Raises the last error after two minutes, or after half a minute without
    enough nodes.
    """
    began = time.monotonic()
    while True:
        try:
            return await declare()
        except (NatsTimeout, NoStreamResponseError, ServiceUnavailableError):
            if time.monotonic() > began + 120:
                raise
        except BadRequestError as error:
            if error.err_code != _NO_PEERS or time.monotonic() > began + 30:
                raise
        await asyncio.sleep(0.2)


async def _declare_stream(js: JetStreamContext, stream: Stream, replicas: int) -> None:
    config = stream.config()
    config.num_replicas = replicas
    try:
        present = (await js.stream_info(stream.name)).config
    except NotFoundError:
        await js.add_stream(config)
    else:
        config.num_replicas = max(replicas, present.num_replicas or 1)
        config.placement = present.placement
        await js.update_stream(config)
