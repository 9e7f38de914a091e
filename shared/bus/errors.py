"""What a handler says about a message it could not handle: it is bad, or the time is bad."""

from pydantic import ValidationError


class BadMessage(Exception):
    """A message nobody will ever be able to handle. It is dead-lettered and its sender told.

    `code` is stable (`too_large`, `not_utf8`, `not_json`, `not_cloudevent`, `missing_field`,
    `unknown_field`, `invalid_field`, `given_up`, or a handler's own); `field` is a dotted path;
    `reason` is a sentence for a person, which never quotes the message.
    """

    def __init__(self, code: str, reason: str, field: str | None = None) -> None:
        super().__init__(code, reason, field)
        self.code = code
        self.reason = reason
        self.field = field

    def __str__(self) -> str:
        return (
            f"{self.code}: {self.reason}"
            if self.field is None
            else (f"{self.code} ({self.field}): {self.reason}")
        )

    @classmethod
    def from_validation(cls, error: ValidationError, root: str = "data") -> "BadMessage":
        """The first thing a pydantic model found wrong, without the value it found."""
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join([root, *(str(part) for part in first["loc"])])
        code = {"missing": "missing_field", "extra_forbidden": "unknown_field"}.get(
            first["type"], "invalid_field"
        )
        return cls(code, first["msg"], field)


NOT_KEPT = "not_kept"
"""In place of a bad message's code, to the server: it was counted, and no dead letter made."""


class TryLater(Exception):
    """Nothing is wrong with the message: something it needs is not there yet. It comes again.

    `after` in seconds; without it the delay grows with each delivery. Never counts as giving up.
    """

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after
