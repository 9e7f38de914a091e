"""The mailbox as a child of the local stack."""

import os
import sys

from deploy.credentials import Credentials, environment
from deploy.local.child import Child, first_line
from shared.settings import Addresses


class Mailbox(Child):
    """The mailbox; it is ready when its page answers."""

    def __init__(self, addresses: Addresses, credentials: Credentials) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LAPOR_")}
        own = environment(addresses, credentials, None, "portal")
        secrets = ("LAPOR_SMS_GATEWAY_SECRET", "LAPOR_SMS_SECRET")
        super().__init__(
            "mailbox",
            addresses.data_dir,
            [sys.executable, "-m", "deploy.local.mailbox"],
            environment={
                **inherited,
                **own,
                **{secret: credentials.application[secret] for secret in secrets},
            },
        )
        self._host, self._port = addresses.host, addresses.mailbox_port

    async def is_ready(self) -> bool:
        request = f"GET /sms HTTP/1.0\r\nHost: {self._host}\r\n\r\n".encode()
        return b" 200" in await first_line(self._host, self._port, request)
