"""`lapor up`."""

from typing import Annotated

import typer


def up(
    reload: Annotated[
        bool, typer.Option(help="Start a process again when its code changes (development)")
    ] = False,
) -> None:
    """Start everything on this machine: servers, migrations, demo staff, services, workers.

    Runs until Ctrl-C, which stops all of it. Data and logs are under LAPOR_DATA_DIR (.lapor).
    """
    from deploy.local import supervisor
    from deploy.local.stack import LocalStack
    from shared.settings import Addresses

    supervisor.run(LocalStack(Addresses(), reload=reload))
