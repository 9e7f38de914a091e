"""E-mail addresses in one normal form, however they are typed."""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.values.text import EMAIL_LIMIT, without_invisible


def normalise_email(raw: str) -> str:
    """The address in lower case and without invisible characters.

    Only the form is checked, without DNS. Raises `ValueError`, which does not repeat what was
    typed.
    """
    try:
        address = validate_email(without_invisible(raw).strip(), check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("not an e-mail address") from None
    return address.normalized.lower()


def _email(raw: str) -> str:
    try:
        return normalise_email(raw)
    except ValueError:
        raise PydanticCustomError("email_invalid", "Not an e-mail address") from None


def _email_or_nothing(raw: str) -> str:
    return _email(raw) if raw.strip() else ""


Email = Annotated[str, Field(max_length=EMAIL_LIMIT), AfterValidator(_email)]
EmailOrNothing = Annotated[str, Field(max_length=EMAIL_LIMIT), AfterValidator(_email_or_nothing)]
"""An address in a form that may be removed: empty means none."""
