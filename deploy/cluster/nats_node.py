"""One of three nodes of NATS. They keep every stream three times."""

from typing import Final

from deploy.cluster.certificates import Certificates
from deploy.cluster.layout import Layout
from deploy.local.nats import Nats
from deploy.nats.authority import Authority


class NatsNode(Nats):
    """A node whose connections to clients and other nodes are encrypted; nodes show each other
    certificates."""

    def __init__(
        self,
        name: str,
        *,
        layout: Layout,
        authority: Authority,
        shown: Certificates,
    ) -> None:
        host, ports = layout.addresses.host, layout.nats[name]
        others = [node.route for other, node in layout.nats.items() if other != name]
        super().__init__(
            layout.addresses.data_dir,
            authority=authority,
            port=ports.clients,
            monitor_port=ports.monitor,
            host=host,
            name=name,
            scheme="tls",
            more=_CONFIG.format(
                listen=f"{host}:{ports.route}",
                routes=", ".join(f'"nats-route://{host}:{route}"' for route in others),
                tls=f'cert_file: "{shown.certificate}", key_file: "{shown.key}"',
                authority=shown.authority,
            ),
        )


_CONFIG: Final = """\
tls {{ {tls} }}
cluster {{
  name: lapor
  listen: "{listen}"
  routes: [{routes}]
  tls {{ {tls}, ca_file: "{authority}", verify: true }}
}}
"""
