"""The Temporal dev server with its UI. A database file keeps the workflows between starts."""

import asyncio
import json
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.child import Child


class Temporal(Child):
    """The Temporal dev server. Without `ui_port` it has no UI; without `keep` it holds workflows
    only in memory (tests).

    `search_attributes` maps names to types as the CLI spells them (`Keyword`, `Datetime`, …).
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int,
        ui_port: int | None,
        host: str = "127.0.0.1",
        keep: bool = True,
        namespaces: Sequence[str] = (),
        search_attributes: Mapping[str, str] | None = None,
        dynamic_config: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__("temporal", data_dir)
        self.address = f"{host}:{port}"
        self._folder = self.data_dir / "temporal"
        self.command = [str(_BINARY), "server", "start-dev", "--ip", host, "--port", str(port)]
        self.command += ["--log-level", "warn", "--ui-disable-news-fetch"]
        self.command += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port)]
        if keep:
            self.command += ["--db-filename", str(self._folder / "temporal.db")]
            for pragma in _PRAGMAS:
                self.command += ["--sqlite-pragma", pragma]
        for namespace in namespaces:
            self.command += ["--namespace", namespace]
        for name, kind in (search_attributes or {}).items():
            self.command += ["--search-attribute", f"{name}={kind}"]
        for key, value in (dynamic_config or {}).items():
            self.command += ["--dynamic-config-value", f"{key}={json.dumps(value)}"]

    async def prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    async def is_ready(self) -> bool:
        probe = await asyncio.create_subprocess_exec(
            *[str(_BINARY), "operator", "cluster", "health", "--address", self.address],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return await probe.wait() == 0 and self.alive


_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=8000")
"""Each commit is still on disk before it is answered, by one append to a log instead of writes to a
journal and the file. This halves the server's computing time and triples the starts per second. Up
to 32 MB of the log are written back at once."""
_BINARY = Path(sysconfig.get_path("scripts")) / "temporal"


def search_attributes() -> dict[str, str]:
    """Return the types of the search attributes by name, from the list that the workflow itself
    uses."""
    from shared.temporal.names import SEARCH_ATTRIBUTES  # slow to import, while others start

    return SEARCH_ATTRIBUTES
