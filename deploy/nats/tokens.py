"""The signed claims of NATS's operator mode: small JSON objects with an Ed25519 signature.

Names and shapes are those of version 2 of github.com/nats-io/jwt, which the server reads them with.
"""

import base64
import hashlib
import secrets
import time
from typing import Any, Final, Literal, NotRequired, TypedDict

import nkeys
import orjson

Kind = Literal["operator", "account", "user"]
NO_LIMIT: Final = -1

_PREFIXES: Final[dict[Kind, int]] = {
    "operator": nkeys.PREFIX_BYTE_OPERATOR,
    "account": nkeys.PREFIX_BYTE_ACCOUNT,
    "user": nkeys.PREFIX_BYTE_USER,
}


class Permission(TypedDict, total=False):
    """Lists of subjects. With `allow`, only those are allowed; without it, all except `deny`."""

    allow: list[str]
    deny: list[str]


class OperatorClaims(TypedDict):
    """The operator that servers trust to sign accounts."""

    type: Literal["operator"]
    system_account: str


class Export(TypedDict):
    """What an account exports, here always only to holders of an activation token."""

    name: str
    subject: str
    type: Literal["service", "stream"]
    token_req: bool
    response_type: NotRequired[Literal["Stream"]]


class Import(TypedDict):
    """What an account imports from another. `local_subject` is its name here."""

    name: str
    subject: str
    account: str
    token: str
    type: Literal["service", "stream"]
    local_subject: NotRequired[str]


class AccountLimits(TypedDict, total=False):
    """Limits of an account: `NO_LIMIT`, or a number; `payload` in bytes per message. A limit that
    is left out is zero."""

    subs: int
    data: int
    payload: int
    imports: int
    exports: int
    wildcards: bool
    conn: int
    leaf: int
    mem_storage: int
    disk_storage: int
    streams: int
    consumer: int


class AccountClaims(TypedDict):
    """The claims of an account. `signing_keys` may sign users and activations, as the account's own
    key may. `revocations` ends users (`*`: all) that were signed up to that time, in seconds since
    1970."""

    type: Literal["account"]
    limits: AccountLimits
    signing_keys: NotRequired[list[str]]
    exports: NotRequired[list[Export]]
    imports: NotRequired[list[Import]]
    revocations: NotRequired[dict[str, int]]


class UserClaims(TypedDict):
    """The claims of a user. `issuer_account` is the account to which the signing key belongs."""

    type: Literal["user"]
    issuer_account: str
    subs: int
    data: int
    payload: int
    pub: NotRequired[Permission]
    sub: NotRequired[Permission]


class ActivationClaims(TypedDict):
    """The claims by which an account (the token's subject) may import `subject` of
    `issuer_account`."""

    type: Literal["activation"]
    subject: str
    kind: Literal["service", "stream"]
    issuer_account: str


Claims = OperatorClaims | AccountClaims | UserClaims | ActivationClaims


def new_seed(kind: Kind) -> str:
    """Return the seed (`SO…`, `SA…`, `SU…`) of a new key."""
    return bytes(nkeys.encode_seed(secrets.token_bytes(32), _PREFIXES[kind])).decode()


def public_key(seed: str) -> str:
    """Return the public key: `O…`, `A…` or `U…`. Raises `nkeys.NkeysError` if the text is not a
    seed."""
    return bytes(nkeys.from_seed(bytearray(seed.encode())).public_key).decode()


def sign(
    seed: str,
    claims: Claims,
    *,
    subject: str,
    name: str,
    issued_at: int | None = None,
    expires_at: int | None = None,
) -> str:
    """Return a token with claims about `subject`, a public key, signed by the key of `seed`. Times
    are in seconds since 1970; servers keep the account token that was issued last."""
    body: dict[str, Any] = {
        "iat": int(time.time()) if issued_at is None else issued_at,
        "iss": public_key(seed),
        "name": name,
        "sub": subject,
        "nats": {**claims, "version": 2},
    }
    if expires_at is not None:
        body["exp"] = expires_at
    digest = hashlib.sha256(orjson.dumps(body)).digest()
    body["jti"] = base64.b32encode(digest).decode().rstrip("=")
    signed = f"{_HEADER}.{_encode(orjson.dumps(body))}"
    signature = nkeys.from_seed(bytearray(seed.encode())).sign(signed.encode())
    return f"{signed}.{_encode(signature)}"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


_HEADER: Final = _encode(b'{"typ":"JWT","alg":"ed25519-nkey"}')
