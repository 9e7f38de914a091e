"""Who the reporter is, as far as the reader may know it."""

from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.contact_states import ContactState, contact_facts
from shared.command_requests.report_access import ReportAccess
from shared.database.views import Contact
from shared.labels import label
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import IdentityCipher


class ShownReporter(BaseModel):
    """`hidden` says why nothing is shown: the reporter is anonymous, this is a copy, or an officer
    reads a report of an agency below. The states say whether the reporter can be notified at each
    contact."""

    hidden: Literal["anonymous", "copy", "below"] | None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    phone_state: ContactState | None = None
    phone_state_label: str | None = None
    email_state: ContactState | None = None
    email_state_label: str | None = None
    phone_safe: bool | None = Field(
        None, description="Whether the reporter now says that it is safe; null if not asked"
    )
    email_safe: bool | None = Field(None, description="As `phone_safe`")


class Identity(BaseModel):
    """All that is known of the person who sent the report."""

    name: str | None
    phone: str | None
    email: str | None
    nik: str | None


async def shown_reporter(
    session: AsyncSession, cipher: IdentityCipher, access: ReportAccess
) -> ShownReporter:
    """The reporter of a report, as this person may see them."""
    if hidden := access.reporter_hidden:
        return ShownReporter(hidden=hidden)
    number = access.state.number
    identity = await identity_of(session, cipher, number)
    states, safe = await contact_facts(session, number, secret=access.state.secret)
    labels = {f"{name}_label": label("contact_state", state) for name, state in states.items()}
    known = identity.model_dump(exclude={"nik"})
    return ShownReporter(hidden=None, **known, **states, **labels, **safe)


async def identity_of(session: AsyncSession, cipher: IdentityCipher, number: int) -> Identity:
    """All that is known of the person who sent the report. The caller must have it logged."""
    contact = await session.get(Contact, number)
    sealed = {name: getattr(contact, name, None) for name in Identity.model_fields}
    keys = (contact.report_key, contact.account_key) if contact else ()
    return Identity(
        **{name: read_if_possible(cipher, token, *keys) for name, token in sealed.items()}
    )
