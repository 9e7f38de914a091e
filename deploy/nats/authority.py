"""The keys that give access to NATS: they sign accounts, users and what partners may import."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import nkeys

from deploy.errors import StackError
from deploy.nats import tokens
from deploy.nats.permissions import permissions
from deploy.nats.tokens import (
    NO_LIMIT,
    AccountClaims,
    AccountLimits,
    Export,
    Kind,
    Permission,
    UserClaims,
)
from shared.bus.credentials import UserCredentials
from shared.bus.streams import PARTNERS
from shared.settings import AUTHORITY, Settings

_NEXT: Final = f"$JS.API.CONSUMER.MSG.NEXT.{PARTNERS.name}"
_INFO: Final = f"$JS.API.CONSUMER.INFO.{PARTNERS.name}"
_EVERYTHING: Final[AccountLimits] = {
    "subs": NO_LIMIT,
    "data": NO_LIMIT,
    "payload": NO_LIMIT,
    "imports": NO_LIMIT,
    "exports": NO_LIMIT,
    "wildcards": True,
    "conn": NO_LIMIT,
    "leaf": NO_LIMIT,
}
_JETSTREAM: Final[AccountLimits] = {
    "mem_storage": NO_LIMIT,
    "disk_storage": NO_LIMIT,
    "streams": NO_LIMIT,
    "consumer": NO_LIMIT,
}
_ERRAND: Final = 600
"""Seconds for which a user of the system account, made for one command, is valid."""


def _private(kind: Literal["service", "stream"], subject: str, *, streams: bool = False) -> Export:
    export: Export = {"name": subject, "subject": subject, "type": kind, "token_req": True}
    if streams:
        export["response_type"] = "Stream"
    return export


EXPORTS: Final = (
    _private("service", "lapor.v1.ingest.*.*"),
    _private("stream", "lapor.v1.partner.*.*"),
    _private("service", f"{_NEXT}.*", streams=True),
    _private("service", f"{_INFO}.*"),
    _private("service", f"$JS.ACK.{PARTNERS.name}.*.>"),
)
"""What our account exports, only to holders of a token for exactly their own subjects."""


@dataclass(frozen=True)
class Authority:
    """The seeds of the keys, of which the first signs and all are accepted, and the names of both
    accounts, which never change: our streams are stored under ours. An account's own seed is
    discarded when it is made."""

    operator: tuple[str, ...] = field(repr=False)
    system_account: str
    system: tuple[str, ...] = field(repr=False)
    account: str
    account_keys: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Authority":
        """Return the authority of these settings. Raises `StackError` naming what is missing or not
        a key."""
        values = {name: str(getattr(settings, name)) for name in AUTHORITY}
        if missing := [f"LAPOR_{name.upper()}" for name, value in values.items() if not value]:
            raise StackError(
                f"This needs {', '.join(missing)}: the keys of NATS's operator "
                "(`lapor nats keys` makes them)."
            )
        return cls(
            _seeds("LAPOR_NATS_OPERATOR_KEYS", "operator", values["nats_operator_keys"]),
            values["nats_system_account"],
            _seeds("LAPOR_NATS_SYSTEM_KEYS", "account", values["nats_system_keys"]),
            values["nats_account"],
            _seeds("LAPOR_NATS_ACCOUNT_KEYS", "account", values["nats_account_keys"]),
        )

    def operators(self) -> list[str]:
        """Return the operators that servers trust, as tokens: one for each operator's key."""
        claims: tokens.OperatorClaims = {"type": "operator", "system_account": self.system_account}
        return [
            tokens.sign(seed, claims, subject=tokens.public_key(seed), name="lapor")
            for seed in self.operator
        ]

    def accounts(self) -> dict[str, str]:
        """Return the tokens of the system account and ours, by name."""
        system: AccountClaims = {
            "type": "account",
            "limits": _EVERYTHING,
            "signing_keys": [tokens.public_key(seed) for seed in self.system],
        }
        claims: AccountClaims = {
            "type": "account",
            "limits": _EVERYTHING | _JETSTREAM,
            "signing_keys": [tokens.public_key(seed) for seed in self.account_keys],
            "exports": list(EXPORTS),
        }
        return {
            self.system_account: self.sign_account(self.system_account, "SYS", system),
            self.account: self.sign_account(self.account, "LAPOR", claims),
        }

    def server_config(self) -> str:
        """Return what every node of the cluster has in its configuration. It holds no secret."""
        operators = ", ".join(f'"{token}"' for token in self.operators())
        accounts = "\n".join(f'  {name}: "{token}"' for name, token in self.accounts().items())
        return (
            f"operator: [{operators}]\nsystem_account: {self.system_account}\n"
            f"resolver_preload: {{\n{accounts}\n}}\n"
        )

    def sign_account(
        self, account: str, name: str, claims: AccountClaims, issued_at: int | None = None
    ) -> str:
        """Return an account's token, signed by the operator."""
        return tokens.sign(
            self.operator[0], claims, subject=account, name=name, issued_at=issued_at
        )

    def user(self, name: str) -> UserCredentials:
        """Return a new user of our account, with the permissions of `permissions`."""
        publish, subscribe = permissions(name)
        return new_user(self.account_keys[0], self.account, name, publish, subscribe)

    def system_user(self) -> UserCredentials:
        """Return a user of the system account that is valid for some minutes."""
        until = int(time.time()) + _ERRAND
        return new_user(self.system[0], self.system_account, "lapor", {}, {}, until)

    def activation(self, account: str, kind: Literal["service", "stream"], subject: str) -> str:
        """Return the token by which `account` may import this subject of ours."""
        claims: tokens.ActivationClaims = {
            "type": "activation",
            "subject": subject,
            "kind": kind,
            "issuer_account": self.account,
        }
        return tokens.sign(self.account_keys[0], claims, subject=account, name=subject)


def new_authority() -> dict[str, str]:
    """Return the settings of a new authority, by environment variable."""
    return {
        "LAPOR_NATS_OPERATOR_KEYS": tokens.new_seed("operator"),
        "LAPOR_NATS_SYSTEM_ACCOUNT": tokens.public_key(tokens.new_seed("account")),
        "LAPOR_NATS_SYSTEM_KEYS": tokens.new_seed("account"),
        "LAPOR_NATS_ACCOUNT": tokens.public_key(tokens.new_seed("account")),
        "LAPOR_NATS_ACCOUNT_KEYS": tokens.new_seed("account"),
    }


def from_variables(variables: Mapping[str, str]) -> Authority:
    """Return the authority of these environment variables."""
    return Authority.of(
        Settings.model_validate({name: variables[f"LAPOR_{name.upper()}"] for name in AUTHORITY})
    )


def new_user(
    seed: str,
    account: str,
    name: str,
    publish: Permission,
    subscribe: Permission,
    expires_at: int | None = None,
) -> UserCredentials:
    """Return a user with a new key, of the account to which the signing key `seed` belongs."""
    own = tokens.new_seed("user")
    claims: UserClaims = {
        "type": "user",
        "issuer_account": account,
        "subs": NO_LIMIT,
        "data": NO_LIMIT,
        "payload": NO_LIMIT,
        "pub": publish,
        "sub": subscribe,
    }
    subject = tokens.public_key(own)
    token = tokens.sign(seed, claims, subject=subject, name=name, expires_at=expires_at)
    return UserCredentials(token, own)


def _seeds(variable: str, kind: Kind, value: str) -> tuple[str, ...]:
    seeds = tuple(part.strip() for part in value.split(",") if part.strip())
    prefix = {"operator": "O", "account": "A", "user": "U"}[kind]
    for seed in seeds:
        try:
            public = tokens.public_key(seed)
        except (nkeys.NkeysError, ValueError):
            public = ""
        if not public.startswith(prefix):
            raise StackError(f"{variable} has something that is no {kind} seed (S{prefix}…)")
    return seeds
