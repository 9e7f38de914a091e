"""The log of downloads: who downloaded which data, when and in which format."""

from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.files.selection import Selection
from services.reporting.models import DownloadLogEntry
from shared.http.tokens import Staff

Event = Literal["made", "asked", "fetched"]


async def log_download(
    session: AsyncSession,
    staff: Staff,
    event: Event,
    selection: Selection,
    format: str,
    rows: int,
    download_id: UUID | None = None,
) -> None:
    """Add one entry in the caller's transaction. The selection holds only codes and dates."""
    session.add(
        DownloadLogEntry(
            staff_id=staff.id,
            agency_id=staff.agency_id,
            event=event,
            tab=selection.tab,
            format=format,
            selection=selection.model_dump(mode="json", exclude_defaults=True),
            rows=rows,
            download_id=download_id,
        )
    )
    await session.flush()
