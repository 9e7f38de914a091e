"""`lapor nats`: keys, server configuration and users of NATS's operator mode."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.errors import StackError

if TYPE_CHECKING:
    from shared.settings import Settings

app = typer.Typer(help="NATS's keys, accounts and users.", no_args_is_help=True)


@app.command()
def keys() -> None:
    """Make the keys of a new operator and print them as environment variables. Nothing is stored.
    They are only for `lapor nats` and `lapor partner`: whoever has them can read and write
    everything."""
    from deploy.nats.authority import new_authority

    for name, value in new_authority().items():
        print(f"{name}={value}")


@app.command()
def seed(
    kind: Annotated[str, typer.Argument(help="operator or account")],
) -> None:
    """Make a further key, to put before those of a setting: the first signs, all are accepted."""
    from deploy.nats.tokens import new_seed

    if kind not in ("operator", "account"):
        raise StackError("a key is of an operator or an account")
    print(new_seed("operator" if kind == "operator" else "account"))


@app.command()
def config() -> None:
    """Print what every node includes in its configuration, `operator.conf`. It holds no secret."""
    from deploy.nats.authority import Authority

    print(Authority.of(_settings()).server_config(), end="")


@app.command()
def user(
    name: Annotated[str, typer.Argument(help="A process (intake, relay, …), or commands.")],
) -> None:
    """Make a process's credentials and print them on one line, for its LAPOR_NATS_CREDS."""
    from deploy.nats.authority import Authority
    from deploy.nats.permissions import USERS

    if name not in USERS:
        raise StackError(f"{name} is none of {', '.join(USERS)}")
    print(Authority.of(_settings()).user(name))


@app.command()
def push() -> None:
    """Send all accounts, ours and every partner's, to every reachable node again.

    Use it after a change of keys or of partners' limits, when NATS has lost its disk, and when the
    database was restored to an earlier moment.
    """
    from deploy.credentials import stack_settings
    from deploy.partners import register
    from shared.database.engine import Database

    settings = stack_settings()
    database = Database(settings.database_url, pool_size=1, application="lapor-nats")

    async def act() -> None:
        try:
            for name, reach in (await register.push_all(database, settings)).items():
                print(f"{name}: {reach}")
        finally:
            await database.dispose()

    asyncio.run(act())


@app.command()
def restore() -> None:
    """Put the last copy of the streams from LAPOR_BACKUP_DIR into a NATS that has none.

    Restart its nodes afterwards: only then do they recognise repeats of messages of the last hour.
    """
    from deploy.backup.folder import BackupFolder
    from deploy.backup.streams import restore_streams
    from deploy.credentials import stack_settings
    from shared.bus.connection import connect

    settings = stack_settings()
    folder = BackupFolder(settings.backup_dir)
    if not (copies := folder.copies()):
        raise StackError(f"There is no copy of streams in {folder.path}.")

    async def act() -> None:
        bus = await connect(settings.nats_url, "restore", patience=10)
        try:
            await restore_streams(bus, folder.streams / copies[-1].id, copies[-1].streams)
        finally:
            await bus.close()

    asyncio.run(act())
    print(f"The streams are as they were at {copies[-1].began:%Y-%m-%d %H:%M:%S} UTC.")


@app.command()
def adopt(
    store: Annotated[Path, typer.Argument(help="The `store_dir` of the server's configuration.")],
) -> None:
    """Give our account the streams of a NATS from before it had keys. The server must be
    stopped."""
    from deploy.local.nats import adopt_streams

    settings = _settings()
    if not settings.nats_account:
        raise StackError("This needs LAPOR_NATS_ACCOUNT: the name of our account.")
    adopted = adopt_streams(store, settings.nats_account)
    print("The streams are our account's." if adopted else "There are none of the former kind.")


def _settings() -> "Settings":
    """Return the environment's settings if it has keys, else those of the stack on this machine."""
    from deploy.credentials import stack_settings
    from shared.settings import Settings

    return Settings() if "LAPOR_NATS_ACCOUNT" in os.environ else stack_settings()
