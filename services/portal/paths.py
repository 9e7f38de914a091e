"""The paths to which a sign-in or a form returns: always of this site, never of another."""

from urllib.parse import urlsplit


def own_path(path: str, otherwise: str) -> str:
    """Return the path if it is one of this site, else `otherwise`. Browsers ignore tabs and line
    ends, and take what follows two slashes of either kind for a host."""
    path = path if path.isprintable() else ""
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if safe and not parts.scheme and not parts.netloc else otherwise


def own_list(address: str, otherwise: str) -> str:
    """Return the address if it is that of a list of reports in the panel, else `otherwise`."""
    own = own_path(address, otherwise)
    return own if urlsplit(own).path in _LISTS else otherwise


_LISTS = ("/panel", "/panel/tugas")
