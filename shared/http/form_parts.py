"""Refuses by name a form part that the endpoint does not ask for, or that comes twice."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from fastapi import Request

from shared.http.problems import FieldError, Problem


def only_parts(*once: str, files: str = "") -> Callable[[Request], Awaitable[None]]:
    """A dependency of an endpoint that takes a form with these parts.

    Each of `once` (text or file) may come once, and any number of `files`. A 400 names any other
    part.
    """

    async def check(request: Request) -> None:
        form = await request.form()  # read already, by what declares the parts
        sent = [(name, isinstance(value, str)) for name, value in form.multi_items()]
        refuse_other_parts(sent, once, {files} if files else ())

    return check


def refuse_other_parts(
    sent: Collection[tuple[str, bool]], once: Collection[str], files: Collection[str]
) -> None:
    """Raise the 400 problem for other parts. `sent` has each part's name and whether it is text."""
    counted = Counter(name for name, _ in sent)
    wrong = [FieldError(n, "extra_forbidden") for n in counted if n not in {*once, *files}]
    wrong += [FieldError(n, "sent_twice") for n in once if counted[n] > 1 and n not in files]
    wrong += [FieldError(n, "not_a_file") for n in files if (n, True) in sent]
    if wrong:
        raise Problem(400, "fields_not_taken", errors=wrong)
