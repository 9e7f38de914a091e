"""The errors of a handler: the message is bad, or it can only be handled later."""

from pydantic import ValidationError


class BadMessage(Exception):
    """A message that can never be handled. It becomes a dead letter and its sender is notified.

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
        """The first error that a pydantic model found, without the value."""
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join([root, *(str(part) for part in first["loc"])])
        code = {"missing": "missing_field", "extra_forbidden": "unknown_field"}.get(
            first["type"], "invalid_field"
        )
        return cls(code, first["msg"], field)


NOT_KEPT = "not_kept"
"""The reason given to the server if a bad message was only counted, without a dead letter."""


class TryLater(Exception):
    """The message is good, but something it needs is not there yet. It comes again.

    `after` is in seconds; without it the delay grows with each delivery. It never counts towards
    giving up.
    """

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after
