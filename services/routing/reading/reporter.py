"""Who the reporter is, as far as the reader may know."""

from typing import Literal

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.command_requests.report_access import ReportAccess
from shared.database.views import Contact
from shared.privacy.identity import IdentityCipher


class ShownReporter(BaseModel):
    """`hidden` says why nothing is shown: the reporter is anonymous, this is a copy, or an officer
    reads what an agency below handles."""

    hidden: Literal["anonymous", "copy", "below"] | None
    name: str | None = None
    phone: str | None = None
    email: str | None = None


class Identity(BaseModel):
    """All that is known of who sent the report."""

    name: str | None
    phone: str | None
    email: str | None
    nik: str | None


async def shown_reporter(
    session: AsyncSession, cipher: IdentityCipher, access: ReportAccess
) -> ShownReporter:
    """The reporter of a report, for somebody before it."""
    if hidden := access.reporter_hidden:
        return ShownReporter(hidden=hidden)
    identity = await identity_of(session, cipher, access.state.number)
    return ShownReporter(hidden=None, **identity.model_dump(exclude={"nik"}))


async def identity_of(session: AsyncSession, cipher: IdentityCipher, number: int) -> Identity:
    """All that is known of who sent a report. Whoever asks has seen to it that this is logged."""
    contact = await session.get(Contact, number)
    sealed = {name: getattr(contact, name, None) for name in Identity.model_fields}
    return Identity(
        **{name: cipher.decrypt(token) if token else None for name, token in sealed.items()}
    )
