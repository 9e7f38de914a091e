"""The processes of the system, each with its own role in the database."""

import os
import sys
from dataclasses import dataclass

from deploy.credentials import SECRETS, Credentials, environment
from deploy.local.child import Child, first_line
from shared.settings import AUTHORITY, Addresses


@dataclass(frozen=True)
class Description:
    """One process. `module` is run with `python -m`; `port` names the setting of its port if it
    answers HTTP."""

    name: str
    module: str
    role: str | None = None
    port: str | None = None


PROCESSES = (
    Description("intake", "services.intake", "lapor_intake", "intake_port"),
    Description("routing", "services.routing", "lapor_routing", "routing_port"),
    Description("followup", "services.followup", "lapor_followup", "followup_port"),
    Description("reporting", "services.reporting", "lapor_reporting", "reporting_port"),
    Description("notification", "services.notification", "lapor_notification", "notification_port"),
    Description("downloads", "services.reporting.worker", "lapor_reporting"),
    Description("portal", "services.portal", None, "portal_port"),
    Description("worker", "workflows.worker", "lapor_worker"),
    Description("relay", "workflows.relay", "lapor_relay"),
)
KEEPER = Description("backup", "deploy.backup", "lapor_backup")
"""The process that keeps backups in production. On one machine, `lapor backup keep` starts it."""


class Process(Child):
    """A process of the system; an HTTP one is ready when its `/healthz` answers 200."""

    def __init__(
        self,
        description: Description,
        addresses: Addresses,
        credentials: Credentials,
        name: str = "",
        drain_seconds: float = 0,
    ) -> None:
        inherited = {k: v for k, v in os.environ.items() if k not in _SECRETS}
        super().__init__(
            name or description.name,
            addresses.data_dir,
            [sys.executable, "-m", description.module],
            environment={
                **inherited,
                **environment(addresses, credentials, description.role, description.name),
                "LAPOR_DRAIN_SECONDS": str(drain_seconds),
            },
        )
        self._host = addresses.host
        self._port: int | None = None
        if description.port is not None:
            self._port = getattr(addresses, description.port)

    async def is_ready(self) -> bool:
        if self._port is None or not self.alive:
            return self.alive
        request = f"GET /healthz HTTP/1.0\r\nHost: {self._host}\r\n\r\n".encode()
        status = await first_line(self._host, self._port, request)
        return status.split(b" ")[1:2] == [b"200"]


# Secrets of other processes are not inherited, even if the person's shell has them.
_SECRETS = {
    "LAPOR_DATABASE_URL",
    "LAPOR_NATS_URL",
    "LAPOR_NATS_CREDS",
    *(f"LAPOR_{name.upper()}" for name in (*SECRETS, *AUTHORITY)),
}
