"""What is kept of downloads no longer than it should be, whatever became of their workflows."""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import col

from services.reporting.downloads.storage import KeptFiles
from services.reporting.models import Download
from shared.database.columns import now
from shared.database.engine import Database

PARTS_KEPT = timedelta(days=1)
"""How long a cancelled or failed download can be gone on with: what is written of it is as its
owner was allowed to see it then."""
LISTED = timedelta(days=90)
"""How long a download that is over is listed. The log of downloads stays."""
_GRACE = timedelta(minutes=5)


async def clean_up(database: Database, kept: KeptFiles) -> int:
    """Delete files that have expired, parts nobody goes on with, rows of long ago; how many of
    these. A file's workflow deletes it in time: this is for those that were lost."""
    at = now()
    state, expired = col(Download.state), update(Download).values(state="expired")
    old = expired.where(state == "done", col(Download.expires_at) < at - _GRACE)
    unfinished = expired.where(
        state.in_(("cancelled", "failed")), col(Download.finished_at) < at - PARTS_KEPT
    )
    listed = delete(Download).where(state == "expired", col(Download.created_at) < at - LISTED)
    async with database.autocommit() as connection:
        lapsed = [*(await connection.execute(old.returning(col(Download.id)))).scalars()]
        for download_id in lapsed:
            await kept.delete(download_id)
        left = [*(await connection.execute(unfinished.returning(col(Download.id)))).scalars()]
        for download_id in left:
            await kept.delete_parts(download_id)
        forgotten = (await connection.execute(listed)).rowcount
    return len(lapsed) + len(left) + forgotten
