"""The local stack's secrets: generated at the first start, kept in `<data_dir>/secrets.env`."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.errors import StackError
from deploy.nats.authority import Authority, from_variables, new_authority
from deploy.nats.permissions import COMMANDS
from shared.http.signing_keys import new_signing_key, public_key_of
from shared.settings import AUTHORITY, SECRETS_OF, Addresses, Settings

ROLES = (
    "lapor_owner",
    "lapor_intake",
    "lapor_routing",
    "lapor_followup",
    "lapor_reporting",
    "lapor_notification",
    "lapor_worker",
    "lapor_relay",
    "lapor_backup",
)
KeyOwner = Literal["staff", "reporter"]
"""The people whose tokens a key signs."""
SECRETS = frozenset(name for names in SECRETS_OF.values() for name in names)
_AUTHORITY = frozenset(f"LAPOR_{name.upper()}" for name in AUTHORITY)


@dataclass(frozen=True)
class Credentials:
    """The secrets that one stack's processes share."""

    postgres: str
    """The superuser's password."""
    roles: dict[str, str]
    """The password of each Postgres role."""
    nats: Authority
    """The keys that give access to NATS."""
    demo: str
    """The password of the demo staff."""
    application: dict[str, str]
    """The secrets that are settings, by environment variable."""


def load_or_create(data_dir: Path) -> Credentials:
    """Read the stack's secrets. Missing ones are generated and added; only our user can read the
    file."""
    path = data_dir / "secrets.env"
    # Only for our user: the folder holds people's files and letters, and servers write files there
    # that everyone could read.
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    values = _read(path)
    if not _AUTHORITY & values.keys():  # new, or from before NATS had its own keys
        values = {k: v for k, v in values.items() if k not in _FORMER} | new_authority()
        _write(path, values)
    if missing := [name for name in _GENERATED if name not in values]:
        for name in missing:
            values[name] = _GENERATED[name](values)
        _write(path, values)
    return Credentials(
        postgres=values["POSTGRES_PASSWORD"],
        roles={role: values[f"{role.upper()}_PASSWORD"] for role in ROLES},
        nats=from_variables(values),
        demo=values["DEMO_PASSWORD"],
        application={name: values[name] for name in [*_APPLICATION, *sorted(_AUTHORITY)]},
    )


def rotate(data_dir: Path, owner: KeyOwner) -> None:
    """Add a new key, which signs from the next start on. The former one still verifies; those from
    earlier changes no longer do."""
    values = _read(data_dir / "secrets.env")
    signing, public = f"LAPOR_{owner.upper()}_SIGNING_KEY", f"LAPOR_{owner.upper()}_PUBLIC_KEYS"
    former = public_key_of(values[signing])
    values[signing] = new_signing_key()
    values[public] = f"{public_key_of(values[signing])},{former}"
    _write(data_dir / "secrets.env", values)


def environment(
    addresses: Addresses,
    credentials: Credentials,
    role: str | None,
    process: str = COMMANDS,
) -> dict[str, str]:
    """Return the variables of a process with its own secrets, or with all secrets for the commands
    that people run. With a role, they include the addresses of the database and of NATS, where each
    process has its own user."""
    secrets = SECRETS_OF[process] if process != COMMANDS else [*SECRETS, *AUTHORITY]
    variables = {
        f"LAPOR_{name.upper()}": str(value)
        for name, value in addresses.model_dump(exclude_none=True).items()
    }
    for name in secrets:
        variables[f"LAPOR_{name.upper()}"] = credentials.application[f"LAPOR_{name.upper()}"]
    variables["LAPOR_SECOND_FACTOR_REQUIRED"] = "false"  # the demo's people have no second factor
    if role is not None:
        database = f"{role}:{credentials.roles[role]}@{addresses.postgres_servers}/lapor"
        variables |= {
            "LAPOR_DATABASE_URL": f"postgresql+psycopg://{database}",
            "LAPOR_NATS_URL": addresses.nats_servers,
            "LAPOR_NATS_CREDS": str(credentials.nats.user(process)),
        }
    return variables


def stack_settings(role: str = "lapor_owner") -> Settings:
    """Return the settings for a command that a person runs: the environment's, else those of the
    local stack.

    Raises StackError if there are neither.
    """
    if "LAPOR_DATABASE_URL" in os.environ:
        return Settings()
    addresses = Addresses()
    if not (addresses.data_dir / "secrets.env").exists():
        raise StackError(
            f"No stack in {addresses.data_dir}: start one with `lapor up`, or set LAPOR_DATA_DIR, "
            "or LAPOR_DATABASE_URL and the other settings of a production system."
        )
    variables = environment(addresses, load_or_create(addresses.data_dir), role)
    return Settings.model_validate(
        {name.removeprefix("LAPOR_").lower(): value for name, value in variables.items()}
    )


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def _write(path: Path, values: Mapping[str, str]) -> None:
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    new.rename(path)


_Make = Callable[[Mapping[str, str]], str]
"""Makes a secret; earlier ones in the list exist already."""


def _random(_: Mapping[str, str]) -> str:
    return secrets.token_hex(32)


def _fernet_key(_: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _signing_key(_: Mapping[str, str]) -> str:
    return new_signing_key()


def _public_key(signing: str) -> _Make:
    return lambda values: public_key_of(values[signing])


_APPLICATION: dict[str, _Make] = {
    "LAPOR_STAFF_SIGNING_KEY": _signing_key,
    "LAPOR_STAFF_PUBLIC_KEYS": _public_key("LAPOR_STAFF_SIGNING_KEY"),
    "LAPOR_REPORTER_SIGNING_KEY": _signing_key,
    "LAPOR_REPORTER_PUBLIC_KEYS": _public_key("LAPOR_REPORTER_SIGNING_KEY"),
    "LAPOR_IDENTITY_KEYS": _fernet_key,
    "LAPOR_BLIND_INDEX_KEY": _random,
    "LAPOR_SMS_SECRET": _random,
    "LAPOR_SMS_GATEWAY_SECRET": _random,
    "LAPOR_COOKIE_SECRET": _random,
}
_FORMER = {"NATS_PASSWORD", "NATS_SYSTEM_PASSWORD"}
_GENERATED: dict[str, _Make] = {
    "POSTGRES_PASSWORD": _random,
    **{f"{role.upper()}_PASSWORD": _random for role in ROLES},
    "DEMO_PASSWORD": lambda _: secrets.token_urlsafe(9),
    **_APPLICATION,
}
