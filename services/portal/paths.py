"""Where a sign-in goes on to: paths of this site, never another site's address."""

from urllib.parse import urlsplit


def own_path(path: str, otherwise: str) -> str:
    """The wanted path if it is one of this site. Browsers read over tabs and line ends, and take
    what follows two slashes of either kind for a host."""
    path = path if path.isprintable() else ""
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if safe and not parts.scheme and not parts.netloc else otherwise
