"""`lapor attachments …`: remakes the files of anonymous reports before they are served."""

import asyncio
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from shared.attachments.remaking_queue import RemakingQueue, Schema

app = typer.Typer(help="Files of anonymous reports.", no_args_is_help=True)


@app.callback()
def attachments() -> None:
    """Files of anonymous reports."""


@app.command("remake")
def remake(
    failed: bool = typer.Option(
        False, help="Also files that were set aside because of an error of ours."
    ),
) -> None:
    """Remake the waiting files while the services run, and show the progress.

    This is needed after an upgrade from a version that served files as they were sent: files of
    anonymous reports are not served before they are remade. Ctrl-C stops it; the services continue
    the work, and so does the next call.
    """
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TextColumn("files"))

    async def act() -> int:
        done = 0
        with Progress(*columns, TimeRemainingColumn()) as shown:
            for schema in _SCHEMAS:
                done += await _remade(schema, shown, failed=failed)
        return done

    print(f"{asyncio.run(act()):,} files were remade or sealed.")


_SCHEMAS: "tuple[Schema, ...]" = ("intake", "followup")


async def _remade(schema: "Schema", shown: "Progress", *, failed: bool) -> int:
    from deploy.credentials import stack_settings
    from shared.attachments import AttachmentStore
    from shared.attachments.remaking_queue import RemakingQueue
    from shared.database.engine import Database
    from shared.privacy.identity import IdentityCipher

    settings = stack_settings(f"lapor_{schema}")
    database = Database(settings.database_url, pool_size=2)
    store = AttachmentStore(settings.storage_url, IdentityCipher(settings.identity_keys))
    queue = RemakingQueue(database, store, schema)
    try:
        if failed:
            await queue.try_again()
        return await _until_none_waits(queue, schema, shown)
    finally:
        await database.dispose()


async def _until_none_waits(queue: "RemakingQueue", schema: str, shown: "Progress") -> int:
    total = (await queue.waiting()).files
    task = shown.add_task(schema, total=total)
    while left := (await queue.waiting()).files:
        total = max(total, left)
        shown.update(task, completed=total - left, total=total)
        if not await queue.one():
            await asyncio.sleep(1)  # the rest is being done by others, or waits to be tried again
    shown.update(task, completed=total, total=total)
    return total
