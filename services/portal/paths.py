"""Where a sign-in goes on to and a form leads back to: paths of this site, never another site's
address."""

from urllib.parse import urlsplit


def own_path(path: str, otherwise: str) -> str:
    """The wanted path if it is one of this site. Browsers read over tabs and line ends, and take
    what follows two slashes of either kind for a host."""
    path = path if path.isprintable() else ""
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if safe and not parts.scheme and not parts.netloc else otherwise


def own_list(address: str, otherwise: str) -> str:
    """The wanted address if it is that of a list of reports in the panel."""
    own = own_path(address, otherwise)
    return own if urlsplit(own).path in _LISTS else otherwise


_LISTS = ("/panel", "/panel/tugas")
