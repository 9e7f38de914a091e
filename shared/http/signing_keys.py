"""The keys of access tokens: routing signs for staff, intake for reporters, all verify."""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class KeyRefused(ValueError):
    """A key is invalid, or is not among those that verify; the message names the setting."""


class KeyRing:
    """The keys of one issuer: every process can verify, the issuer's own process also has the one
    that signs.

    Each is 32 bytes of Ed25519 in base64url; public keys are separated by commas. `setting` and
    `signing_setting` name the settings they come from.
    """

    def __init__(self, *, public: str, signing: str, setting: str, signing_setting: str) -> None:
        self.verifying: Mapping[str, Ed25519PublicKey] = {
            _key_id(raw): _public(raw, setting)
            for raw in (_bytes(key, setting) for key in public.split(",") if key.strip())
        }
        self.signing: tuple[str, Ed25519PrivateKey] | None = None
        if signing:
            key = Ed25519PrivateKey.from_private_bytes(_bytes(signing, signing_setting))
            key_id = _key_id(_raw(key))
            if key_id not in self.verifying:
                own = public_key_of(signing)
                raise KeyRefused(f"{signing_setting}: its public key {own} is not in {setting}")
            self.signing = key_id, key


def new_signing_key() -> str:
    """A new secret key, in the form of the settings."""
    return _written(Ed25519PrivateKey.generate().private_bytes_raw())


def public_key_of(signing: str) -> str:
    """The public key that verifies a secret key's signatures, in the form of the settings."""
    return _written(_raw(Ed25519PrivateKey.from_private_bytes(_bytes(signing, "the signing key"))))


def key_id_of(public: str) -> str:
    """The `kid` in the header of tokens that this public key verifies."""
    return _key_id(_bytes(public, "the public key"))


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _public(raw: bytes, setting: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise KeyRefused(f"{setting}: not an Ed25519 key") from None


def _key_id(public: bytes) -> str:
    return _written(hashlib.sha256(public).digest())[:16]


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(written: str, setting: str) -> bytes:
    """The bytes of a written key. The error message quotes nothing of it, as it may be secret."""
    try:
        raw = base64.b64decode(written.strip().rstrip("=") + "=", "-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _LENGTH:
        raise KeyRefused(f"{setting}: not {_LENGTH} bytes in base64url; see `lapor keys make`")
    return raw


_LENGTH = 32
