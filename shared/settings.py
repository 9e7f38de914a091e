"""What a process is told by its environment: `LAPOR_…` variables, read once."""

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.bus.addresses import parse_addresses, with_credentials
from shared.bus.credentials import parse_credentials


class Addresses(BaseSettings):
    """Where things are: data folder, host, ports, web addresses. No secrets; all have defaults."""

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
    """`host:port`, several separated by commas: of the stack on this machine, which tells its
    processes by `database_url`. Likewise `nats_servers` and `nats_url`."""
    nats_servers: str = ""
    temporal_port: int = 7233
    temporal_ui_port: int = 8233
    mailbox_port: int = 8025
    """Where the local stack shows every mail and text message; their SMTP server is at the next."""
    mailbox_smtp_port: int = 1025

    public_base_url: str = ""
    """The portal's address as people see it, for links. Default: host and port, as for the rest."""
    intake_url: str = ""
    routing_url: str = ""
    followup_url: str = ""
    reporting_url: str = ""
    notification_url: str = ""
    partner_nats_url: str = ""
    """Where partner systems reach NATS, as the AsyncAPI document tells them: `tls://host:port`."""
    temporal_address: str = ""
    temporal_namespace: str = "default"
    temporal_tls: bool = False
    temporal_tls_ca: Path | None = None
    """The certificate of an authority of one's own that signed the server's. This and the next two
    are files; naming any of them means `temporal_tls`."""
    temporal_tls_certificate: Path | None = None
    """Ours, where the server wants its clients to prove who they are; with the key."""
    temporal_tls_key: Path | None = None
    smtp_url: str = ""
    """Who takes our mail: `smtp://host:port` (encrypted by STARTTLS where the server has it),
    `smtp+starttls://…` (never without) or `smtps://…` (TLS from the first byte). Default: the local
    stack's mailbox."""
    sms_gateway_url: str = ""
    """Who takes our text messages (docs/integrating/sms-gateway.md), or `none`. Default: the local
    stack's stand-in."""
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
    """Whether Kubernetes put this here: beside a Service `lapor-intake` every container is told
    `LAPOR_INTAKE_PORT=tcp://10.0.0.7:8001`, which is no setting of ours."""
    return name.endswith("_port") and isinstance(value, str) and "://" in value


class Settings(Addresses):
    """All that a service, the worker or the relay can be told.

    Secrets have no default; each process is given those in `SECRETS_OF` it, and refuses to start
    without one. The local stack generates them at its first start.
    """

    database_url: str = Field(default="", repr=False)
    """With the role of this process: `postgresql+psycopg://role:password@host:port/lapor`, a
    primary with its standbys `…@one:5432,two:5432/lapor`. Empty: no database (the portal)."""
    nats_url: str = Field(default="", repr=False)
    """`nats://host:port`, several nodes of a cluster separated by commas. Empty: as above. The
    credentials are in `nats_creds`, or here, as `nats://<JWT>:<seed>@host:port`."""
    nats_creds: str = Field(default="", repr=False)
    """This process's user of NATS: `<JWT>:<seed>`, what a `.creds` file holds, or its path. Read
    into `nats_url`, instead of what stands there."""
    nats_replicas: int = Field(default=1, ge=1, le=5)
    """On how many NATS nodes `lapor migrate` has each stream kept; never fewer than they are on."""
    nats_operator_keys: str = Field(default="", repr=False)
    """For `lapor nats` and `lapor partner` alone, with the next four: seeds (`SO…`),
    comma-separated; the first signs accounts, servers believe all."""
    nats_system_account: str = ""
    """NATS's system account (`A…`)."""
    nats_system_keys: str = Field(default="", repr=False)
    """Its signing keys' seeds (`SA…`), as above."""
    nats_account: str = ""
    """Our account (`A…`). It stays for ever: the streams are kept under this name."""
    nats_account_keys: str = Field(default="", repr=False)
    """Its signing keys' seeds, as above: they sign users' credentials."""
    backup_recipient: str = ""
    """`age1…` (`lapor backup key`): to whom its secrets are sealed. Empty: none are in it."""
    backup_every_hours: float = Field(default=24, gt=0)
    """How often `lapor backup keep` takes a whole backup."""
    backup_keep_days: float = Field(default=14, gt=0)
    """How far back a restore can go."""
    partner_max_connections: int = Field(default=16, ge=1)
    """How many connections a partner may have on each NATS node, what it may subscribe to, and
    the largest message in bytes: `lapor nats push` has a change take effect."""
    partner_max_subscriptions: int = Field(default=200, ge=10)
    partner_max_message: int = Field(default=1024 * 1024, ge=1024)
    staff_signing_key: str = Field(default="", repr=False, min_length=43)
    """Ed25519, 32 bytes in base64url (`lapor keys make`): routing signs access tokens with it."""
    staff_public_keys: str = Field(default="", min_length=43)
    """What verifies them, comma-separated: while keys change, the former one too."""
    reporter_signing_key: str = Field(default="", repr=False, min_length=43)
    """As above, of intake, for reporters' tokens."""
    reporter_public_keys: str = Field(default="", min_length=43)
    identity_keys: str = Field(default="", repr=False, min_length=44)
    """Fernet keys, comma-separated; the first encrypts, all decrypt."""
    blind_index_key: str = Field(default="", repr=False, min_length=32)
    sms_secret: str = Field(default="", repr=False, min_length=16)
    sms_gateway_secret: str = Field(default="", repr=False, min_length=16)
    """Signs what we hand to the gateway, and what it tells us of deliveries."""
    sms_codes_per_hour: int = Field(default=2_000, ge=1)
    """Text messages with a code that may be sent within an hour, to all numbers together, and to
    those of one prefix: what somebody may cost us who asks for codes to numbers of their own."""
    sms_codes_per_prefix: int = Field(default=200, ge=1)
    smtp_username: str = ""
    smtp_password: str = Field(default="", repr=False)
    """Of who takes our mail, where it asks for them."""
    mail_from: str = "LAPOR! <kabar@lapor.example>"
    """The sender of our mail."""
    cookie_secret: str = Field(default="", repr=False, min_length=32)
    """Seals the portal's cookies."""
    operations_port: int = 0
    """Where each process answers /healthz, /readyz and /metrics. 0: any free port, which its log
    names. Not for the public."""
    drain_seconds: float = Field(default=0, ge=0, le=60)
    """How long a service that was told to stop says no to /healthz and goes on serving, so that
    what stands in front sends nothing more when it stops. Longer than that asks /healthz."""
    second_factor_required: bool = True
    """Whether pusat needs a second factor to sign in. The local stack does without."""
    worker_version: str = Field(default="", pattern=r"[A-Za-z0-9_.+-]*")
    """Of the worker: its version in Temporal's worker deployment `lapor`. It gets work when
    `lapor workers use` says so. Empty: every worker gets work at once, whatever its version."""
    temporal_api_key: str | None = Field(default=None, repr=False)
    """Where the cluster lets in by keys; means `temporal_tls`."""
    x_api_base_url: str = "https://api.x.com"
    x_api_token: str | None = Field(default=None, repr=False)
    """None: the X API is not configured, an admin pastes the post instead."""
    open_data_licence: str = ""
    """The terms of the open data, in words. Empty: none declared, the description says so."""
    open_data_licence_url: str | None = None
    """Where these terms are, such as https://creativecommons.org/licenses/by/4.0/."""
    open311_jurisdiction: str = "lapor.go.id"
    """The one `jurisdiction_id` of Open311, for clients that send one."""
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
"""What each process must be told, and no other needs to know: secrets, and the public keys by which
it believes a token."""


AUTHORITY: Final = (
    "nats_operator_keys",
    "nats_system_account",
    "nats_system_keys",
    "nats_account",
    "nats_account_keys",
)
"""What the commands need that let partners and processes into NATS, and no process needs."""


class SecretMissing(Exception):
    """A process was started without a secret it needs."""


@cache
def settings(process: str) -> Settings:
    """The settings of this process. Raises `SecretMissing` naming what it lacks, and pydantic's
    ValidationError naming what makes no sense."""
    own = Settings()
    missing = [f"LAPOR_{name.upper()}" for name in SECRETS_OF[process] if not getattr(own, name)]
    if missing:
        raise SecretMissing(f"{process} needs {', '.join(missing)}")
    return own
