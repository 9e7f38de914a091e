"""Where a sign-in goes on to: paths of this site, never another site's address."""

from urllib.parse import urlsplit


def own_path(wanted: str, otherwise: str) -> str:
    """The wanted path if it is one of this site."""
    parts = urlsplit(wanted)
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if safe and not parts.scheme and not parts.netloc else otherwise
