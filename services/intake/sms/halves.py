"""Characters beyond the Basic Multilingual Plane, split between two parts of a long SMS.

Phones count in UTF-16 code units, 67 a part, and so cut an emoji in two: one part ends with a high
surrogate, the next begins with a low one. Neither half is text by itself. Until the parts are
together each is kept as a private character, U+100000 to U+1007FF.
"""

import json
from typing import Final

_FIRST, _LAST = 0xD800, 0xDFFF
_KEPT: Final = {half: half - _FIRST + 0x100000 for half in range(_FIRST, _LAST + 1)}
_BACK: Final = {kept: half for half, kept in _KEPT.items()}


def with_halves_kept(document: bytes) -> bytes:
    """A gateway's JSON with halves in its `text` kept as private characters. What is no such JSON
    is left for its reader to refuse."""
    try:
        message = json.loads(document.decode())
    except (ValueError, RecursionError):
        return document
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        return document
    return json.dumps(message | {"text": message["text"].translate(_KEPT)}).encode()


def halves_joined(text: str) -> str:
    """The text with halves that meet as one character again, and without those that do not."""
    return text.translate(_BACK).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
