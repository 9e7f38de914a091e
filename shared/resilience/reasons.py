"""Why a server did not do what was asked, as text for logs and /readyz: *away* is not *refused*.

The text is only what servers say of us and of themselves, never what people wrote. The errors of a
driver are explained beside its connection, by functions registered with `explained`.
"""

from functools import singledispatch


def reason(error: BaseException) -> str:
    """The reason in words, or the kind of error if there are no words."""
    return known_reason(error) or type(error).__name__


def known_reason(error: BaseException) -> str | None:
    """The problem that somebody must repair; None if the server is only away, or it is another
    error."""
    return explained(getattr(error, "orig", None) or error)  # SQLAlchemy's wraps the driver's


@singledispatch
def explained(_: BaseException) -> str | None:
    """Like `known_reason`, by the kind of error."""
    return None
