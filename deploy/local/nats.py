"""nats-server with JetStream, in operator mode: it stores accounts as tokens, which are pushed to
it."""

import sysconfig
from pathlib import Path
from typing import Final

from deploy.local.child import Child, first_line
from deploy.nats.authority import Authority
from deploy.nats.permissions import COMMANDS
from shared.bus.addresses import with_credentials


class Nats(Child):
    """The NATS server. Its configuration is `<data_dir>/nats/nats.conf`, its accounts' tokens are
    in `nats/accounts`, its streams in `nats/store`. A node of a cluster has its own `name`, and
    `more` in its configuration."""

    def __init__(
        self,
        data_dir: Path,
        *,
        authority: Authority,
        port: int,
        monitor_port: int,
        host: str = "127.0.0.1",
        name: str = "nats",
        scheme: str = "nats",
        more: str = "",
    ) -> None:
        super().__init__(name, data_dir)
        self.folder = self.data_dir / name
        self.authority = authority
        self.config = self.folder / "nats.conf"
        self.command = [str(BINARY), "--config", str(self.config)]
        self.address = f"{scheme}://{host}:{port}"
        self.url = with_credentials(self.address, authority.user(COMMANDS))
        self._address = (host, port)
        self._text = _CONFIG.format(
            name="lapor" if name == "nats" else name,
            more=more,
            host=host,
            port=port,
            monitor_port=monitor_port,
            folder=self.folder,
            authority=authority.server_config(),
        )

    async def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.touch(mode=0o600)
        self.config.write_text(self._text)
        adopt_streams(self.folder / "store", self.authority.account)

    async def is_ready(self) -> bool:
        greeting = await first_line(*self._address)
        return greeting.startswith(b"INFO") and self.alive


def adopt_streams(store: Path, account: str) -> bool:
    """Give the streams of a server that knew our account by name and password to the account with
    this key, and return whether there were any. What consumers have read stays read. The server
    must be stopped."""
    former, present = store / "jetstream" / _FORMER, store / "jetstream" / account
    if not former.is_dir() or present.exists():
        return False
    former.rename(present)
    return True


BINARY: Final = Path(sysconfig.get_path("scripts")) / "nats-server"
_FORMER: Final = "LAPOR"

# With `sync_interval: always`, acknowledged messages are on the disk and survive a power cut.
# Accounts cannot be deleted, because a node that is away meanwhile would bring them back; they are
# closed instead.
_CONFIG: Final = """\
server_name: {name}
listen: "{host}:{port}"
http: "{host}:{monitor_port}"
max_payload: 1MB
jetstream {{
  store_dir: "{folder}/store"
  sync_interval: always
}}
resolver: {{ type: full, dir: "{folder}/accounts", allow_delete: false, interval: "5s" }}
{more}{authority}"""
