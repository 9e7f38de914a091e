"""Serves a stored file: as a file, never as a page of ours."""

from urllib.parse import quote

_SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def is_shown(media_type: str) -> bool:
    """Whether a page may show a file of this type, and a small picture of it can be made."""
    return media_type in _SHOWN_INLINE


def serving_headers(name: str, media_type: str, *, inline: bool = False) -> dict[str, str]:
    """The headers of an answer that carries an attachment.

    `inline` asks to show it in the page, which only pictures that were saved anew may be. Names
    beyond ASCII go by RFC 5987. Caching is left to the caller, who knows if the file is public.
    """
    shown = inline and is_shown(media_type)
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return {
        "Content-Type": media_type,
        "Content-Disposition": (
            f'{"inline" if shown else "attachment"}; filename="{plain}"; '
            f"filename*=UTF-8''{quote(name, safe='')}"
        ),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
