"""Ends connections that send or read too slowly, so that they do not keep others out."""

import asyncio
from functools import cache
from typing import ClassVar

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.problems import Problem
from shared.labels.catalogue import INDONESIAN


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with deadlines, in seconds. uvicorn itself has one only for idle
    connections.

    A request's head must be complete `head_seconds` after the connection or the request began. Its
    body may take as long, and one second more for every `body_bytes_per_second` received: a phone
    on a poor line succeeds, and one that has stopped sending gets a 408. A reader must take
    `read_bytes_per_second` of what waits for it, checked every `write_seconds`, or is cut off.
    """

    head_seconds: ClassVar[float] = 20.0
    body_bytes_per_second: ClassVar[float] = 1000.0
    write_seconds: ClassVar[float] = 20.0
    read_bytes_per_second: ClassVar[float] = 1000.0

    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None
    _unread = 0
    _body_began = 0.0
    _body_received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._reading = self.loop.call_later(self.head_seconds, self._end_half_request)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_reading()
        self._stop_writing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._reading is None:  # not the connection's first
            self._reading = self.loop.call_later(self.head_seconds, self._end_half_request)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._stop_reading()
        self._body_began, self._body_received = self.loop.time(), 0
        self._reading = self.loop.call_later(self.head_seconds, self._look_at_body)

    def on_body(self, body: bytes) -> None:
        self._body_received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stop_reading()
        super().on_message_complete()

    def pause_writing(self) -> None:
        self.flow.pause_writing()
        if self._writing is None:
            self._look_at_reader_later()

    def resume_writing(self) -> None:
        self._stop_writing()
        self.flow.resume_writing()

    def _look_at_reader_later(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        self._writing = self.loop.call_later(self.write_seconds, self._look_at_reader)

    def _look_at_reader(self) -> None:
        # Nothing is added while writing is paused, so what left the buffer has been read.
        read = self._unread - self.transport.get_write_buffer_size()
        if read >= self.read_bytes_per_second * self.write_seconds:
            self._look_at_reader_later()
        else:
            self._writing = None
            self.transport.abort()

    def _look_at_body(self) -> None:
        now = self.loop.time()
        if self.flow.read_paused:  # we are the slow ones
            self._body_began = now
        due = self._body_began + self.head_seconds
        due += self._body_received / self.body_bytes_per_second
        if now < due:
            self._reading = self.loop.call_at(due, self._look_at_body)
        else:
            self._end_half_request()

    def _end_half_request(self) -> None:
        self._reading = None
        cycle = self.cycle
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self.transport.abort()  # an answer is under way, nothing can be said any more
            return
        self.transport.write(_timed_out())
        self.transport.close()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None


@cache
def _timed_out() -> bytes:
    """The complete 408 in Indonesian, because there is no request to answer."""
    body = orjson.dumps(Problem(408, "request_timeout").body(INDONESIAN))
    head = [
        b"HTTP/1.1 408 Request Timeout",
        b"Content-Length: %d" % len(body),
        b"Content-Type: application/problem+json",
        b"Connection: close",
    ]
    return b"\r\n".join([*head, b"", body])
