"""The reasons for which an attachment is not accepted."""

from typing import Literal

MAX_FILES = 5
"""The most attachments of one message."""
MAX_SIZE = 10 * 1024 * 1024
"""The most bytes of one attachment, as uploaded."""
MAX_PIXELS = 110_000_000
"""The most pixels, width by height, of one picture: phones make so many; decompression bombs exceed
it."""

Code = Literal[
    "too_large",
    "too_many",
    "too_many_pixels",
    "type_not_allowed",
    "active_content",
    "unreadable",
    "too_complex",
    "empty",
]


class AttachmentRejected(ValueError):
    """A file that is not taken; the message says more to developers and holds no content.

    - `too_large`: more than 10 MB
    - `too_many_pixels`: a picture of more than 110 megapixels, or fewer where its kind needs more
      memory for each
    - `too_many`: more than 5 to one message
    - `type_not_allowed`: by its content not of a type that is taken; `type_name` says which one
      it is, where that is recognised
    - `active_content`: a document of 97–2003 with macros or other files inside
    - `unreadable`: of an allowed type but damaged or locked with a password
    - `too_complex`: opening it takes more memory, time or room than a file of its kind may
    - `empty`: no bytes
    """

    def __init__(self, code: Code, why: str, type_name: str | None = None) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.type_name = type_name


class AttachmentMissing(LookupError):
    """Nothing is stored under this key."""


def check_count(files: int) -> None:
    """Raise `AttachmentRejected` (`too_many`) if one message has more than five files."""
    if files > MAX_FILES:
        raise AttachmentRejected("too_many", f"{files} files, at most {MAX_FILES}")
