"""Why a server did not do as asked, in words for logs and /readyz: *away* is not *refused*.

Only what servers say of us and of themselves, never what people wrote. What a driver raises is
explained beside the connection that it serves: registered with `explained`.
"""

from functools import singledispatch


def reason(error: BaseException) -> str:
    """The words, or the kind of error where there are none."""
    return known_reason(error) or type(error).__name__


def known_reason(error: BaseException) -> str | None:
    """What somebody has to mend; None where the server is merely away, or it is something else."""
    return explained(getattr(error, "orig", None) or error)  # SQLAlchemy's wraps the driver's


@singledispatch
def explained(_: BaseException) -> str | None:
    """As `known_reason`, by the kind of error."""
    return None
