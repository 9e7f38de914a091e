"""`lapor statistics rebuild`: rebuilds the figures of *Monitor > Statistik*."""

import asyncio

import typer

app = typer.Typer(help="Figures of Monitor > Statistik.", no_args_is_help=True)


@app.callback()
def statistics() -> None:
    """Figures of Monitor > Statistik."""


@app.command("rebuild")
def rebuild() -> None:
    """Rebuild all figures from the histories, while everything runs.

    People see the former figures until the end; Ctrl-C leaves these unchanged. Use it if reports
    are older than the events that NATS keeps, or if a figure is doubted.
    """
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from deploy.credentials import stack_settings
    from services.reporting.statistics import rebuild
    from shared.database.engine import Database

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TextColumn("reports"))

    async def act() -> int:
        database = Database(stack_settings("lapor_reporting").database_url, pool_size=1)
        try:
            with Progress(*columns, TimeRemainingColumn()) as shown:
                task = shown.add_task("statistics", total=None)
                return await rebuild.rebuild(
                    database, lambda done, total: shown.update(task, completed=done, total=total)
                )
        finally:
            await database.dispose()

    print(f"The figures of {asyncio.run(act()):,} reports are in place.")
