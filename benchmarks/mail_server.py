"""An SMTP server that takes everything at once and keeps nothing but when each mail was accepted.

`python -m benchmarks.mail_server PORT FILE` serves it: a process of its own, so that what it
computes is nobody else's. FILE gets a line for each mail: seconds of the epoch, and the name in its
`Message-ID`.
"""

import asyncio
import re
import sys
import time
from pathlib import Path
from typing import IO, cast

import uvloop

from benchmarks.stack import Stack
from deploy.local.child import Child, first_line

_HOST = "127.0.0.1"


class MailServer(Child):
    """The server as a process beside a stack, where the stack's processes send their mail."""

    def __init__(self, stack: Stack) -> None:
        self.port = stack.addresses.mailbox_smtp_port
        self._accepted = stack.addresses.data_dir / "accepted-mail"
        command = [sys.executable, "-m", "benchmarks.mail_server"]
        arguments = [str(self.port), str(self._accepted)]
        super().__init__("mail-server", stack.addresses.data_dir, [*command, *arguments])

    async def is_ready(self) -> bool:
        return self.alive and b"220" in await first_line(_HOST, self.port, b"QUIT\r\n")

    def accepted(self) -> dict[str, float]:
        """Seconds of the epoch by the names of all mails until now, in this order."""
        lines = self._accepted.read_text().splitlines()
        return {name: float(at) for at, name in (line.split(" ", 1) for line in lines)}

    def count(self) -> int:
        """Mails until now."""
        return self._accepted.read_bytes().count(b"\n")


class _Session(asyncio.Protocol):
    """One connection: what RFC 5321 needs for mail to be handed over."""

    def __init__(self, accepted: IO[str]) -> None:
        self._accepted = accepted
        self._received = bytearray()
        self._in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by its class
        self._transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(_END if self._in_mail else b"\r\n")) >= 0:
            length = end + (len(_END) if self._in_mail else 2)
            taken = bytes(self._received[:length])
            del self._received[:length]
            if self._in_mail:
                self._accept(taken)
            else:
                self._obey(taken[:4].upper())

    def _obey(self, verb: bytes) -> None:
        self._in_mail = verb == b"DATA"
        self._transport.write(_ANSWERS.get(verb, b"250 OK\r\n"))
        if verb == b"QUIT":
            self._transport.close()

    def _accept(self, mail: bytes) -> None:
        self._in_mail = False
        named = _NAME.search(mail)
        self._accepted.write(f"{time.time()} {named.group(1).decode() if named else '-'}\n")
        self._transport.write(b"250 accepted\r\n")


_END = b"\r\n.\r\n"
_NAME = re.compile(rb"^message-id:\s*<([^@>]*)", re.IGNORECASE | re.MULTILINE)
_ANSWERS = {
    b"EHLO": b"250-bench\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


async def _serve(port: int, path: Path) -> None:
    with path.open("a", buffering=1) as accepted:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Session(accepted), _HOST, port)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
