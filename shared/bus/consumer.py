"""Reads a durable consumer in batches: acknowledges, delays or dead-letters each message."""

import asyncio
import contextlib
import logging
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import prometheus_client as metrics
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError, ConnectionDrainingError
from nats.errors import Error as NatsError

from shared.bus.connection import Bus
from shared.bus.errors import BadMessage, TryLater
from shared.bus.pull import Pull
from shared.bus.streams import Durable
from shared.resilience.away import DATABASE_AWAY
from shared.resilience.reasons import reason
from shared.resilience.stopping import Stopped, pause, unless_stopped
from shared.telemetry import continued_trace, registry

log = logging.getLogger(__name__)

MessageOutcome = Exception | None
"""None: handled and committed. `TryLater`, an absent database or any other error: try again later.
`BadMessage`: never try again."""

BatchHandler = Callable[[Sequence[Msg]], Awaitable[Sequence[MessageOutcome]]]
Handler = Callable[[Msg], Awaitable[None]]
Bury = Callable[[Msg, BadMessage], Awaitable[str | None]]
"""Keeps a bad message. It may return another reason for the server than the message's own code."""

DELAYS: Final = (1.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds until the next delivery after the first, second and so on; the last value repeats."""

_POLL: Final = 3.0
_IDLE: Final = 0.05
_AFTER_TROUBLE: Final = 0.5


def message_by_message(handler: Handler, concurrency: int = 16) -> BatchHandler:
    """Make a batch handler from a handler of one message, at most `concurrency` at a time.

    The handler continues the message's trace.
    """
    gate = asyncio.Semaphore(concurrency)

    async def outcome_of(message: Msg) -> MessageOutcome:
        async with gate:
            with continued_trace(message.headers or {}):
                try:
                    await handler(message)
                except Exception as error:  # noqa: BLE001 - any error is an outcome
                    return error
        return None

    async def batch(messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        return await asyncio.gather(
            *(asyncio.create_task(outcome_of(message)) for message in messages)
        )

    return batch


class Consumer:
    """Carries the messages of one durable consumer to a handler, until stopped.

    `handle` gets up to `batch` messages and returns an outcome for each, in order. If it raises an
    error instead, each message is handled by itself, and the error counts only for the messages
    that cause it. It must be safe to repeat: a message may come twice.

    `bury` keeps a bad message (see `dead_letters`), in the same transaction that notifies its
    sender. The message is ended only after `bury` has returned; if it fails, the message comes
    again. An absent database is passing trouble, however long it lasts. Any other error is logged
    without the message's words, and after `give_up_after` such errors in this process the message
    is buried as `given_up`.

    `lanes` batches are handled at a time. After a batch that was not full, a lane rests `rest`
    seconds: messages that come meanwhile then need one batch, not many. Set it only if nobody waits
    for the result.
    """

    def __init__(
        self,
        bus: Bus,
        durable: Durable,
        handle: BatchHandler,
        bury: Bury,
        *,
        batch: int = 100,
        lanes: int = 2,
        rest: float = 0.0,
        delays: Sequence[float] = DELAYS,
        give_up_after: int = 30,
    ) -> None:
        self._bus = bus
        self._durable = durable
        self._handle = handle
        self._bury = bury
        self._batch = batch
        self._lanes = lanes
        self._rest = rest
        self._delays = delays
        self._give_up_after = give_up_after
        self._failures: Counter[int] = Counter()  # by the message's number in its stream
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no more messages; `run` returns when those under way are done."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until `stop`, also through restarts of the server. Cancelling ends it at once."""
        async with asyncio.TaskGroup() as lanes:
            for _ in range(self._lanes):
                lanes.create_task(self._lane())

    async def _lane(self) -> None:
        pull: Pull | None = None
        while not self._stopping.is_set():
            try:
                pull = pull or await Pull.open(self._bus, self._durable)
                messages = await self._next(pull)
            except (ConnectionClosedError, ConnectionDrainingError):
                # The process is closing its connection: nothing will come any more.
                return
            except NatsError as error:
                log.warning("cannot read %s: %s", self._durable.name, type(error).__name__)
                await pause(_AFTER_TROUBLE, self._stopping)
                continue
            if messages:
                await self._work(messages)
                if self._rest and len(messages) < self._batch:
                    await pause(self._rest, self._stopping)
            else:
                await pause(_IDLE, self._stopping)
        if pull is not None:
            with contextlib.suppress(NatsError):
                await pull.close()

    async def _next(self, pull: Pull) -> list[Msg]:
        """The next messages, or none after a while; stopping interrupts the wait."""
        try:
            return await unless_stopped(self._stopping, pull.messages(self._batch, _POLL))
        except Stopped:
            return []

    async def _work(self, messages: list[Msg]) -> None:
        alive = asyncio.create_task(self._keep_alive(messages))
        try:
            outcomes = await self._outcomes(messages)
            for error in {outcome for outcome in outcomes if isinstance(outcome, DATABASE_AWAY)}:
                log.warning("%s waits for the database (%s)", self._durable.name, reason(error))
            for message, outcome in zip(messages, outcomes, strict=True):
                await self._settle(message, outcome)
        except NatsError as error:
            # They are not acknowledged, so they come again after the ack wait and are recognised.
            log.warning("cannot answer %s: %s", self._durable.name, type(error).__name__)
        finally:
            alive.cancel()

    async def _outcomes(self, messages: list[Msg]) -> Sequence[MessageOutcome]:
        try:
            outcomes = await self._handle(messages)
        except Exception as error:  # noqa: BLE001 - any error is an outcome
            if len(messages) == 1 or isinstance(error, (TryLater, *DATABASE_AWAY)):
                return [error] * len(messages)
            # One of the messages is the reason; the others must not suffer for it.
            return [(await self._outcomes([message]))[0] for message in messages]
        if len(outcomes) != len(messages):
            raise AssertionError(f"the handler of {self._durable.name} must judge every message")
        return outcomes

    async def _settle(self, message: Msg, outcome: MessageOutcome) -> None:
        sequence = message.metadata.sequence.stream
        _settled.labels(self._durable.name, _outcome_name(outcome)).inc()
        if outcome is None:
            self._failures.pop(sequence, None)
            await message.ack()
            return
        if not isinstance(outcome, (BadMessage, TryLater, *DATABASE_AWAY)):
            self._log_unexpected(message, outcome)
            self._failures[sequence] += 1
            if (failed := self._failures[sequence]) >= self._give_up_after:
                outcome = BadMessage("given_up", f"failed {failed} times")
        if isinstance(outcome, BadMessage) and (code := await self._buried(message, outcome)):
            self._failures.pop(sequence, None)
            await _terminate(message, code)
            return
        after = outcome.after if isinstance(outcome, TryLater) else None
        delay = self._delay(message.metadata.num_delivered)
        await message.nak(after if after is not None else delay)

    async def _buried(self, message: Msg, bad: BadMessage) -> str | None:
        """Bury the message and return the reason for the server; None if burying failed."""
        try:
            return await self._bury(message, bad) or bad.code
        except DATABASE_AWAY as error:
            log.warning("%s waits for the database (%s)", self._durable.name, reason(error))
        except Exception as error:  # noqa: BLE001 - any error is an outcome
            self._log_unexpected(message, error)
        return None

    def _delay(self, delivered: int) -> float:
        return self._delays[min(delivered, len(self._delays)) - 1]

    def _log_unexpected(self, message: Msg, error: Exception) -> None:
        """Log where the error happened, but not its text, which may quote the message."""
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
        log.error(
            "%s could not handle message %d of %s (delivery %d): %s at %s",
            self._durable.name,
            message.metadata.sequence.stream,
            self._durable.stream,
            message.metadata.num_delivered,
            reason(error),
            where,
        )

    async def _keep_alive(self, messages: list[Msg]) -> None:
        """Tell the server that long work goes on, so that no other reader gets the same
        messages."""
        while True:
            await asyncio.sleep(self._durable.ack_wait / 3)
            for message in messages:
                if not message.is_acked:
                    await message.in_progress()


def _outcome_name(outcome: MessageOutcome) -> str:
    if outcome is None:
        return "done"
    if isinstance(outcome, (TryLater, *DATABASE_AWAY)):
        return "later"
    return "bad" if isinstance(outcome, BadMessage) else "failed"


_settled = metrics.Counter(
    "lapor_messages",
    "Messages handled: done, bad (a dead letter), later (delivered again), failed "
    "(an unexpected error)",
    ["consumer", "verdict"],
    registry=registry,
)


async def _terminate(message: Msg, reason: str) -> None:
    """End the message with its reason, which the server repeats in its advisory."""
    await message._client.publish(message.reply, f"+TERM {reason}".encode())
    message._ackd = True
