"""The part of nats-server's configuration that partners have: an account each, pinned subjects."""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from shared.bus.streams import INGEST_KINDS, PARTNER_KINDS, PARTNERS

_NEXT = f"$JS.API.CONSUMER.MSG.NEXT.{PARTNERS.name}"
_INFO = f"$JS.API.CONSUMER.INFO.{PARTNERS.name}"
_ACK = f"$JS.ACK.{PARTNERS.name}"

LAPOR_EXPORTS: Final = f"""\
exports: [
      {{ service: "lapor.v1.ingest.*.*", account_token_position: 4 }}
      {{ stream: "lapor.v1.partner.*.*", account_token_position: 4 }}
      {{ service: "{_NEXT}.*", account_token_position: 7, response_type: stream }}
      {{ service: "{_INFO}.*", account_token_position: 6 }}
      {{ service: "{_ACK}.*.>", account_token_position: 4 }}
    ]"""
"""What account LAPOR offers. The token at the given position must be the importing account's name,
so that no account, whatever its configuration says, can import another partner's subjects."""

API_PREFIX: Final = "lapor.v1.api"
"""The JetStream API prefix a partner's client is given. The usual `$JS.API` would be answered by
the partner's own account too: that it has no JetStream."""

MAX_CONNECTIONS: Final = 16
MAX_SUBSCRIPTIONS: Final = 200


def partners_conf(nkeys: Mapping[str, str]) -> str:
    """The accounts of these partners (system → public user nkey), for inclusion in `accounts`."""
    return "".join(_account(system, nkeys[system]) for system in sorted(nkeys))


def write_partners_conf(path: Path, nkeys: Mapping[str, str]) -> None:
    """Replace the file in one step: a server that reads it meanwhile sees the old or the new."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w") as file:
        file.write(partners_conf(nkeys))
    Path(name).replace(path)


def publish_subjects(system: str) -> list[str]:
    """Where a partner sends reports and what its reporters say about them."""
    return [f"lapor.v1.ingest.{system}.{kind}" for kind in INGEST_KINDS]


def read_subjects(system: str) -> list[str]:
    """Where a partner's receipts and events appear; the durable consumer keeps them too."""
    return [f"lapor.v1.partner.{system}.{kind}" for kind in PARTNER_KINDS]


def _account(system: str, nkey: str) -> str:
    pull = [f"{_NEXT}.{system}", f"{_INFO}.{system}"]
    # What the partner calls it → what it is.
    services = {subject: subject for subject in [*publish_subjects(system), f"{_ACK}.{system}.>"]}
    services |= {subject.replace("$JS.API", API_PREFIX): subject for subject in pull}
    reads = f"lapor.v1.partner.{system}.*"
    imports = "\n".join(
        f'    {{ service: {{ account: LAPOR, subject: "{there}" }}, to: "{here}" }}'
        for here, there in services.items()
    )
    return f"""\
"{system}" {{
  limits: {{ max_connections: {MAX_CONNECTIONS}, max_subscriptions: {MAX_SUBSCRIPTIONS} }}
  users: [{{
    nkey: {nkey}
    permissions: {{
      publish: {{ allow: {_list(services)} }}
      subscribe: {{ allow: {_list(["_INBOX.>", reads])} }}
    }}
  }}]
  imports: [
{imports}
    {{ stream: {{ account: LAPOR, subject: "{reads}" }} }}
  ]
}}
"""


def _list(subjects: Iterable[str]) -> str:
    return json.dumps(list(subjects))
