"""The secrets in a backup. They are sealed to a key that is kept elsewhere, in the format of `age`,
so that its own program also opens them: `age --decrypt -i key.txt 20261129T132000Z.age`."""

import os
from collections.abc import Mapping
from pathlib import Path

import pyrage

from deploy.credentials import SECRETS
from deploy.errors import StackError
from shared.settings import AUTHORITY, Addresses

_NAMES = frozenset(f"LAPOR_{name.upper()}" for name in (*SECRETS, *AUTHORITY))


def new_key() -> tuple[str, str]:
    """Return a new pair: the key that opens (`AGE-SECRET-KEY-…`) and the one that seals
    (`age1…`)."""
    key = pyrage.x25519.Identity.generate()
    return str(key), str(key.to_public())


def secrets_at_hand(addresses: Addresses, environment: Mapping[str, str] = os.environ) -> bytes:
    """Return the secrets that this command can see, as lines `NAME=value`: those of the stack on
    this machine, else those in the environment; empty if there are none."""
    of_stack = addresses.data_dir / "secrets.env"
    if of_stack.exists():
        return of_stack.read_bytes()
    names = sorted(_NAMES & environment.keys())
    return "".join(f"{name}={environment[name]}\n" for name in names).encode()


def seal(content: bytes, recipient: str) -> bytes:
    """Return the sealed content. Raises StackError if the setting is not a recipient."""
    try:
        return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)]))
    except pyrage.RecipientError:
        raise StackError("LAPOR_BACKUP_RECIPIENT is none: it begins with age1.") from None


def unseal(sealed: Path, key_file: Path) -> bytes:
    """Return the content, opened with a file that has the key on its own line. Raises
    StackError."""
    lines = [line.strip() for line in key_file.read_text().splitlines()]
    keys = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
    if not keys:
        raise StackError(f"There is no AGE-SECRET-KEY-… in {key_file}.")
    try:
        identities = [pyrage.x25519.Identity.from_str(key) for key in keys]
        return bytes(pyrage.decrypt(sealed.read_bytes(), identities))
    except (pyrage.IdentityError, pyrage.DecryptError) as error:
        raise StackError(f"{key_file} does not open {sealed}: {error}") from None
