"""The names of a download's workflow and activities, and the workflow's one message."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from temporalio.client import Client

TASK_QUEUE: Final = "downloads"
WORKFLOW: Final = "DownloadWorkflow"
MAKE: Final = "make_download"
GIVE_UP: Final = "give_up_download"
EXPIRE: Final = "expire_download"

KEPT: Final = timedelta(days=7)
"""How long a finished file is kept."""


class DownloadRun(BaseModel):
    """One attempt to make a download. It holds only ids; the rest is read from the database."""

    model_config = ConfigDict(frozen=True)

    download_id: UUID
    attempt: int


async def start(client: "Client", download_id: UUID, attempt: int) -> None:
    """Start the workflow of an attempt, unless it was already started.

    Raises RPCError or RuntimeError while Temporal is unavailable.
    """
    from shared.temporal.start_once import start_once

    await start_once(
        client,
        WORKFLOW,
        DownloadRun(download_id=download_id, attempt=attempt),
        id=f"download-{download_id}-{attempt}",
        task_queue=TASK_QUEUE,
        summary="A large download of Monitoring > Reporting",
    )
