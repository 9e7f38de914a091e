"""The settings of a process, from its environment: `LAPOR_…` variables, read once."""

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.bus.addresses import parse_addresses, with_credentials
from shared.bus.credentials import parse_credentials


class Addresses(BaseSettings):
    """Addresses: data folder, host, ports, web addresses. No secrets; all have defaults."""

    model_config = SettingsConfigDict(
        env_prefix="LAPOR_",
        extra="ignore",
        frozen=True,
        validate_default=False,
        hide_input_in_errors=True,  # it may be half a secret
    )

    data_dir: Path = Path(".lapor")
    host: str = "127.0.0.1"
    portal_port: int = 8000
    intake_port: int = 8001
    routing_port: int = 8002
    followup_port: int = 8003
    reporting_port: int = 8004
    notification_port: int = 8005
    postgres_port: int = 5442
    nats_port: int = 4222
    nats_monitor_port: int = 8222
    postgres_servers: str = ""
    """`host:port`, several separated by commas, for the stack on this machine, whose processes
    connect by `database_url`. The same holds for `nats_servers` and `nats_url`."""
    nats_servers: str = ""
    temporal_port: int = 7233
    temporal_ui_port: int = 8233
    mailbox_port: int = 8025
    """The port at which the local stack shows every mail and text message; the next is that of
    their SMTP server."""
    mailbox_smtp_port: int = 1025

    public_base_url: str = ""
    """The portal's address as people see it, for links. Default: host and port, like the others."""
    intake_url: str = ""
    routing_url: str = ""
    followup_url: str = ""
    reporting_url: str = ""
    notification_url: str = ""
    partner_nats_url: str = ""
    """The address at which partner systems reach NATS, shown in the AsyncAPI document:
    `tls://host:port`."""
    temporal_address: str = ""
    temporal_namespace: str = "default"
    temporal_tls: bool = False
    temporal_tls_ca: Path | None = None
    """The certificate of your own authority that signed the server's. This and the next two are
    files; naming any of them means `temporal_tls`."""
    temporal_tls_certificate: Path | None = None
    """Our certificate, if the server wants its clients to identify themselves; with its key."""
    temporal_tls_key: Path | None = None
    smtp_url: str = ""
    """The server that takes our mail: `smtp://host:port` (encrypted by STARTTLS if the server has
    it), `smtp+starttls://…` (never without) or `smtps://…` (TLS from the first byte). Default: the
    local stack's mailbox."""
    sms_gateway_url: str = ""
    """The gateway that takes our text messages (docs/integrating/sms-gateway.md), or `none`.
    Default: the local stack's stand-in."""
    storage_url: str = ""
    """Where attachments are kept: `file:///…` (default: under `data_dir`) or `s3://…`."""
    backup_dir: Path = Path()
    """The folder of backups (default: under `data_dir`), better on another machine's disk."""

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, values: dict[str, object]) -> dict[str, object]:
        values = {name: value for name, value in values.items() if not _injected(name, value)}

        def value(name: str) -> object:
            return values.get(name, cls.model_fields[name].default)

        data_dir, host = Path(str(value("data_dir"))).resolve(), value("host")
        derived: dict[str, object] = {
            "public_base_url": f"http://{host}:{value('portal_port')}",
            "intake_url": f"http://{host}:{value('intake_port')}",
            "routing_url": f"http://{host}:{value('routing_port')}",
            "followup_url": f"http://{host}:{value('followup_port')}",
            "reporting_url": f"http://{host}:{value('reporting_port')}",
            "postgres_servers": f"{host}:{value('postgres_port')}",
            "nats_servers": f"nats://{host}:{value('nats_port')}",
            "notification_url": f"http://{host}:{value('notification_port')}",
            "smtp_url": f"smtp://{host}:{value('mailbox_smtp_port')}",
            "sms_gateway_url": f"http://{host}:{value('mailbox_port')}/sms/messages",
            "partner_nats_url": f"nats://{host}:{value('nats_port')}",
            "temporal_address": f"{host}:{value('temporal_port')}",
            "storage_url": (data_dir / "attachments").as_uri(),
            "backup_dir": data_dir / "backups",
        }
        return derived | {k: v for k, v in values.items() if v != ""} | {"data_dir": data_dir}


def _injected(name: str, value: object) -> bool:
    """Whether Kubernetes set this variable.

    Beside a Service `lapor-intake` every container gets `LAPOR_INTAKE_PORT=tcp://10.0.0.7:8001`,
    which is no setting of ours.
    """
    return name.endswith("_port") and isinstance(value, str) and "://" in value


class Settings(Addresses):
    """All settings of a service, the worker or the relay.

    Secrets have no default. Each process gets those that `SECRETS_OF` lists for it, and refuses to
    start without one. The local stack generates them at its first start.
    """

    database_url: str = Field(default="", repr=False)
    """The address with the role of this process:
    `postgresql+psycopg://role:password@host:port/lapor`; for a primary with standbys
    `…@one:5432,two:5432/lapor`. Empty: no database (the portal)."""
    nats_url: str = Field(default="", repr=False)
    """`nats://host:port`, several nodes of a cluster separated by commas. Empty: no NATS. The
    credentials are in `nats_creds`, or here, as `nats://<JWT>:<seed>@host:port`."""
    nats_creds: str = Field(default="", repr=False)
    """This process's NATS user: `<JWT>:<seed>`, the content of a `.creds` file, or its path. It is
    put into `nats_url` and replaces the credentials there."""
    nats_replicas: int = Field(default=1, ge=1, le=5)
    """On how many NATS nodes `lapor migrate` keeps each stream; a stream stays on more if it is
    there."""
    nats_operator_keys: str = Field(default="", repr=False)
    """This and the next four are only for `lapor nats` and `lapor partner`. Seeds (`SO…`),
    comma-separated; the first signs accounts, servers trust all."""
    nats_system_account: str = ""
    """NATS's system account (`A…`)."""
    nats_system_keys: str = Field(default="", repr=False)
    """Its signing keys' seeds (`SA…`), as above."""
    nats_account: str = ""
    """Our account (`A…`). It never changes: the streams are kept under this name."""
    nats_account_keys: str = Field(default="", repr=False)
    """Its signing keys' seeds, as above: they sign users' credentials."""
    backup_recipient: str = ""
    """`age1…` (`lapor backup key`): the key to which the secrets of a backup are sealed. Empty: a
    backup contains no secrets."""
    backup_every_hours: float = Field(default=24, gt=0)
    """How often `lapor backup keep` takes a whole backup."""
    backup_keep_days: float = Field(default=14, gt=0)
    """How far back a restore can go."""
    partner_max_connections: int = Field(default=16, ge=1)
    """How many connections a partner may have on each NATS node, what it may subscribe to, and the
    largest message in bytes. `lapor nats push` puts a change into effect."""
    partner_max_subscriptions: int = Field(default=200, ge=10)
    partner_max_message: int = Field(default=1024 * 1024, ge=1024)
    staff_signing_key: str = Field(default="", repr=False, min_length=43)
    """Ed25519, 32 bytes in base64url (`lapor keys make`): routing signs access tokens with it."""
    staff_public_keys: str = Field(default="", min_length=43)
    """The public keys that verify them, comma-separated: during a change of keys, the former one
    too."""
    reporter_signing_key: str = Field(default="", repr=False, min_length=43)
    """The same for intake, which signs reporters' tokens."""
    reporter_public_keys: str = Field(default="", min_length=43)
    identity_keys: str = Field(default="", repr=False, min_length=44)
    """Fernet keys, comma-separated; the first encrypts, all decrypt."""
    blind_index_key: str = Field(default="", repr=False, min_length=32)
    sms_secret: str = Field(default="", repr=False, min_length=16)
    sms_gateway_secret: str = Field(default="", repr=False, min_length=16)
    """The secret that signs our requests to the gateway, and its reports of deliveries."""
    sms_codes_per_hour: int = Field(default=2_000, ge=1)
    """The most text messages with a code in an hour, to all numbers together and to those of one
    prefix. It limits what somebody can cost us by asking for codes to their own numbers."""
    sms_codes_per_prefix: int = Field(default=200, ge=1)
    smtp_username: str = ""
    smtp_password: str = Field(default="", repr=False)
    """The user name and password for the mail server, if it needs them."""
    mail_from: str = "LAPOR! <kabar@lapor.example>"
    """The sender address of our mail."""
    cookie_secret: str = Field(default="", repr=False, min_length=32)
    """The key that seals the portal's cookies."""
    operations_port: int = 0
    """The port at which each process answers /healthz, /readyz and /metrics. 0: any free port,
    which its log names. Not for the public."""
    drain_seconds: float = Field(default=0, ge=0, le=60)
    """How long a stopping service refuses /healthz and goes on serving, so that a load balancer
    sends nothing more when it stops. The time must be longer than the interval of the checks."""
    second_factor_required: bool = True
    """Whether pusat needs a second factor to sign in. The local stack does not require it."""
    worker_version: str = Field(default="", pattern=r"[A-Za-z0-9_.+-]*")
    """For the worker: its version in Temporal's worker deployment `lapor`. It gets work after
    `lapor workers use`. Empty: every worker gets work at once, whatever its version."""
    temporal_api_key: str | None = Field(default=None, repr=False)
    """The key for a cluster that requires one; means `temporal_tls`."""
    x_api_base_url: str = "https://api.x.com"
    x_api_token: str | None = Field(default=None, repr=False)
    """None: the X API is not configured, and an admin pastes the post instead."""
    open_data_licence: str = ""
    """The terms of the open data, in words. Empty: no terms, and the description says so."""
    open_data_licence_url: str | None = None
    """The address of these terms, such as https://creativecommons.org/licenses/by/4.0/."""
    open311_jurisdiction: str = "lapor.go.id"
    """Open311's only `jurisdiction_id`, for clients that send one."""
    webhooks_to_private_addresses: bool = False
    """Whether webhooks may go to addresses that are not on the internet, and over plain http."""

    @model_validator(mode="before")
    @classmethod
    def _nats_user(cls, values: dict[str, object]) -> dict[str, object]:
        url, credentials = str(values.get("nats_url", "")), str(values.get("nats_creds", ""))
        if url and credentials:
            with suppress(ValueError):  # the fields' own validators say it, by name
                values = values | {
                    "nats_url": with_credentials(url, parse_credentials(credentials))
                }
        return values

    @field_validator("nats_url")
    @classmethod
    def _nats_addresses(cls, url: str) -> str:
        if url:
            parse_addresses(url)
        return url

    @field_validator("nats_creds")
    @classmethod
    def _nats_credentials(cls, credentials: str) -> str:
        if credentials:
            parse_credentials(credentials)
        return credentials


_SERVICE = ("staff_public_keys", "reporter_public_keys", "identity_keys", "blind_index_key")
SECRETS_OF: dict[str, tuple[str, ...]] = {
    "intake": (*_SERVICE, "reporter_signing_key", "sms_secret"),
    "routing": (*_SERVICE, "staff_signing_key"),
    "followup": _SERVICE,
    "reporting": _SERVICE,
    "notification": (*_SERVICE, "sms_gateway_secret"),
    "downloads": ("identity_keys",),
    "portal": ("cookie_secret",),
    "worker": ("identity_keys",),
    "relay": (),
    "backup": (),
}
"""The settings that each process needs and no other may know: secrets, and the public keys with
which it verifies tokens."""


AUTHORITY: Final = (
    "nats_operator_keys",
    "nats_system_account",
    "nats_system_keys",
    "nats_account",
    "nats_account_keys",
)
"""The settings for commands that give partners and processes access to NATS; no process needs
them."""


class SecretMissing(Exception):
    """A process was started without a secret that it needs."""


@cache
def settings(process: str) -> Settings:
    """The settings of this process.

    Raises `SecretMissing`, which names what is missing, and pydantic's `ValidationError`, which
    names what is invalid.
    """
    own = Settings()
    missing = [f"LAPOR_{name.upper()}" for name in SECRETS_OF[process] if not getattr(own, name)]
    if missing:
        raise SecretMissing(f"{process} needs {', '.join(missing)}")
    return own
