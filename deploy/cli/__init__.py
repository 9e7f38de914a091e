"""`lapor`: the commands of operators and developers."""

import logging
import sys

import typer

from deploy.cli import (
    after_restore,
    attachments,
    backup,
    cluster,
    dead_letters,
    demo,
    identity_keys,
    keys,
    migrate,
    nats,
    notifications,
    partner,
    restore,
    sms,
    staff,
    statistics,
    up,
    workers,
)
from deploy.errors import StackError

app = typer.Typer(
    help="Runs and administers an open LAPOR!. Settings are LAPOR_… environment variables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Each module of commands is registered here; it imports slow modules inside its functions.
app.command("up")(up.up)
app.command("migrate")(migrate.migrate)
app.command("migrated")(migrate.migrated)
app.command("after-restore")(after_restore.after_restore)
app.command("restore")(restore.restore)
app.command("demo")(demo.demo)
app.add_typer(backup.app, name="backup")
app.add_typer(cluster.app, name="cluster")
app.add_typer(staff.app, name="staff")
app.add_typer(partner.app, name="partner")
app.add_typer(nats.app, name="nats")
app.add_typer(workers.app, name="workers")
app.add_typer(keys.app, name="keys")
app.add_typer(identity_keys.app, name="identity-keys")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(sms.app, name="sms")
app.add_typer(notifications.app, name="notifications")
app.add_typer(statistics.app, name="statistics")
app.add_typer(attachments.app, name="attachments")


def main() -> None:
    """Run the command line. Expected errors are printed as a message, with exit code 1."""
    # NATS's client makes asyncio warn at the end of each encrypted connection.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    try:
        app()
    except StackError as error:
        sys.exit(f"lapor: {error}")
    except ValueError as error:
        problems = _settings_problems(error)
        if not problems:
            raise
        sys.exit("\n".join(["lapor: these settings are missing or make no sense:", *problems]))


def _settings_problems(error: ValueError) -> list[str]:
    from pydantic import ValidationError

    if not isinstance(error, ValidationError) or error.title not in {"Addresses", "Settings"}:
        return []
    return [f"LAPOR_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
