"""What is kept of downloads no longer than it should be, whatever became of their workflows."""

from datetime import timedelta

from sqlalchemy import text

from services.reporting.downloads.storage import KeptFiles
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
    given = {"expired": at - _GRACE, "parts": at - PARTS_KEPT, "listed": at - LISTED}
    async with database.autocommit() as connection:
        lapsed = [*(await connection.execute(_LAPSED, given)).scalars()]
        for download_id in lapsed:
            await kept.delete(download_id)
        left = [*(await connection.execute(_LEFT, given)).scalars()]
        for download_id in left:
            await kept.delete_parts(download_id)
        forgotten = (await connection.execute(_FORGOTTEN, given)).rowcount
    return len(lapsed) + len(left) + forgotten


_LAPSED = text("""
UPDATE reporting.download SET state = 'expired'
WHERE state = 'done' AND expires_at < :expired RETURNING id
""")
_LEFT = text("""
UPDATE reporting.download SET state = 'expired'
WHERE state IN ('cancelled', 'failed') AND finished_at < :parts RETURNING id
""")
_FORGOTTEN = text("""
DELETE FROM reporting.download
WHERE state = 'expired' AND created_at < :listed
""")
