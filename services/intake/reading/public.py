"""A report as the public reads it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.reading.rows import (
    Row,
    attachments_of,
    history_of,
    is_published,
    public_files,
    words_of,
)
from services.intake.reading.views import (
    PublicFollowUp,
    PublicLine,
    PublicReport,
    PublishedWords,
    attachment_line,
    particulars,
    status_of,
)
from shared.labels import label
from shared.labels.outcomes import outcome_of
from shared.lifecycle.actions import Action
from shared.lifecycle.visibility import Reader, readers_of
from shared.privacy.publication import as_public, public_time


async def for_public(session: AsyncSession, row: Row) -> PublicReport:
    """What the public reads: the status and, from verification on, the corrected words. Time and
    place are as exact as `shared.privacy.publication` allows."""
    shown = as_public(row, row["anonymous"])
    return PublicReport(
        number=shown["number"],
        submitted_at=shown["submitted_at"],
        published=await _published(session, shown) if is_published(row) else None,
        **status_of(shown),
    )


async def _published(session: AsyncSession, shown: Mapping[str, Any]) -> PublishedWords:
    """The published words. `shown`: the row as the public may read it."""
    number = shown["number"]
    history = await history_of(session, number)
    words = await words_of(session, number)
    files = await attachments_of(session, number)
    return PublishedWords(
        title=shown["title"],
        body=shown["body"],
        **particulars(shown),
        attachments=[attachment_line(file) for file in public_files(files)],
        history=[
            PublicLine(
                at=public_time(line["at"]),
                status=line["to_status"],
                status_label=label("status", line["to_status"]),
            )
            for line in history
            if line["visibility"] == "public"
        ],
        follow_ups=[
            PublicFollowUp(
                at=public_time(line["at"]),
                kind=message["kind"],
                kind_label=label("follow_up_kind", message["kind"])
                if message["kind"]
                else label("action", line["action"]),
                rectified=message["rectified"],
                **outcome_of({} if message["rectified"] else line["details"]),
                agency=message["agency"] or line["agency"],
                words=message["words"],
            )
            for line in history
            if (message := words.get(line["ref"])) is not None
            and Reader.PUBLIC
            in readers_of(Action(line["action"]), line["details"], secret=message["secret"])
        ],
    )
