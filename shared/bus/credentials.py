"""A NATS user's credentials: the JWT with its identity and permissions, and the key's seed."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_SEED = re.compile(r"\bSU[A-Z2-7]{56}\b")


@dataclass(frozen=True)
class UserCredentials:
    """Credentials of a user. `token` by itself is no secret: the server also needs a signature with
    `seed`."""

    token: str
    seed: str = field(repr=False)

    def __str__(self) -> str:
        """Both on one line, for a variable: `<JWT>:<seed>`."""
        return f"{self.token}:{self.seed}"

    @property
    def file(self) -> str:
        """The text of a `.creds` file, as every NATS client reads it."""
        return (
            f"-----BEGIN NATS USER JWT-----\n{self.token}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{self.seed}\n------END USER NKEY SEED------\n"
        )


def parse_credentials(text: str) -> UserCredentials:
    """Read `<JWT>:<seed>`, the content of a `.creds` file, or the path of such a file.

    Raises `ValueError`, which quotes nothing that may be a secret.
    """
    token, seed = _TOKEN.search(text), _SEED.search(text)
    if token and seed:
        return UserCredentials(token.group(), seed.group())
    if token or seed or "\n" in text:
        raise ValueError("NATS credentials need a user's JWT and its seed (SU…)")
    try:
        content = Path(text).read_text()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(f"the file of NATS credentials cannot be read: {reason}") from None
    return parse_credentials(content + "\n")
