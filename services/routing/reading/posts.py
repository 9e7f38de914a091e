"""The social-network posts that a report was made from, for readers who may know the reporter."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.command_requests.report_access import ReportAccess
from shared.database.views import SocialPostEntry
from shared.labels import label
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import IdentityCipher

GoneBecause = Literal["deleted", "not_visible"]


class ShownPost(BaseModel):
    """A post. If it is gone from its network, deleted or hidden, only its address is kept."""

    url: str
    gone_at: datetime | None = Field(description="When it was found to be gone")
    gone_label: str | None
    edited_at: datetime | None
    words_before: str | None = Field(
        description="The text of an edited post when it became the report"
    )
    words_now: str | None


async def posts_of(
    session: AsyncSession, cipher: IdentityCipher, access: ReportAccess
) -> list[ShownPost]:
    """The posts in the order of their thread. Empty for readers who may not know the reporter: a
    post names its author."""
    if access.reporter_hidden:
        return []
    of_report = select(SocialPostEntry).where(col(SocialPostEntry.number) == access.state.number)
    rows = await session.scalars(of_report.order_by(col(SocialPostEntry.position)))
    return [_shown(row, cipher) for row in rows]


def _shown(row: SocialPostEntry, cipher: IdentityCipher) -> ShownPost:
    return ShownPost(
        url=row.url,
        gone_at=row.gone_at,
        gone_label=label("post_gone", row.gone_because) if row.gone_because else None,
        edited_at=row.edited_at,
        words_before=read_if_possible(cipher, row.words_before, row.report_key),
        words_now=read_if_possible(cipher, row.words_now, row.report_key),
    )
