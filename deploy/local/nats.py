"""nats-server with JetStream: accounts LAPOR and SYS, and the partners' in a file of their own."""

import os
import signal
import sysconfig
from pathlib import Path

from deploy.local.child import Child, first_line
from deploy.partners.accounts import LAPOR_EXPORTS


class Nats(Child):
    """Configuration in `<data_dir>/nats/nats.conf`, which includes `partners.conf` beside it.

    After a change of `partners.conf`, `reload` (or SIGHUP to the process) takes it in without
    a restart.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        password: str,
        system_password: str,
        port: int,
        monitor_port: int,
        host: str = "127.0.0.1",
    ) -> None:
        super().__init__("nats", data_dir)
        self.folder = self.data_dir / "nats"
        self.config = self.folder / "nats.conf"
        self.partners = self.folder / "partners.conf"
        self.command = [str(_BINARY), "--config", str(self.config)]
        self.url = f"nats://lapor:{password}@{host}:{port}"
        self.system_url = f"nats://sys:{system_password}@{host}:{port}"
        self._address = (host, port)
        self._text = _CONFIG.format(
            host=host,
            port=port,
            monitor_port=monitor_port,
            folder=self.folder,
            password=password,
            system_password=system_password,
            exports=LAPOR_EXPORTS,
        )

    async def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.partners.touch(mode=0o600)
        self.config.touch(mode=0o600)
        self.config.write_text(self._text)

    async def is_ready(self) -> bool:
        greeting = await first_line(*self._address)
        return greeting.startswith(b"INFO") and self.alive

    def reload(self) -> None:
        """Takes in changed accounts; existing connections of unchanged ones stay."""
        reload(self.data_dir)


def reload(data_dir: Path) -> None:
    """Tells the server that runs on this data folder to read its configuration again.

    Raises FileNotFoundError or ProcessLookupError when none runs.
    """
    os.kill(int((data_dir / "nats" / "nats.pid").read_text()), signal.SIGHUP)


_BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"

# sync_interval always: what was acknowledged is on the disk, also through a power cut.
_CONFIG = """\
server_name: lapor
listen: "{host}:{port}"
http: "{host}:{monitor_port}"
pid_file: "{folder}/nats.pid"
max_payload: 1MB
jetstream {{
  store_dir: "{folder}/store"
  sync_interval: always
}}
accounts {{
  LAPOR {{
    jetstream: enabled
    users: [{{ user: lapor, password: "{password}" }}]
    {exports}
  }}
  SYS {{ users: [{{ user: sys, password: "{system_password}" }}] }}
  include "partners.conf"
}}
system_account: SYS
"""
